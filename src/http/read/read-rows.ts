// read: statements → what the database answers. A page is read up to the first piece that is sent.
import type { Value } from '../../../schema/entity.ts';
import type { Engine, PagePart } from '../../engines/engine.ts';
import type { SqlValue } from '../../sql/statement.ts';
import type { Feed } from '../feed.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { PlannedRead } from './planned-read.ts';
import type { RenderedPage, RenderedRead, RenderedValue } from './rendered-read.ts';
import { requireRow } from './require-row.ts';

export type ReadRows = PageRows | ReadValue;

export interface PageRows {
  readonly kind: 'page';
  readonly count: bigint | null;
  /** Null for HEAD. */
  readonly rows: StartedPage | null;
}

export interface StartedPage {
  /** The parts read so far: what fails early fails before anything is sent. */
  readonly start: readonly PagePart[];
  /** The parts still to be read; null where the page is complete. */
  readonly rest: AsyncGenerator<PagePart> | null;
}

export interface ReadValue {
  readonly kind: 'value';
  readonly value: SqlValue | Uint8Array;
}

// A page as small as this is sent in one piece, with its length.
const MAX_SINGLE_PIECE_BYTES = 64 * 1024;

/** Throws as the engine does, and `request.no-such-entity`. */
export async function readRows(
  rendered: RenderedRead,
  planned: PlannedRead,
  feed: Pick<Feed, 'engine' | 'settings' | 'limits'>,
  request: Pick<FeedRequest, 'wantsBody' | 'signal'>,
): Promise<ReadRows> {
  const { engine } = feed;
  const { signal } = request;
  const generation = planned.generation.id;
  if (rendered.origin) await requireRow(rendered.origin, engine, generation, signal);
  return rendered.kind === 'page'
    ? readPage(rendered, planned, feed, request)
    : readValue(rendered, engine, generation, signal);
}

async function readPage(
  { count: countStatement, rows: statements }: RenderedPage,
  { plan, changes, preferences, generation }: PlannedRead,
  { engine, settings, limits }: Pick<Feed, 'engine' | 'settings' | 'limits'>,
  { wantsBody, signal }: Pick<FeedRequest, 'wantsBody' | 'signal'>,
): Promise<PageRows> {
  if (!wantsBody) return { kind: 'page', count: null, rows: null };
  const count = countStatement && (await engine.readValue(generation.id, countStatement, signal));
  const parts = engine.readPage(
    {
      generation: generation.id,
      ...(changes && { sinceGeneration: changes.since.id }),
      statements,
      after: plan.after?.map(toSqlValue) ?? null,
      // Nothing changes within one generation, unless the query depends on the time.
      top: changes?.plan.isSameQuery === true && changes.since.id === generation.id ? 0 : plan.top,
      maxRows: Math.min(preferences.maxPageSize ?? Infinity, settings.pageRows),
      maxBytes: limits.pageBytes,
      maxMilliseconds: limits.pageMs,
    },
    signal,
  );
  return {
    kind: 'page',
    count: count === null ? null : BigInt(count as number),
    rows: await startPage(parts),
  };
}

// What the literals of a token may be; the database stores true and false as 1 and 0.
function toSqlValue(value: Value): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

async function startPage(parts: AsyncIterable<PagePart>): Promise<StartedPage> {
  const rest = iterate(parts);
  const start: PagePart[] = [];
  let bytes = 0;
  while (bytes < MAX_SINGLE_PIECE_BYTES) {
    const next = await rest.next();
    if (next.done === true) return { start, rest: null };
    start.push(next.value);
    bytes += next.value.kind === 'rows' ? next.value.bytes.length : 0;
  }
  return { start, rest };
}

async function* iterate(parts: AsyncIterable<PagePart>): AsyncGenerator<PagePart> {
  yield* parts;
}

async function readValue(
  { value: statement, row }: RenderedValue,
  engine: Engine,
  generation: number,
  signal: AbortSignal,
): Promise<ReadValue> {
  const value = await engine.readValue(generation, statement, signal);
  if (value === null && row) await requireRow(row, engine, generation, signal);
  return { kind: 'value', value };
}
