// The bound expressions of a plan: where rows come from, and the values and conditions of a row. They hold each other, so they share a file.
import type { SearchIndex } from '../../schema/derive/search-index.ts';
import type { EdmType, Entity, Value } from '../../schema/entity.ts';
import type { DateKey } from '../base/date-key.ts';
import type { ArithmeticOperator, ComparisonOperator } from '../odata/syntax/expression.ts';

/** A column of rows: what the model, `$compute` or `$apply` says of it. */
export interface ColumnShape {
  readonly type: ScalarType;
  readonly nullable: boolean;
  /** Named by the client, so that $metadata says nothing of it. */
  readonly dynamic?: true;
}

/** By name, in the order in which they are written. */
export type ColumnShapes = ReadonlyMap<string, ColumnShape>;

/**
 * Names a row among those that an expression can see at once: the row of the answer, and inside it rows bound by
 * lambdas, by following a navigation, or by transformations. Rows that never meet may share a number.
 */
export type RowId = number;

/** Rows to read, whatever they are made of: order, paging, filter and JSON need only what is common to all. */
export type RowSource =
  /** Rows of a collection, as many columns as the version shows. */
  | ({ readonly kind: 'collection'; readonly entity: Entity } & RowShape)
  /** Rows of another source, with more columns; `row` is what the added values call a row of `of`. */
  | ({
      readonly kind: 'computed';
      readonly of: RowSource;
      readonly row: RowId;
      readonly added: ReadonlyMap<string, Scalar>;
    } & RowShape)
  | TransformedRows;

/** What the transformations of `$apply` make; `row` is what their expressions call a row of `of`. */
export type TransformedRows = RowShape &
  (
    | { readonly kind: 'filtered'; readonly of: RowSource; readonly row: RowId; readonly where: Condition }
    /** One row for each combination of values in `by`; one row, whatever there is, where `by` is empty. */
    | {
        readonly kind: 'grouped';
        readonly of: RowSource;
        readonly row: RowId;
        readonly by: ReadonlyMap<string, Scalar>;
        readonly aggregates: ReadonlyMap<string, Aggregate>;
      }
    /** Some rows of a total order, counted from its beginning; all that are left where `top` is null. */
    | {
        readonly kind: 'limited';
        readonly of: RowSource;
        readonly row: RowId;
        /** Where there are such values, rows that share them are counted for themselves. */
        readonly partitionBy: readonly Scalar[];
        readonly order: readonly Order[];
        readonly skip: number;
        readonly top: number | null;
      }
    /** The first rows of a total order, as many as it takes until their values add up to so much or so many per cent. */
    | {
        readonly kind: 'topUntilTotal';
        readonly of: RowSource;
        readonly row: RowId;
        readonly order: readonly Order[];
        readonly value: Scalar;
        readonly until: 'sum' | 'percent';
        readonly amount: number | bigint;
      }
    /** The rows of several sources; the column `branch` counts them from 0. A column that one lacks is null there. */
    | { readonly kind: 'unionAll'; readonly of: readonly RowSource[]; readonly branch: string }
  );

/** What is told of a group, with its type. `average`, `min`, `max` and `sum` of no values are null. */
export type Aggregate = ColumnShape &
  (
    | { readonly method: 'count' }
    /** A sum of whole numbers that is 0 where there are none. */
    | { readonly method: 'total'; readonly of: Scalar }
    | { readonly method: 'sum' | 'min' | 'max' | 'average' | 'countdistinct'; readonly of: Scalar }
    /** An average of values that each row has any number of: their sum, and how many they are. */
    | { readonly method: 'ratio'; readonly of: Scalar; readonly to: Scalar }
  );

/** How many values become one; `count` is how many of them are not null. */
export type RelatedAggregateMethod = 'sum' | 'min' | 'max' | 'count';

export interface RowShape {
  readonly columns: ColumnShapes;
  /** Columns that tell any two rows apart: every order ends in them. */
  readonly key: readonly string[];
}

/** Rows that a navigation leads to, seen from one row. */
export interface NavigationJoin {
  /** What expressions call a row there. */
  readonly row: RowId;
  readonly source: RowSource;
  /** The row from which it leads. */
  readonly start: RowId;
  /** Column there → column of the row from which it leads, with the same value. */
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
  /** The value in another type; null where it has no such form. */
  | { readonly kind: 'cast'; readonly of: Scalar; readonly type: ScalarType; readonly nullable: true }
  /** A value of the one row that a navigation leads to; null where there is none. */
  | {
      readonly kind: 'navigate';
      readonly join: NavigationJoin;
      readonly of: Scalar;
      readonly type: ScalarType;
      readonly nullable: true;
    }
  /** How many rows a navigation leads to, or how many of them there are for which the condition holds. */
  | {
      readonly kind: 'countRelated';
      readonly join: NavigationJoin;
      readonly where: Condition | null;
      readonly type: 'Edm.Int64';
      readonly nullable: false;
    }
  /** What the values of all the rows come to that a navigation leads to. */
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

/** Types of intermediate values: those of the model, and what functions of dates, differences of instants and null yield. */
export type ScalarType = EdmType | 'Edm.Date' | 'Edm.TimeOfDay' | 'Edm.Duration' | 'Edm.Decimal' | 'null';

/** Functions from values to a value. Tests on text that yield true or false are conditions. */
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
 * Something that holds or does not hold of a row. Comparisons are two-valued as the standard wants
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
   * Columns of a row have the values that one row of another collection has: `devices(7)/deviceType` reads the
   * device types whose key is the one of device 7. `on` maps column → column of `source`; `where` picks the row there,
   * sees no other, and calls it `sourceRow`.
   */
  | {
      readonly kind: 'correlatedKey';
      readonly row: RowId;
      /** The collection that the row is of. */
      readonly entity: Entity;
      readonly source: RowSource;
      readonly sourceRow: RowId;
      readonly on: Readonly<Record<string, string>>;
      readonly where: Condition;
    }
  /** There is a row there (for which the condition holds): `any`, and `ne null` of a navigation. */
  | { readonly kind: 'exists'; readonly join: NavigationJoin; readonly where: Condition | null }
  /** The condition holds for every row there: `all`. Unknown is not enough. */
  | { readonly kind: 'forAll'; readonly join: NavigationJoin; readonly where: Condition | null }
  /** A navigation leads to one of the rows for which the condition holds, and it sees no other: they are found once for all. */
  | { readonly kind: 'inSubquery'; readonly join: NavigationJoin; readonly where: Condition }
  /** A column of the index has the words side by side, in any case and with any accents. */
  | { readonly kind: 'search'; readonly row: RowId; readonly index: SearchIndex; readonly words: string }
  /** The row held on a day: it is of the last night published by then, or of the state that lasted over it. */
  | { readonly kind: 'asOf'; readonly row: RowId; readonly entity: Entity; readonly day: DateKey }
  /** A boolean value on its own: `isDeleted`. */
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
