// encode: the rows of a page → its answer: headers, the head of the body, the rows, and the link to the next page.
import type { PagePart } from '../../engines/engine.ts';
import {
  encodePageHead,
  encodePageTail,
  type PageLink,
  ROW_SEPARATOR,
} from '../../format/odata/encode-page.ts';
import { encodeDeltaToken } from '../../odata/cursor/delta-token.ts';
import { includesAnnotation } from '../../odata/headers/includes-annotation.ts';
import { printContentType } from '../../odata/headers/negotiate-format.ts';
import { printPreferenceApplied } from '../../odata/headers/parse-prefer.ts';
import type { SqlValue } from '../../sql/statement.ts';
import type { Answer, BodyPart } from '../answer.ts';
import { deltaLink, nextLink } from '../cursor/next-link.ts';
import { encodeCursor } from '../cursor/paging-cursor.ts';
import { rowsContext } from './rows-context.ts';
import type { PlannedRead } from './planned-read.ts';
import type { PageRows, StartedPage } from './read-rows.ts';

// Power Query looks at every annotation it meets: this one is for clients that ask for it, the header is for everyone.
const ADVICE_TERM = 'fleetfeed.advice';

export function encodePageAnswer(planned: PlannedRead, { count, rows }: PageRows): Answer {
  const { plan, format, preferences, advice } = planned;
  const isAnnotated =
    plan.version === 'beta' && includesAnnotation(preferences.includeAnnotations, ADVICE_TERM);
  const headers = headersOf(planned, isAnnotated);
  if (!rows) return { status: 200, headers, body: null };
  const encodePart = partEncoder((after, rowCount) => encodePageTail(pageLinkTo(planned, after, rowCount)));
  const head = encodePageHead({
    context: rowsContext(planned),
    count,
    int64AsText: format.ieee754Compatible,
    annotations: isAnnotated ? { [ADVICE_TERM]: advice } : {},
  });
  return { status: 200, headers, ...encodeBody(head, rows, encodePart) };
}

function headersOf(
  { changes, paging, format, preferences, advice }: PlannedRead,
  isAnnotated: boolean,
): Answer['headers'] {
  const applied = printPreferenceApplied(preferences, [
    'maxpagesize',
    'omit-values',
    ...(isAnnotated ? (['include-annotations'] as const) : []),
    ...(paging.deltaScope === null ? [] : (['track-changes'] as const)),
  ]);
  return {
    'Content-Type': printContentType(format),
    ...(changes && { 'OData-Version': changes.protocolVersion }),
    ...(applied !== null && { 'Preference-Applied': applied }),
    ...(advice.length > 0 && { 'Fleetfeed-Advice': advice.map(({ code }) => code).join(', ') }),
  };
}

type PartEncoder = (part: PagePart) => readonly BodyPart[];

/** `encodeTail` is given where the next page begins, or null at the end, and how many rows this page holds. */
function partEncoder(
  encodeTail: (after: readonly SqlValue[] | null, rowCount: number) => Uint8Array,
): PartEncoder {
  let rowCount = 0;
  return (part) => {
    if (part.kind === 'end') return [{ bytes: encodeTail(part.after, rowCount), rows: 0 }];
    const isFirst = rowCount === 0;
    rowCount += part.rows;
    return isFirst ? [part] : [{ bytes: ROW_SEPARATOR, rows: 0 }, part];
  };
}

/** A page that has been read to its end is one piece; a longer one is a stream. */
function encodeBody(
  head: Uint8Array,
  { start, rest }: StartedPage,
  encodePart: PartEncoder,
): Pick<Answer, 'body' | 'rows'> {
  const read: readonly BodyPart[] = [{ bytes: head, rows: 0 }, ...start.flatMap(encodePart)];
  if (rest) return { body: streamBody(read, rest, encodePart) };
  return {
    body: Buffer.concat(read.map(({ bytes }) => bytes)),
    rows: read.reduce((sum, { rows }) => sum + rows, 0),
  };
}

async function* streamBody(
  read: readonly BodyPart[],
  rest: AsyncGenerator<PagePart>,
  encodePart: PartEncoder,
): AsyncGenerator<BodyPart> {
  try {
    yield* read;
    for await (const part of rest) yield* encodePart(part);
  } finally {
    // If the client leaves before the rest is begun, the engine would go on reading.
    await rest.return(undefined);
  }
}

/** To the next page; from the last one to later changes, if the client tracks them; else null. */
function pageLinkTo(
  { plan, generation, paging }: PlannedRead,
  after: readonly SqlValue[] | null,
  rowCount: number,
): PageLink | null {
  const { address, query, startedAt, rowsServed, cursorScope, deltaScope } = paging;
  const position = { generation: generation.id, startedAt: startedAt.getTime() };
  if (after) {
    const cursor = { ...position, served: rowsServed + rowCount, tracksChanges: deltaScope !== null };
    const token = encodeCursor(after, plan.order, cursor, cursorScope);
    return { kind: 'nextLink', address: nextLink(address, query, token) };
  }
  if (deltaScope === null) return null;
  const token = encodeDeltaToken(position, deltaScope);
  return { kind: 'deltaLink', address: deltaLink(address, query, token) };
}
