// The syntax tree of $filter, $orderby and $compute. Names are not checked against the model yet.
import type { SearchExpression } from './search-expression.ts';

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type ArithmeticOperator = 'add' | 'sub' | 'mul' | 'div' | 'divby' | 'mod';

/** A literal's value, exact: whole numbers never pass through a float. */
export type LiteralValue =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'integer'; readonly value: bigint }
  /** A number with a fraction or exponent, INF, -INF or NaN. */
  | { readonly type: 'decimal'; readonly value: number; readonly text: string }
  | { readonly type: 'string'; readonly value: string }
  /** Lower case. */
  | { readonly type: 'guid'; readonly value: string }
  /** yyyy-mm-dd, a day of the calendar. */
  | { readonly type: 'date'; readonly value: string }
  /** Canonical instant, see instant.ts: UTC, no Z, no trailing zeros. */
  | { readonly type: 'dateTimeOffset'; readonly value: string }
  /** hh:mm:ss[.fffffff] */
  | { readonly type: 'timeOfDay'; readonly value: string }
  /** 100-nanosecond units. */
  | { readonly type: 'duration'; readonly ticks: bigint };

interface Positioned {
  /**
   * 0-based offset in the decoded text of the option: of the operator where there are two operands, else of the
   * beginning of the expression.
   */
  readonly at: number;
}

export type Expression = Positioned &
  (
    | { readonly kind: 'literal'; readonly literal: LiteralValue }
    /** `deviceName`, `deviceType/deviceTypeName`, `apps/$count` without options, `$it`. Never empty. */
    | { readonly kind: 'path'; readonly segments: readonly string[] }
    /** `@p1`: stands for the value or expression that the query string gives it. */
    | { readonly kind: 'alias'; readonly name: string }
    /** Name in lower case. */
    | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
    /** `case(a gt 1:'many',true:'few')`; never empty. */
    | { readonly kind: 'case'; readonly branches: readonly CaseBranch[] }
    /** `Edm.String`, the last argument of cast and isof; as written. */
    | { readonly kind: 'type'; readonly name: string }
    | { readonly kind: 'logical'; readonly operator: 'and' | 'or'; readonly operands: readonly Expression[] }
    | { readonly kind: 'not'; readonly operand: Expression }
    | { readonly kind: 'negate'; readonly operand: Expression }
    | {
        readonly kind: 'comparison';
        readonly operator: ComparisonOperator | 'has';
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'arithmetic';
        readonly operator: ArithmeticOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[] }
    /** `apps/$count($filter=name eq 'x';$search=y)` with at least one of the two; names in the filter are those of the rows counted. */
    | {
        readonly kind: 'count';
        readonly segments: readonly string[];
        readonly filter: Expression | null;
        readonly search: SearchExpression | null;
      }
    /** `apps/any(a:a/name eq 'x')`; `any()` has no variable and no body. */
    | {
        readonly kind: 'lambda';
        readonly segments: readonly string[];
        readonly quantifier: 'any' | 'all';
        readonly variable: string | null;
        readonly body: Expression | null;
      }
  );

export interface CaseBranch {
  readonly when: Expression;
  readonly then: Expression;
}

export interface OrderTerm {
  readonly expression: Expression;
  readonly descending: boolean;
}
