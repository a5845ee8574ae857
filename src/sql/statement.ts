// SQL for an engine: text, and the values bound to it in order.

/** What an engine binds. Booleans are 0 and 1, instants canonical text, Int64 a bigint. */
export type SqlValue = string | number | bigint | null;

/** A read whose rows may hold more rows inside them than one statement may write. */
interface Shrinkable<Read> {
  /** The same read with fewer rows inside each row; null where there cannot be fewer. */
  readonly smaller?: () => Read | null;
}

export interface Statement extends Shrinkable<Statement> {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** A place in a prepared statement for a value of the row that it is run with. */
export interface RowParameter {
  readonly parameter: 'row';
}

/** A place in a page statement that the engine fills while it walks the page. */
export type PageParameter =
  /** The order value at this index of the last row read. */
  | { readonly parameter: 'after'; readonly index: number }
  /** The most rows of this chunk. */
  | { readonly parameter: 'rows' };

export interface PageStatement {
  readonly text: string;
  readonly values: readonly (SqlValue | PageParameter)[];
}

/**
 * A page, read in chunks. Each statement yields exactly one row of columns
 * `body` (BLOB: rows in the wanted format, comma-separated, NULL when there are none), `rows` (INTEGER), and
 * `after0`, `after1`, … (the order values of the chunk's last row).
 */
export interface PageStatements extends Shrinkable<PageStatements> {
  /** The first chunk of the page: at the beginning of the read, or after the row of the skip token. */
  readonly first: PageStatement;
  /** Each later chunk, after the last row of the one before. */
  readonly next: PageStatement;
  /** How many order values there are. */
  readonly orderValues: number;
  /**
   * True where no index gives the order: every chunk sorts the whole answer, so few large chunks beat many small ones.
   */
  readonly sortsEveryChunk: boolean;
  /** True where every chunk computes all groups again: a page is then one chunk, without a look ahead for more rows. */
  readonly regroupsEveryChunk: boolean;
  /** True where a row may contain many expanded rows, so that chunks must be small. */
  readonly hasLargeRows: boolean;
}
