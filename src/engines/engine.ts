// The seam between a request and a database: what every engine can do, and no more.
import type { DateKey } from '../base/date-key.ts';
import type { PageStatements, SqlValue, Statement } from '../sql/statement.ts';

/** One published version of the whole warehouse. It never changes; the next run publishes another. */
export interface Generation {
  /** Rises by one with each publication. */
  readonly id: number;
  /** The snapshot day of the run that made it. */
  readonly dateKey: DateKey;
  /** ISO instant with Z. */
  readonly publishedAt: string;
}

export interface PageRequest {
  readonly generation: number;
  /** The earlier generation to compare with, where the statements do that. */
  readonly sinceGeneration?: number;
  readonly statements: PageStatements;
  /** The order values of the skip token; null for a first page. */
  readonly after: readonly SqlValue[] | null;
  /** Rows that the client still wants, over all pages to come; null for all. A page that reaches it is the last, and does not probe for more. */
  readonly top: number | null;
  /** A page ends by rows, bytes or time, whichever comes first. */
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxMilliseconds: number;
}

export type PagePart =
  /** Comma-separated rows. The writer joins parts by a comma. */
  | { readonly kind: 'rows'; readonly bytes: Uint8Array; readonly rows: number }
  /** Always last. `after` holds the order values to continue from, or null on the last page. */
  | { readonly kind: 'end'; readonly after: readonly SqlValue[] | null };

/** The account that a read is charged to. */
export interface Reader {
  /** Threads are shared fairly among ids. */
  readonly id: string;
  /** Called with the milliseconds that a thread has worked for this reader. */
  readonly chargeThreadTime: (milliseconds: number) => void;
}

export interface Engine {
  /** What new reads see; null before the first run. */
  current(): Generation | null;
  /** The generation if it is still kept, else null. */
  generation(id: number): Generation | null;
  /**
   * Reads one page. Stops at once when the signal aborts.
   * Throws FeedError `request.generation-gone`, `limit.deadline`, `limit.busy` or `feed.unavailable`.
   */
  readPage(request: PageRequest, signal: AbortSignal): AsyncIterable<PagePart>;
  /** The one value that a statement returns: a count, or a row already encoded as bytes; null when it returns no row. */
  readValue(generation: number, statement: Statement, signal: AbortSignal): Promise<SqlValue | Uint8Array>;
  /** The same engine, with reads charged to one reader. Reads without a reader share one anonymous account. */
  forReader(reader: Reader): Engine;
  close(): Promise<void>;
}
