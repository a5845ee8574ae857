// The relational algebra of a plan: sources of rows, and values and conditions of a row. The types are recursive, so they share a file.
import type { SearchIndex } from '../../schema/derive/search-index.ts';
import type { EdmType, Entity, Value } from '../../schema/entity.ts';
import type { DateKey } from '../base/date-key.ts';
import type { ArithmeticOperator, ComparisonOperator } from '../odata/syntax/expression.ts';

/** The type of a column, from the model, `$compute` or `$apply`. */
export interface ColumnShape {
  readonly type: ScalarType;
  readonly nullable: boolean;
  /** Named by the client, so that $metadata does not declare it. */
  readonly dynamic?: true;
}

/** By name, in the order in which they are written. */
export type ColumnShapes = ReadonlyMap<string, ColumnShape>;

/**
 * Identifies a row among those in scope of an expression: the row of the answer, and rows bound by lambdas, navigations
 * or transformations. Rows that are never in scope together may share an id.
 */
export type RowId = number;

/** A source of rows: a collection, or rows computed from another source. */
export type RowSource =
  /** Rows of a collection, with the columns that the version exposes. */
  | ({ readonly kind: 'collection'; readonly entity: Entity } & RowShape)
  /** Rows of `of` with more columns; `row` is the id of a row of `of` in the added values. */
  | ({
      readonly kind: 'computed';
      readonly of: RowSource;
      readonly row: RowId;
      readonly added: ReadonlyMap<string, Scalar>;
    } & RowShape)
  | TransformedRows;

/** The result of a transformation of `$apply`; `row` is the id of a row of `of` in its expressions. */
export type TransformedRows = RowShape &
  (
    | { readonly kind: 'filtered'; readonly of: RowSource; readonly row: RowId; readonly where: Condition }
    /** One row for each combination of values in `by`; always exactly one row where `by` is empty. */
    | {
        readonly kind: 'grouped';
        readonly of: RowSource;
        readonly row: RowId;
        readonly by: ReadonlyMap<string, Scalar>;
        readonly aggregates: ReadonlyMap<string, Aggregate>;
      }
    /** `top` rows of a total order after the first `skip`; all the rest where `top` is null. */
    | {
        readonly kind: 'limited';
        readonly of: RowSource;
        readonly row: RowId;
        /** Rows that share these values are counted separately; empty to count all rows together. */
        readonly partitionBy: readonly Scalar[];
        readonly order: readonly Order[];
        readonly skip: number;
        readonly top: number | null;
      }
    /** The first rows of a total order, until their values add up to the amount, or to that percentage of the sum. */
    | {
        readonly kind: 'topUntilTotal';
        readonly of: RowSource;
        readonly row: RowId;
        readonly order: readonly Order[];
        readonly value: Scalar;
        readonly until: 'sum' | 'percent';
        readonly amount: number | bigint;
      }
    /** The rows of several sources; the column `branch` is the index of the source. Columns that a source lacks are null. */
    | { readonly kind: 'unionAll'; readonly of: readonly RowSource[]; readonly branch: string }
  );

/** An aggregate of a group. `average`, `min`, `max` and `sum` of no values are null. */
export type Aggregate = ColumnShape &
  (
    | { readonly method: 'count' }
    /** A sum that is 0 where there are no values. */
    | { readonly method: 'total'; readonly of: Scalar }
    | { readonly method: 'sum' | 'min' | 'max' | 'average' | 'countdistinct'; readonly of: Scalar }
    /** An average over related rows: the sum of `of` divided by the sum of `to`. */
    | { readonly method: 'ratio'; readonly of: Scalar; readonly to: Scalar }
  );

/** How the values of related rows become one; `count` counts those that are not null. */
export type RelatedAggregateMethod = 'sum' | 'min' | 'max' | 'count';

export interface RowShape {
  readonly columns: ColumnShapes;
  /** Columns that are unique together: every order ends in them. */
  readonly key: readonly string[];
}

/** The rows that a navigation leads to from one row. */
export interface NavigationJoin {
  /** The id of a row of `source` in expressions. */
  readonly row: RowId;
  readonly source: RowSource;
  /** The row where the navigation starts. */
  readonly start: RowId;
  /** Column of `source` → column of the row `start` with the same value. */
  readonly on: Readonly<Record<string, string>>;
  /** Any number of rows, or at most one. */
  readonly many: boolean;
}

