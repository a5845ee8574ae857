// One page, walked chunk by chunk: where it ends, and whether anything follows.
import { FeedError } from '../../base/feed-error.ts';
import type { BlankStatement, PageStatements, SqlValue, Statement } from '../../sql/statement.ts';
import type { PagePart, PageRequest } from '../engine.ts';
import type { Cells } from './thread-messages.ts';

/** Runs a statement that yields one row, which may hold so many of the answer's. */
export type ReadRow = (statement: Statement, rows: number, signal: AbortSignal) => Promise<Cells | null>;

// Fewer rows pay for the round trip to the thread, more hold the thread for long: 1000 to 5000 are equally fast.
const CHUNK_ROWS = 2000;
// Each chunk of a page that no index orders sorts everything again.
const SORTED_CHUNK_ROWS = 20_000;

// A row that holds others may be a thousand times as long.
const NESTED_CHUNK_ROWS = 100;

// How much smaller a chunk becomes whose rows hold too many others.
const SMALLER = 10;

interface Chunk {
  /** Rows that it could have had: fewer than were wanted where rows hold too many others. */
  readonly asked: number;
  readonly body: Uint8Array | null;
  readonly rows: number;
  /** Order values of its last row. */
  readonly after: readonly SqlValue[];
}

/**
 * Reads one chunk ahead while the reader takes the last, and no more: a slow reader holds memory for two chunks and no
 * thread at all.
 */
export async function* walkPage(
  { statements, after: from, rows: pageRows, bytes: pageBytes, milliseconds, top }: PageRequest,
  readRow: ReadRow,
  signal: AbortSignal,
): AsyncGenerator<PagePart, void, undefined> {
  const endsAt = performance.now() + milliseconds;
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const wanted = Math.min(pageRows, top ?? Infinity);
  let chunkRows = chunkRowsOf(statements);
  const read = async (
    statement: BlankStatement,
    most: number,
    after: readonly SqlValue[],
  ): Promise<Chunk> => {
    const asked = Math.min(chunkRows, most);
    try {
      return { asked, ...chunkOf(await readRow(filledIn(statement, asked, after), asked, either)) };
    } catch (error) {
      if (!statements.nests || asked <= 1 || !isTooMuch(error)) throw error;
      chunkRows = Math.ceil(asked / SMALLER);
      return read(statement, most, after);
    }
  };

  let rows = 0;
  let bytes = 0;
  let ahead: Promise<Chunk> | null = wanted > 0 ? read(statements.first, wanted, from ?? []) : null;
  let after: readonly SqlValue[] | null = null;
  try {
    while (ahead) {
      const chunk: Chunk | null = await unlessLimited(ahead, rows > 0);
      // A limit met in the middle ends the page: the next one begins with a fresh allowance.
      if (!chunk) break;
      rows += chunk.rows;
      bytes += chunk.body?.byteLength ?? 0;
      after = chunk.rows < chunk.asked || rows === top ? null : chunk.after;
      const goesOn = after !== null && rows < wanted && bytes < pageBytes && performance.now() < endsAt;
      ahead = goesOn && after ? read(statements.next, wanted - rows, after) : null;
      // The reader may leave before it looks at the chunk ahead.
      ahead?.catch(() => undefined);
      if (chunk.body) yield { kind: 'rows', bytes: chunk.body, rows: chunk.rows };
    }
    if (after && !ahead && !statements.regroups) {
      const probe = await unlessLimited(read(statements.next, 1, after), true);
      if (probe?.rows === 0) after = null;
    }
    yield { kind: 'end', after };
  } finally {
    left.abort();
  }
}

function chunkRowsOf({ sorts, regroups, nests }: PageStatements): number {
  if (nests) return NESTED_CHUNK_ROWS;
  // Groups are narrow, and a page of them is made in one go.
  if (regroups) return Infinity;
  return sorts ? SORTED_CHUNK_ROWS : CHUNK_ROWS;
}

function isTooMuch(error: unknown): boolean {
  return error instanceof FeedError && error.code === 'limit.too-complex';
}

async function unlessLimited(chunk: Promise<Chunk>, onTheWay: boolean): Promise<Chunk | null> {
  try {
    return await chunk;
  } catch (error) {
    if (onTheWay && error instanceof FeedError && error.code.startsWith('limit.')) return null;
    throw error;
  }
}

function filledIn({ text, values }: BlankStatement, rows: number, after: readonly SqlValue[]): Statement {
  const filled = values.map((value) => {
    if (value === null || typeof value !== 'object') return value;
    return value.blank === 'rows' ? rows : (after[value.index] ?? null);
  });
  return { text, values: filled };
}

function chunkOf(cells: Cells | null): Omit<Chunk, 'asked'> {
  const [body, rows, ...after] = cells ?? [];
  if (typeof rows !== 'number' || typeof body === 'string') {
    throw new TypeError('A page statement yields body and rows before its order values.');
  }
  return { body: body instanceof Uint8Array ? body : null, rows, after: after as readonly SqlValue[] };
}
