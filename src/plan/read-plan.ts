// What a request means in terms of the model: readonly data between the text of a URL and the text of SQL, with no word of either.
import type { Entity, FeedVersion, Value } from '../../schema/entity.ts';
import type { RawQueryOption } from '../odata/parse/split-query.ts';
import type { Condition, NavigationJoin, Order, RowId, RowSource } from './relational-algebra.ts';

/** Rows to write: those of the answer, or those inside another row. */
export interface RowsPlan {
  /** The collection that the rows are of; `from` may be made of it by `$compute` or `$apply`. */
  readonly entity: Entity;
  readonly from: RowSource;
  /** What the expressions of this plan call a row of `from`. */
  readonly row: RowId;
  /** Columns of `from` to write, in their order; for `property` and `value` exactly one. */
  readonly columns: readonly string[];
  /** What `$select` named, for the context URL; null when everything was wanted. */
  readonly selected: readonly string[] | null;
  readonly where: Condition | null;
  readonly order: readonly Order[];
  /** Rows to pass over: of the answer, those before its first page. */
  readonly skip: number;
  /** Rows that are wanted: of the answer, those that this page chain still owes. Null for all. */
  readonly top: number | null;
  /** Whether the number of all matching rows is to be told. */
  readonly count: boolean;
  /** Navigations whose rows are written inside each row, in the order of the model. */
  readonly expands: readonly Expansion[];
}

export interface Expansion {
  /** Of the navigation. */
  readonly name: string;
  /** Rows as objects, rows as references, or their number alone. */
  readonly form: 'rows' | 'ref' | 'count';
  readonly join: NavigationJoin;
  /** So many rows are written at `most`; more are never left out: a link leads to the rest, or they are an error. */
  readonly rows: RowsPlan & { readonly limit: number };
  /** The options of the address at which the rest is found, not yet encoded; null where there is none. */
  readonly nextLinkOptions: readonly RawQueryOption[] | null;
}

/**
 * One read of one collection. The order is total: it always ends in the key, so that a page can continue after any row.
 */
export interface ReadPlan extends RowsPlan {
  readonly version: FeedVersion;
  /**
   * `page`: rows of a collection · `entity`: the one row with a key, or 204/404 · `property`: one property of it as
   * JSON · `value`: the same as bare text (`/$value`) · `count`: how many rows (`/$count`).
   */
  readonly shape: 'page' | 'entity' | 'property' | 'value' | 'count';
  /** Of a page or an entity: rows with their columns, or nothing but their addresses (`/$ref`). */
  readonly form: 'rows' | 'ref';
  /** Where a navigation starts: when a row there does not exist, the answer is 404 and not an empty one; else null. */
  readonly navigationOrigin: ReadPlan | null;
  /** The order values of the last row of the page before, as they are stored (truth is 1n, falsehood 0n); else null. */
  readonly after: readonly Exclude<Value, boolean>[] | null;
  /** The generation a page chain is pinned to; null for the newest. */
  readonly generation: number | null;
}
