// What one request asks for, fully parsed: the first of the four values that a request becomes.
import type { SplitOption } from '../parse/split-query.ts';
import type { Expression, LiteralValue, OrderTerm } from './expression.ts';
import type { SearchExpression } from './search-expression.ts';

/** One part of a key in the address: `(7)` has no name, `(dateKey=20261120,deviceKey=7)` has. */
export interface KeyPart {
  readonly name: string | null;
  readonly literal: LiteralValue;
}

export interface CallArgument {
  readonly name: string;
  readonly literal: LiteralValue;
}

/** A segment after the collection. */
export type PathSegment =
  | { readonly kind: 'key'; readonly parts: readonly KeyPart[]; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  /**
   * `history(from=20261001,to=20261120)`, `asOf(dateKey=20261001)`: a function bound to the path before it. A navigation
   * with a named key looks the same, `apps(appKey=8)`: only the model can tell the two apart.
   */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly CallArgument[];
      readonly at: number;
    }
  /** `$filter(@f)`: only rows that meet the condition of the alias. */
  | { readonly kind: 'filter'; readonly by: Expression & { readonly kind: 'alias' }; readonly at: number }
  | { readonly kind: 'count' | 'value' | 'ref'; readonly at: number };

export type Resource =
  | { readonly kind: 'service' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'path'; readonly collection: string; readonly segments: readonly PathSegment[] };

/** One `$select` item: `deviceName`, `*`, `deviceType/deviceTypeName`. */
export interface SelectItem {
  readonly segments: readonly string[];
  readonly at: number;
}

/** One `$expand` item: `deviceType($select=deviceTypeName)`, `*`, `devices/$ref`, `devices/$count`. */
export interface ExpandItem {
  /** A navigation, or a path of them; `['*']` for all. */
  readonly segments: readonly string[];
  readonly form: 'rows' | 'ref' | 'count';
  /** The options in the parentheses; all null where there are none. */
  readonly options: NestedOptions;
  readonly at: number;
}

/** The options of an `$expand` item, separated by semicolons. */
export interface NestedOptions {
  readonly select: readonly SelectItem[] | null;
  readonly expand: readonly ExpandItem[] | null;
  readonly filter: Expression | null;
  readonly orderby: readonly OrderTerm[] | null;
  readonly compute: readonly ComputeItem[] | null;
  readonly search: SearchExpression | null;
  readonly top: number | null;
  readonly skip: number | null;
  readonly count: boolean | null;
  readonly levels: number | 'max' | null;
  /** The expressions as the client wrote them: the nextLink of an expansion repeats them. */
  readonly rawTexts?: Readonly<Partial<Record<'filter' | 'orderby' | 'compute' | 'search', string>>>;
}

/** `freeStorageSpaceInBytes div 1024 as freeKiB` */
export interface ComputeItem {
  readonly expression: Expression;
  readonly as: string;
  readonly at: number;
}

export type AggregateMethod = 'sum' | 'min' | 'max' | 'average' | 'countdistinct';

export type AggregateItem =
  /** `$count as devices` counts the rows, and `of` is null; `apps/$count as apps` counts the rows at the end of a path. */
  | {
      readonly kind: 'count';
      readonly of: readonly string[] | null;
      readonly as: string;
      readonly at: number;
    }
  /** `freeStorageSpaceInBytes with sum as total` */
  | {
      readonly kind: 'value';
      readonly expression: Expression;
      readonly method: AggregateMethod;
      readonly as: string;
      readonly at: number;
    };

export type GroupTerm =
  | { readonly kind: 'path'; readonly segments: readonly string[]; readonly at: number }
  /** `rollup($all,a,b)` or `rollup(a,b)`: subtotals from the right; with `all`, the grand total too. */
  | {
      readonly kind: 'rollup';
      readonly all: boolean;
      readonly of: readonly (readonly string[])[];
      readonly at: number;
    };

export type RankMethod = 'topcount' | 'topsum' | 'toppercent' | 'bottomcount' | 'bottomsum' | 'bottompercent';

/** One transformation of `$apply`; a sequence is separated by slashes. */
export type Transformation =
  | { readonly kind: 'identity'; readonly at: number }
  | { readonly kind: 'filter'; readonly expression: Expression; readonly at: number }
  | { readonly kind: 'search'; readonly expression: SearchExpression; readonly at: number }
  | { readonly kind: 'compute'; readonly items: readonly ComputeItem[]; readonly at: number }
  | { readonly kind: 'aggregate'; readonly items: readonly AggregateItem[]; readonly at: number }
  | {
      readonly kind: 'groupby';
      readonly by: readonly GroupTerm[];
      readonly then: readonly Transformation[];
      readonly at: number;
    }
  | { readonly kind: 'orderby'; readonly terms: readonly OrderTerm[]; readonly at: number }
  | { readonly kind: 'top' | 'skip'; readonly rows: number; readonly at: number }
  | {
      readonly kind: RankMethod;
      readonly amount: Expression;
      readonly by: Expression;
      readonly at: number;
    }
  | { readonly kind: 'concat'; readonly of: readonly (readonly Transformation[])[]; readonly at: number }
  | { readonly kind: 'expand'; readonly item: ExpandItem; readonly at: number };

/**
 * The query string, decoded once and parsed. Absent options are null.
 * Options are recognised in any case and with or without `$`. Unknown custom options are ignored, unknown `$` options refused.
 */
export interface QueryOptions {
  readonly select: readonly SelectItem[] | null;
  readonly filter: Expression | null;
  readonly orderby: readonly OrderTerm[] | null;
  /** Whole numbers from 0. */
  readonly top: number | null;
  readonly skip: number | null;
  readonly expand: readonly ExpandItem[] | null;
  readonly compute: readonly ComputeItem[] | null;
  readonly search: SearchExpression | null;
  readonly apply: readonly Transformation[] | null;
  readonly count: boolean | null;
  readonly skiptoken: string | null;
  readonly deltatoken: string | null;
  readonly format: string | null;
  /** As written: that '' is no version is not for the parser to say. */
  readonly apiVersion: string | null;
  /** Whole days from 0. */
  readonly maxHistoryDays: number | null;
  /** `@p1` → its expression. */
  readonly aliases: ReadonlyMap<string, Expression>;
  /** Options of the standard that this feed does not support: lower-case name with `$` → decoded text. */
  readonly unsupported: ReadonlyMap<string, string>;
}

export interface ParsedRequest {
  readonly resource: Resource;
  readonly options: QueryOptions;
  /** The options as they were written, in their order: links repeat them. */
  readonly query: readonly SplitOption[];
}
