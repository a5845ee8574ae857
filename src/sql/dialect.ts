// The differences between databases: a table of small functions. Each engine has a file with its dialect.
import type { FunctionName, Scalar, ScalarType } from '../plan/relational-algebra.ts';
import type { Fragment } from './fragment.ts';
import type { SqlValue } from './statement.ts';

type Arithmetic = Scalar & { readonly kind: 'arithmetic' };

/** One member of a row. */
export interface JsonMember {
  readonly name: string;
  /** JSON text, never null. */
  readonly json: Fragment;
  /** A fragment that is null where the member may be omitted; null for members that are always written. */
  readonly absent: Fragment | null;
}

/** How a value is written as JSON. */
export interface JsonForm {
  readonly type: ScalarType;
  readonly nullable: boolean;
  /** Int64 as text. */
  readonly int64AsText: boolean;
}

/** One order value, by the name of its column in the chunk. */
export interface OrderValue {
  readonly column: Fragment;
  readonly type: ScalarType;
}

/** The rows of an expansion. */
export interface NestedRows {
  /** Of the navigation. */
  readonly name: string;
  /** One row as text. */
  readonly row: Fragment;
  /** The text after FROM: at most `limit` rows, or one more where there can be no nextLink. */
  readonly rows: Fragment;
  readonly limit: number;
  /** How many rows one of them counts as: itself and its single-valued expansions. */
  readonly weight: number;
  /** Where there may be more than `limit`: whether there are, and the address of the rest. */
  readonly nextLink: { readonly condition: Fragment; readonly address: Fragment } | null;
}

export interface PageParts {
  /** One row as text, made of the chunk's columns. */
  readonly row: Fragment;
  readonly order: readonly OrderValue[];
  /** The text after FROM: rows in order, under the alias that `row` uses. */
  readonly chunk: Fragment;
}

export interface Dialect {
  /** The placeholder of the n-th bound value, from 1. */
  placeholder(position: number): string;
  /** A table or view of the generation that is read. */
  relation(name: string): Fragment;
  /** The same in the generation that it is compared with. */
  earlierRelation(name: string): Fragment;
  /** A value of the plan as a bound value; null as NULL. */
  literal(value: string | number | bigint | boolean | null): Fragment;

  /** True or false, never null, of two values that may be null. */
  isNotDistinct(left: Fragment, right: Fragment): Fragment;
  isDistinct(left: Fragment, right: Fragment): Fragment;
  /** `values` are not null. */
  oneOf(operand: Fragment, values: readonly SqlValue[], type: ScalarType): Fragment;
  /**
   * The condition, with a hint to the database that most rows meet it: it then reads rows in the requested order rather
   * than sort all that meet it.
   */
  likely(condition: Fragment): Fragment;
  /** The column in a form that no index serves, because another condition on it is more selective. */
  unindexed(column: Fragment): Fragment;

  contains(text: Fragment, part: Fragment): Fragment;
  startsWith(text: Fragment, part: Fragment): Fragment;
  endsWith(text: Fragment, part: Fragment): Fragment;
  /** Whether the pattern matches somewhere in the text, in linear time. */
  matchesPattern(text: Fragment, pattern: Fragment): Fragment;
  /**
   * Whether the search index finds the row with this key: `words` are adjacent in one of the columns.
   * The index may have more columns than the reader may see. Never null.
   */
  search(key: Fragment, index: Fragment, columns: readonly string[], words: string): Fragment;
  /** Whether the search index finds one of the texts, which may be null. Never null. */
  searchTexts(texts: readonly Fragment[], index: Fragment, words: string): Fragment;
  readonly functions: Readonly<
    Record<FunctionName, (operands: readonly Fragment[], type: ScalarType) => Fragment>
  >;
  /** `div` of whole numbers drops the fraction; the type is that of the result. */
  readonly arithmetic: Readonly<
    Record<Arithmetic['operator'], (left: Fragment, right: Fragment, type: ScalarType) => Fragment>
  >;
  /** A day or instant plus 100-nanosecond units; null beyond the calendar. */
  addTicks(moment: Fragment, ticks: Fragment, type: ScalarType): Fragment;
  /** 100-nanosecond units from one day or instant to another. */
  ticksBetween(from: Fragment, to: Fragment): Fragment;
  /** Whole 100-nanosecond units; an error of the reader beyond 64 bits. */
  checkedTicks(number: Fragment): Fragment;
  /** The whole number; an error of the reader beyond 64 bits. */
  checkedInt64(number: Fragment): Fragment;
  /** A value converted to another type; null where it cannot be. */
  cast(value: Fragment, from: ScalarType, to: ScalarType): Fragment;
  /** The number; an error of the reader where it is zero. */
  nonZeroDivisor(number: Fragment): Fragment;

  /** True, or an error after the statement's deadline. Evaluated for every row of the column's relation. */
  withinDeadline(column: Fragment): Fragment;

  /** A value as JSON text: `null` for null. */
  json(value: Fragment, form: JsonForm): Fragment;
  /** JSON text; `null` where the fragment is null. */
  jsonOrNull(json: Fragment): Fragment;
  /** A value that is not null as bare text, as `/$value` sends it. */
  rawValueText(value: Fragment, type: ScalarType): Fragment;
  /** A value as the literal of a key in an address, percent-encoded. */
  keyLiteral(value: Fragment, type: ScalarType): Fragment;
  /** `{"a":1,"b":null}` */
  jsonObject(members: readonly JsonMember[], omitNulls: boolean): Fragment;
  /**
   * `[{"a":1},{"a":2}]` of rows in order, followed by `,"apps@odata.nextLink":"…"` where there are more. An error of the
   * reader where there is no nextLink, and where the statement has written more than LIMITS.expandedInAll.
   */
  jsonRows(rows: NestedRows): Fragment;
  /** The texts concatenated; none is null. */
  concatTexts(pieces: readonly Fragment[]): Fragment;
  /** Text as bytes. */
  bytes(text: Fragment): Fragment;
  /** A SELECT with `body`, `rows`, `after0`, …, see PageStatements. */
  page(parts: PageParts): Fragment;
}
