// The plan of a read in terms of the model: readonly data, independent of the URL before it and the SQL after it.
import type { Entity, FeedVersion, Value } from '../../schema/entity.ts';
import type { RawQueryOption } from '../odata/parse/split-query.ts';
import type { Condition, NavigationJoin, Order, RowId, RowSource } from './relational-algebra.ts';

/** Rows to write: those of the answer, or those of an expansion. */
export interface RowsPlan {
  /** The collection that the rows are of; `from` may be made of it by `$compute` or `$apply`. */
  readonly entity: Entity;
  readonly from: RowSource;
  /** The id of a row of `from` in the expressions of this plan. */
  readonly row: RowId;
  /** Columns of `from` to write, in their order; for `property` and `value` exactly one. */
  readonly columns: readonly string[];
  /** What `$select` named, for the context URL; null for everything. */
  readonly selected: readonly string[] | null;
  readonly where: Condition | null;
  readonly order: readonly Order[];
  /** Rows to skip; of the answer, those before its first page. */
  readonly skip: number;
  /** The most rows wanted; of the answer, on this page and those after it. Null for all. */
  readonly top: number | null;
  /** Whether the number of all matching rows is written. */
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
  /** At most `limit` rows are written. More are never dropped silently: a nextLink leads to the rest, or it is an error. */
  readonly rows: RowsPlan & { readonly limit: number };
  /** The query options of the nextLink, not yet encoded; null where there is none. */
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
  /** The row at which a navigation starts: where it does not exist, the answer is 404 and not empty. Null without a navigation. */
  readonly navigationOrigin: ReadPlan | null;
  /** The order values of the last row of the page before, as they are stored (true is 1n, false is 0n); else null. */
  readonly after: readonly Exclude<Value, boolean>[] | null;
  /** The generation that the paging cursor is pinned to; null for the newest. */
  readonly generation: number | null;
}
