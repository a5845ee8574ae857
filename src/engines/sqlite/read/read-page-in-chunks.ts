// Reads one page chunk by chunk, and decides where it ends and whether more rows follow.
import { FeedError } from '../../../base/feed-error.ts';
import type { PageStatement, PageStatements, SqlValue, Statement } from '../../../sql/statement.ts';
import type { PagePart, PageRequest } from '../../engine.ts';
import { retrySmaller } from './retry-smaller.ts';
import type { SqliteRow } from './worker-messages.ts';

/** Runs a statement that returns one row, which holds up to `rows` rows of the answer. */
export type ReadRow = (statement: Statement, rows: number, signal: AbortSignal) => Promise<SqliteRow | null>;

// With fewer rows the round trip to the thread dominates, with more the thread is occupied for long: 1000 to 5000 are equally fast.
const CHUNK_ROWS = 2000;
// Where no index gives the order, each chunk sorts all rows again.
const SORTED_CHUNK_ROWS = 20_000;

// A row with expanded rows may be a thousand times as long.
const NESTED_CHUNK_ROWS = 100;

// A chunk whose rows have too many expanded rows is divided by this.
const CHUNK_SHRINK_FACTOR = 10;

/** What a chunk is read with, and how many rows it may have. */
interface ChunkSize {
  readonly statements: PageStatements;
  readonly rows: number;
}

interface Chunk {
  /** May be smaller than asked for, where rows have too many expanded rows. */
  readonly requestedRows: number;
  readonly body: Uint8Array | null;
  readonly rows: number;
  /** Order values of its last row. */
  readonly after: readonly SqlValue[];
}

/** Reads one chunk ahead of the client and no more: a slow client occupies memory for two chunks and no thread. */
export async function* readPageInChunks(
  {
    statements: requestedStatements,
    after: startAfter,
    maxRows: pageRows,
    maxBytes: pageBytes,
    maxMilliseconds: milliseconds,
    top,
  }: PageRequest,
  readRow: ReadRow,
  signal: AbortSignal,
): AsyncGenerator<PagePart, void, undefined> {
  const endsAt = performance.now() + milliseconds;
  const readerLeft = new AbortController();
  const combinedSignal = AbortSignal.any([signal, readerLeft.signal]);
  const maxRows = Math.min(pageRows, top ?? Infinity);
  let rows = 0;
  let chunkSize: ChunkSize = { statements: requestedStatements, rows: chunkRowsFor(requestedStatements) };
  const readChunk = (
    position: 'first' | 'next',
    maxChunkRows: number,
    after: readonly SqlValue[],
  ): Promise<Chunk> => {
    const isPartway = rows > 0;
    return retrySmaller(
      chunkSize,
      async ({ statements, rows: chunkRows }) => {
        const requestedRows = Math.min(chunkRows, maxChunkRows);
        const statement = bindBlanks(statements[position], requestedRows, after);
        return { requestedRows, ...toChunk(await readRow(statement, requestedRows, combinedSignal)) };
      },
      (size) => {
        const smaller = smallerChunk(size, maxChunkRows, isPartway);
        chunkSize = smaller ?? chunkSize;
        return smaller;
      },
    );
  };

  let bytes = 0;
  let nextChunk: Promise<Chunk> | null = maxRows > 0 ? readChunk('first', maxRows, startAfter ?? []) : null;
  let after: readonly SqlValue[] | null = null;
  try {
    while (nextChunk) {
      const chunk: Chunk | null = await nullIfLimitReached(nextChunk, rows > 0);
      // A limit reached in the middle ends the page: the next page starts with a new allowance.
      if (!chunk) break;
      rows += chunk.rows;
      bytes += chunk.body?.byteLength ?? 0;
      after = chunk.rows < chunk.requestedRows || rows === top ? null : chunk.after;
      const continues = after !== null && rows < maxRows && bytes < pageBytes && performance.now() < endsAt;
      nextChunk = continues && after ? readChunk('next', maxRows - rows, after) : null;
      // The client may leave before the chunk ahead is awaited.
      nextChunk?.catch(() => undefined);
      if (chunk.body) yield { kind: 'rows', bytes: chunk.body, rows: chunk.rows };
    }
    if (after && !nextChunk && !requestedStatements.regroupsEveryChunk) {
      const probe = await nullIfLimitReached(readChunk('next', 1, after), true);
      if (probe?.rows === 0) after = null;
    }
    yield { kind: 'end', after };
  } finally {
    readerLeft.abort();
  }
}

function chunkRowsFor({
  sortsEveryChunk: sorts,
  regroupsEveryChunk: regroups,
  hasLargeRows: nests,
}: PageStatements): number {
  if (nests) return NESTED_CHUNK_ROWS;
  // Groups are narrow, so a page of them is one chunk.
  if (regroups) return Infinity;
  return sorts ? SORTED_CHUNK_ROWS : CHUNK_ROWS;
}

/** Fewer rows to a chunk, then fewer rows inside each: the latter only where the page has no rows yet. */
function smallerChunk(
  { statements, rows }: ChunkSize,
  maxChunkRows: number,
  isPartway: boolean,
): ChunkSize | null {
  const requestedRows = Math.min(rows, maxChunkRows);
  if (statements.hasLargeRows && requestedRows > 1) {
    return { statements, rows: Math.ceil(requestedRows / CHUNK_SHRINK_FACTOR) };
  }
  const smaller = isPartway ? null : (statements.smaller?.() ?? null);
  return smaller && { statements: smaller, rows: chunkRowsFor(smaller) };
}

async function nullIfLimitReached(chunk: Promise<Chunk>, isPartway: boolean): Promise<Chunk | null> {
  try {
    return await chunk;
  } catch (error) {
    if (isPartway && error instanceof FeedError && error.code.startsWith('limit.')) return null;
    throw error;
  }
}

function bindBlanks({ text, values }: PageStatement, rows: number, after: readonly SqlValue[]): Statement {
  const filled = values.map((value) => {
    if (value === null || typeof value !== 'object') return value;
    return value.parameter === 'rows' ? rows : (after[value.index] ?? null);
  });
  return { text, values: filled };
}

function toChunk(cells: SqliteRow | null): Omit<Chunk, 'requestedRows'> {
  const [body, rows, ...after] = cells ?? [];
  if (typeof rows !== 'number' || typeof body === 'string') {
    throw new TypeError('A page statement yields body and rows before its order values.');
  }
  return { body: body instanceof Uint8Array ? body : null, rows, after: after as readonly SqlValue[] };
}
