// A page of a collection: its head, its rows as the engine hands them over, and the way to the next page.
import type { Value } from '../../../schema/entity.ts';
import type { PagePart } from '../../engines/engine.ts';
import {
  encodePageHead,
  type PageLink,
  encodePageTail,
  ROW_SEPARATOR,
} from '../../format/odata/encode-page.ts';
import { encodeDeltaToken } from '../../odata/cursor/delta-token.ts';
import { printContentType } from '../../odata/headers/negotiate-format.ts';
import { includesAnnotation } from '../../odata/headers/includes-annotation.ts';
import { printPreferenceApplied } from '../../odata/headers/parse-prefer.ts';
import { adviceFor } from '../../plan/advice.ts';
import { renderChanges } from '../../sql/read/render-changes.ts';
import { renderCount } from '../../sql/read/render-single.ts';
import { renderPage } from '../../sql/read/render-page.ts';
import type { SqlValue } from '../../sql/statement.ts';
import type { Answer, BodyPart } from '../answer.ts';
import { encodeCursor } from '../cursor/paging-cursor.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { Feed } from '../feed.ts';
import { deltaLink, nextLink } from '../cursor/next-link.ts';
import type { PlannedRead } from './planned-read.ts';
import { nestedLinks } from '../cursor/nested-links.ts';
import { requireEntity } from './require-entity.ts';
import { needsFullSort } from '../sorts-all.ts';
import type { Stopwatch } from '../request/stopwatch.ts';
import { rowTemplates } from './row-templates.ts';

// Power Query looks at every annotation it meets: this one comes to those who ask for it, the header to everyone.
const ADVICE_TERM = 'fleetfeed.advice';

// A page as small as this goes out in one piece, with its length.
const MAX_SINGLE_PIECE_BYTES = 64 * 1024;

export async function servePage(
  feed: Feed,
  request: FeedRequest,
  plannedRead: PlannedRead,
  stopwatch: Stopwatch,
): Promise<Answer> {
  const { plan, changes, deltaScope, format, preferences, generation } = plannedRead;
  const { template, changes: templates, context } = rowTemplates(feed, plannedRead, nestedLinks(plannedRead));
  const statements =
    changes && templates
      ? renderChanges(changes.plan, templates, feed.dialect)
      : renderPage(plan, template, feed.dialect);
  stopwatch.lap('render');

  const advice =
    plan.version === 'beta' && !changes ? adviceFor({ plan, needsFullSort: needsFullSort(feed, plan) }) : [];
  const annotates =
    plan.version === 'beta' && includesAnnotation(preferences.includeAnnotations, ADVICE_TERM);
  const applied = printPreferenceApplied(preferences, [
    'maxpagesize',
    'omit-values',
    ...(annotates ? (['include-annotations'] as const) : []),
    ...(deltaScope === null ? [] : (['track-changes'] as const)),
  ]);
  const headers = {
    'Content-Type': printContentType(format),
    ...(changes && { 'OData-Version': changes.protocolVersion }),
    ...(applied !== null && { 'Preference-Applied': applied }),
    ...(advice.length > 0 && { 'Fleetfeed-Advice': advice.map(({ code }) => code).join(', ') }),
  };
  await requireEntity(feed, plan.navigationOrigin, generation.id, request.signal);
  if (!request.wantsBody) return { status: 200, headers, body: null };

  const count =
    plan.count && !changes
      ? await feed.engine.readValue(generation.id, renderCount(plan, feed.dialect), request.signal)
      : null;
  const parts = feed.engine.readPage(
    {
      generation: generation.id,
      ...(changes && { sinceGeneration: changes.since.id }),
      statements,
      after: plan.after?.map(toSqlValue) ?? null,
      // Nothing changes within one generation, but by the time that is asked with.
      top: changes?.plan.isSameQuery === true && changes.since.id === generation.id ? 0 : plan.top,
      maxRows: Math.min(preferences.maxPageSize ?? Infinity, feed.settings.pageRows),
      maxBytes: feed.limits.pageBytes,
      maxMilliseconds: feed.limits.pageMs,
    },
    request.signal,
  );
  const envelope: Envelope = {
    head: encodePageHead({
      context,
      count: count === null ? null : BigInt(count as number),
      int64AsText: format.ieee754Compatible,
      annotations: annotates ? { [ADVICE_TERM]: advice } : {},
    }),
    tail: (after, rows) => encodePageTail(pageLinkTo(request, plannedRead, after, rows)),
  };
  const body = await bufferStart(writePage(parts, envelope));
  stopwatch.lap('read');
  return { status: 200, headers, ...body };
}

// What the literals of a token may be; the database knows true and false as 1 and 0.
function toSqlValue(value: Value): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

interface Envelope {
  readonly head: Uint8Array;
  /** After the last row: where the next page begins, or null at the end, and how many rows this page held. */
  readonly tail: (after: readonly SqlValue[] | null, rows: number) => Uint8Array;
}

async function* writePage(
  parts: AsyncIterable<PagePart>,
  { head, tail }: Envelope,
): AsyncGenerator<BodyPart> {
  yield { bytes: head, rows: 0 };
  let rows = 0;
  for await (const part of parts) {
    if (part.kind === 'end') {
      yield { bytes: tail(part.after, rows), rows: 0 };
      return;
    }
    if (rows > 0) yield { bytes: ROW_SEPARATOR, rows: 0 };
    yield part;
    rows += part.rows;
  }
}

/** Reads the first part, so that what fails early fails as an answer of its own; a page that ends there is sent whole. */
async function bufferStart(parts: AsyncGenerator<BodyPart>): Promise<Pick<Answer, 'body' | 'rows'>> {
  const read: BodyPart[] = [];
  let bytes = 0;
  while (bytes < MAX_SINGLE_PIECE_BYTES) {
    const next = await parts.next();
    if (next.done === true) {
      const rows = read.reduce((sum, part) => sum + part.rows, 0);
      return { body: Buffer.concat(read.map((part) => part.bytes)), rows };
    }
    read.push(next.value);
    bytes += next.value.bytes.length;
  }
  return { body: resumeStream(read, parts) };
}

async function* resumeStream(
  read: readonly BodyPart[],
  rest: AsyncGenerator<BodyPart>,
): AsyncGenerator<BodyPart> {
  try {
    yield* read;
    yield* rest;
  } finally {
    // A client that leaves between the two would leave the engine reading.
    await rest.return(undefined);
  }
}

/** To the next page; from the last one to what will have changed, if the client follows that; else null. */
function pageLinkTo(
  { base, mount }: FeedRequest,
  { plan, query, generation, cursorScope, deltaScope, startedAt, rowsServed }: PlannedRead,
  after: readonly SqlValue[] | null,
  rows: number,
): PageLink | null {
  const address = `${base}${mount.root.path}${mount.resource}`;
  const place = { generation: generation.id, startedAt: startedAt.getTime() };
  if (after) {
    const cursor = { ...place, served: rowsServed + rows, tracksChanges: deltaScope !== null };
    const token = encodeCursor(after, plan.order, cursor, cursorScope);
    return { kind: 'nextLink', address: nextLink(address, query, token) };
  }
  if (deltaScope === null) return null;
  const token = encodeDeltaToken(place, deltaScope);
  return { kind: 'deltaLink', address: deltaLink(address, query, token) };
}
