// What the databases say differently: a table of small functions, one dialect a file beside its engine.
import type { FunctionName, Scalar, ScalarType } from '../plan/relational-algebra.ts';
import type { Fragment } from './fragment.ts';
import type { SqlValue } from './statement.ts';

type Arithmetic = Scalar & { readonly kind: 'arithmetic' };

/** One member of a row. */
export interface JsonMember {
  readonly name: string;
  /** JSON text, never null. */
  readonly json: Fragment;
  /** What is null where the member may be left out; null for members that are always there. */
  readonly absent: Fragment | null;
}

/** What is known of a value when it is written as JSON. */
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

/** Rows of a navigation, to be written inside the row where it starts. */
export interface NestedRows {
  /** Of the navigation. */
  readonly name: string;
  /** One row as text. */
  readonly row: Fragment;
  /** What stands behind FROM; no more than `most`, or one more where nothing leads to the rest. */
  readonly rows: Fragment;
  readonly limit: number;
  /** Rows that one of them stands for, itself and those of which it has one. */
  readonly weight: number;
  /** Where there may be more than `most`: whether there are, and the address at which they are found. */
  readonly nextLink: { readonly condition: Fragment; readonly address: Fragment } | null;
}

export interface PageParts {
  /** One row as text, made of the chunk's columns. */
  readonly row: Fragment;
  readonly order: readonly OrderValue[];
  /** What stands behind FROM: rows in order, under the name by which `row` speaks of them. */
  readonly chunk: Fragment;
}

export interface Dialect {
  /** The place of the n-th bound value, from 1. */
  placeholder(position: number): string;
  /** A table or view of the generation that is read. */
  relation(name: string): Fragment;
  /** The same of the generation that it is compared with. */
  earlierRelation(name: string): Fragment;
  /** A value of the plan as a bound value; null as the word. */
  literal(value: string | number | bigint | boolean | null): Fragment;

  /** True or false, never null, of two values that may be null. */
  isNotDistinct(left: Fragment, right: Fragment): Fragment;
  isDistinct(left: Fragment, right: Fragment): Fragment;
  /** `values` are not null. */
  oneOf(operand: Fragment, values: readonly SqlValue[], type: ScalarType): Fragment;
  /**
   * The condition, of which the database is to think that most rows meet it: it then walks rows in the order in which
   * they are wanted, rather than sort all that meet it.
   */
  likely(condition: Fragment): Fragment;
  /** The column, kept from choosing the index: another condition on it narrows more. */
  unindexed(column: Fragment): Fragment;

  contains(text: Fragment, part: Fragment): Fragment;
  startsWith(text: Fragment, part: Fragment): Fragment;
  endsWith(text: Fragment, part: Fragment): Fragment;
  /** Somewhere in the text, in time that grows with its length alone. */
  matchesPattern(text: Fragment, pattern: Fragment): Fragment;
  /**
   * Whether the row with this key is one that the word index finds; `words` are side by side in one of the columns.
   * The index may hold more columns than the reader sees. Never null.
   */
  search(key: Fragment, index: Fragment, columns: readonly string[], words: string): Fragment;
  /** Whether one of the texts, which may be null, is among those of the word index that it finds. Never null. */
  searchTexts(texts: readonly Fragment[], index: Fragment, words: string): Fragment;
  readonly functions: Readonly<
    Record<FunctionName, (operands: readonly Fragment[], type: ScalarType) => Fragment>
  >;
  /** `div` of whole numbers drops the fraction; the type is that of the result. */
  readonly arithmetic: Readonly<
    Record<Arithmetic['operator'], (left: Fragment, right: Fragment, type: ScalarType) => Fragment>
  >;
  /** The day or instant so many 100-nanosecond units later; null beyond the calendar. */
  addTicks(moment: Fragment, ticks: Fragment, type: ScalarType): Fragment;
  /** 100-nanosecond units from one day or instant to another. */
  ticksBetween(from: Fragment, to: Fragment): Fragment;
  /** 100-nanosecond units, whole, or an error of the reader's where they are beyond 64 bits. */
  checkedTicks(number: Fragment): Fragment;
  /** The whole number, or an error of the reader's where it is beyond 64 bits. */
  checkedInt64(number: Fragment): Fragment;
  /** A value in another type; null where it has no such form. */
  cast(value: Fragment, from: ScalarType, to: ScalarType): Fragment;
  /** The number, or an error of the reader's where it is zero. */
  nonZeroDivisor(number: Fragment): Fragment;

  /** True, or an error past the statement's deadline. Asked for every row of the column's relation. */
  withinDeadline(column: Fragment): Fragment;

  /** A value as JSON text: `null` for null. */
  json(value: Fragment, form: JsonForm): Fragment;
  /** JSON text that may be missing: `null` where it is. */
  jsonOrNull(json: Fragment): Fragment;
  /** A value that is not null as bare text, as `/$value` sends it. */
  rawValueText(value: Fragment, type: ScalarType): Fragment;
  /** A value as the literal of a key in an address, percent-encoded. */
  keyLiteral(value: Fragment, type: ScalarType): Fragment;
  /** `{"a":1,"b":null}` */
  jsonObject(members: readonly JsonMember[], omitNulls: boolean): Fragment;
  /**
   * `[{"a":1},{"a":2}]` of rows in order, and behind it `,"apps@odata.nextLink":"…"` where there are more. An error of the
   * reader's where nothing leads to them, and where the statement has written more than LIMITS.expandedInAll.
   */
  jsonRows(rows: NestedRows): Fragment;
  /** Pieces of text put together; none is null. */
  concatTexts(pieces: readonly Fragment[]): Fragment;
  /** Text as bytes. */
  bytes(text: Fragment): Fragment;
  /** A SELECT with `body`, `rows`, `after0`, …, see PageStatements. */
  page(parts: PageParts): Fragment;
}
