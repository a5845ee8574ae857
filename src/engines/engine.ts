// The seam between the request's way and a database: what every engine can do, and no more.
import type { DateKey } from '../base/date-key.ts';
import type { PageStatements, SqlValue, Statement } from '../sql/statement.ts';

/** One published state of the whole warehouse. It never changes; the next night makes another. */
export interface Generation {
  /** Rises by one with each publication. */
  readonly id: number;
  /** The night it was made by. */
  readonly dateKey: DateKey;
  /** ISO instant with Z. */
  readonly publishedAt: string;
}

export interface PageRequest {
  readonly generation: number;
  /** The earlier generation that it is compared with, where the statements do that. */
  readonly sinceGeneration?: number;
  readonly statements: PageStatements;
  /** The skip token's order values where the page continues a chain, else null. */
  readonly after: readonly SqlValue[] | null;
  /** Rows that the whole chain still wants, or null for all. A page that reaches it has no next, and does not look for one. */
  readonly top: number | null;
  /** A page ends by rows, bytes or time, whichever comes first. */
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxMilliseconds: number;
}

export type PagePart =
  /** Comma-separated rows; parts are joined by a comma by whoever writes them. */
  | { readonly kind: 'rows'; readonly bytes: Uint8Array; readonly rows: number }
  /** Always last. `after` holds the order values to continue from, or null when the chain ends here. */
  | { readonly kind: 'end'; readonly after: readonly SqlValue[] | null };

/** On whose account a read goes. */
export interface Reader {
  /** Threads are shared out among readers by it. */
  readonly id: string;
  /** Told of the milliseconds that a thread has worked for it. */
  readonly chargeThreadTime: (milliseconds: number) => void;
}

export interface Engine {
  /** What new reads see; null before the first night. */
  current(): Generation | null;
  /** A generation that is still kept, else null. */
  generation(id: number): Generation | null;
  /**
   * Reads one page. Stops at once when the signal aborts.
   * Throws FeedError `request.generation-gone`, `limit.deadline`, `limit.busy` or `feed.unavailable`.
   */
  readPage(request: PageRequest, signal: AbortSignal): AsyncIterable<PagePart>;
  /** The one value a statement yields: a count, or a row already written as bytes; null when it yields no row. */
  readValue(generation: number, statement: Statement, signal: AbortSignal): Promise<SqlValue | Uint8Array>;
  /** The same engine, whose reads go on the account of one reader. Without it they are nobody's, and wait as one. */
  forReader(reader: Reader): Engine;
  close(): Promise<void>;
}