/** A value of one row, with its type. */
export type Scalar =
  /** A column of a row's source. */
  | {
      readonly kind: 'property';
      readonly row: RowId;
      readonly property: string;
      readonly type: ScalarType;
      readonly nullable: boolean;
    }
  /** Instants in canonical form (UTC, no Z, no trailing zeros); whole numbers as bigint, durations in 100-nanosecond units. */
  | { readonly kind: 'literal'; readonly value: Value; readonly type: ScalarType }
  | {
      readonly kind: 'call';
      readonly name: FunctionName;
      readonly arguments: readonly Scalar[];
      readonly type: ScalarType;
      readonly nullable: boolean;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Scalar;
      readonly right: Scalar;
      readonly type: ScalarType;
      readonly nullable: boolean;
    }
  | {
      readonly kind: 'negate';
      readonly operand: Scalar;
      readonly type: ScalarType;
      readonly nullable: boolean;
    }
  /** The value of the first branch whose condition holds; null where none does. */
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Condition; readonly then: Scalar }[];
      readonly type: ScalarType;
      readonly nullable: true;
    }
  /** The value converted to another type; null where it cannot be. */
  | { readonly kind: 'cast'; readonly of: Scalar; readonly type: ScalarType; readonly nullable: true }
  /** A value of the single row that a navigation leads to; null where there is none. */
  | {
      readonly kind: 'navigate';
      readonly join: NavigationJoin;
      readonly of: Scalar;
      readonly type: ScalarType;
      readonly nullable: true;
    }
  /** The number of rows that a navigation leads to and that meet the condition. */
  | {
      readonly kind: 'countRelated';
      readonly join: NavigationJoin;
      readonly where: Condition | null;
      readonly type: 'Edm.Int64';
      readonly nullable: false;
    }
  /** An aggregate of a value of all rows that a navigation leads to. */
  | {
      readonly kind: 'aggregateRelated';
      readonly method: RelatedAggregateMethod;
      readonly join: NavigationJoin;
      readonly of: Scalar;
      readonly type: ScalarType;
      readonly nullable: true;
    }
  /** A condition used as a value: `(a eq 1) eq true`. */
  | {
      readonly kind: 'condition';
      readonly condition: Condition;
      readonly type: 'Edm.Boolean';
      readonly nullable: boolean;
    };

/** Types of intermediate values: those of the model, and those of date functions, differences of instants, and null. */
export type ScalarType = EdmType | 'Edm.Date' | 'Edm.TimeOfDay' | 'Edm.Duration' | 'Edm.Decimal' | 'null';

/** Functions that return a value. Functions on text that return true or false are conditions. */
export type FunctionName =
  | 'length'
  | 'indexof'
  | 'substring'
  | 'concat'
  | 'tolower'
  | 'toupper'
  | 'trim'
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'fractionalseconds'
  | 'totaloffsetminutes'
  | 'totalseconds'
  | 'date'
  | 'time'
  | 'round'
  | 'floor'
  | 'ceiling';

/**
 * A condition on rows. Comparisons are two-valued as the standard requires
 * (`gt` with a null is false, `ne` between null and a value is true); not, all and any are three-valued.
 */
export type Condition =
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: Scalar;
      readonly right: Scalar;
    }
  | { readonly kind: 'oneOf'; readonly operand: Scalar; readonly values: readonly Scalar[] }
  | {
      readonly kind: 'textTest';
      readonly test: 'contains' | 'startswith' | 'endswith' | 'matchespattern';
      readonly text: Scalar;
      readonly part: Scalar;
    }
  /**
   * Columns of a row equal those of one row of another collection: `devices(7)/deviceType` reads the device types whose
   * key is that of device 7. `on` maps column → column of `source`; `where` selects the row of `source`, whose id is
   * `sourceRow`, and refers to no other row.
   */
  | {
      readonly kind: 'correlatedKey';
      readonly row: RowId;
      /** The collection of the row. */
      readonly entity: Entity;
      readonly source: RowSource;
      readonly sourceRow: RowId;
      readonly on: Readonly<Record<string, string>>;
      readonly where: Condition;
    }
  /** A row exists that meets the condition: `any`, and `ne null` of a navigation. */
  | { readonly kind: 'exists'; readonly join: NavigationJoin; readonly where: Condition | null }
  /** Every row meets the condition: `all`. An unknown result counts as false. */
  | { readonly kind: 'forAll'; readonly join: NavigationJoin; readonly where: Condition | null }
  /** A navigation leads to a row that meets the condition, which refers to no other row: an uncorrelated subquery. */
  | { readonly kind: 'inSubquery'; readonly join: NavigationJoin; readonly where: Condition }
  /** A column of the search index contains the words next to each other; case and accents are ignored. */
  | { readonly kind: 'search'; readonly row: RowId; readonly index: SearchIndex; readonly words: string }
  /** The row was in force on a day: it is of the last snapshot day up to it, or of the validity interval around it. */
  | { readonly kind: 'asOf'; readonly row: RowId; readonly entity: Entity; readonly day: DateKey }
  /** A boolean value used as a condition: `isDeleted`. */
  | { readonly kind: 'isTrue'; readonly of: Scalar }
  | { readonly kind: 'constant'; readonly value: boolean | null };

export interface Order {
  readonly by: Scalar;
  readonly descending: boolean;
}

/** Whether the value may be null. */
export function isNullable(scalar: Scalar): boolean {
  return scalar.kind === 'literal' ? scalar.value === null : scalar.nullable;
}
