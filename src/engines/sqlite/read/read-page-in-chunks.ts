// One page, walked chunk by chunk: where it ends, and whether anything follows.
import { FeedError } from '../../../base/feed-error.ts';
import type { PageStatement, PageStatements, SqlValue, Statement } from '../../../sql/statement.ts';
import type { PagePart, PageRequest } from '../../engine.ts';
import { retrySmaller } from './retry-smaller.ts';
import type { SqliteRow } from './worker-messages.ts';

/** Runs a statement that yields one row, which may hold so many of the answer's. */
export type ReadRow = (statement: Statement, rows: number, signal: AbortSignal) => Promise<SqliteRow | null>;

// Fewer rows pay for the round trip to the thread, more hold the thread for long: 1000 to 5000 are equally fast.
const CHUNK_ROWS = 2000;
// Each chunk of a page that no index orders sorts everything again.
const SORTED_CHUNK_ROWS = 20_000;

// A row that holds others may be a thousand times as long.
const NESTED_CHUNK_ROWS = 100;

// How much smaller a chunk becomes whose rows hold too many others.
const CHUNK_SHRINK_FACTOR = 10;

/** What a chunk is read with, and how many rows it may have. */
interface ChunkSize {
  readonly statements: PageStatements;
  readonly rows: number;
}

interface Chunk {
  /** Rows that it could have had: fewer than were wanted where rows hold too many others. */
  readonly requestedRows: number;
  readonly body: Uint8Array | null;
  readonly rows: number;
  /** Order values of its last row. */
  readonly after: readonly SqlValue[];
}

/**
 * Reads one chunk ahead while the reader takes the last, and no more: a slow reader holds memory for two chunks and no
 * thread at all.
 */
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
      // A limit met in the middle ends the page: the next one begins with a fresh allowance.
      if (!chunk) break;
      rows += chunk.rows;
      bytes += chunk.body?.byteLength ?? 0;
      after = chunk.rows < chunk.requestedRows || rows === top ? null : chunk.after;
      const continues = after !== null && rows < maxRows && bytes < pageBytes && performance.now() < endsAt;
      nextChunk = continues && after ? readChunk('next', maxRows - rows, after) : null;
      // The reader may leave before it looks at the chunk ahead.
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
  // Groups are narrow, and a page of them is made in one go.
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
