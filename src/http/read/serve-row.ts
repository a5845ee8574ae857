// One row, one property of it, or how many rows there are: answers that the engine gives as a single value.
import { assertNever } from '../../base/assert-never.ts';
import { propertyContext } from '../../format/odata/context-url.ts';
import { encodeEntity } from '../../format/odata/encode-entity.ts';
import { encodeValue } from '../../format/odata/encode-value.ts';
import { printContentType } from '../../odata/headers/negotiate-format.ts';
import { printPreferenceApplied } from '../../odata/headers/parse-prefer.ts';
import { largestNestedPage } from '../../plan/limit-nested-pages.ts';
import { renderCount, renderEntity, renderValue } from '../../sql/read/render-single.ts';
import type { Statement } from '../../sql/statement.ts';
import type { Answer } from '../answer.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { Feed } from '../feed.ts';
import { nestedLinks } from '../cursor/nested-links.ts';
import { requireEntity } from './require-entity.ts';
import type { PlannedRead } from './planned-read.ts';
import { rowAddress } from './row-address.ts';
import type { Stopwatch } from '../request/stopwatch.ts';
import { rowTemplates } from './row-templates.ts';

export async function serveRow(
  feed: Feed,
  request: FeedRequest,
  plannedRead: PlannedRead,
  stopwatch: Stopwatch,
): Promise<Answer> {
  const { plan, generation } = plannedRead;
  const { statement, headers, write } = rowResponseOf(feed, plannedRead);
  const { signal } = request;
  stopwatch.lap('render');

  await requireEntity(feed, plan.navigationOrigin, generation.id, signal);
  const read = await feed.engine.readValue(generation.id, statement, signal);
  if (read === null) {
    // A row that does not exist is 404; a property, or a way to one row, that is null has no content.
    const isNavigation = plan.shape === 'entity' && plan.navigationOrigin !== null;
    if (!isNavigation) await requireEntity(feed, plan, generation.id, signal);
  }
  stopwatch.lap('read');
  if (read === null) return { status: 204, headers: {}, body: null };
  return {
    status: 200,
    headers,
    body: write(read instanceof Uint8Array ? read : Buffer.from(String(read))),
    rows: 1,
  };
}

interface RowResponse {
  readonly statement: Statement;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, around what was read. */
  readonly write: (read: Uint8Array) => Uint8Array;
}

const PLAIN_TEXT = { 'Content-Type': 'text/plain;charset=utf-8' };

function rowResponseOf(feed: Feed, plannedRead: PlannedRead): RowResponse {
  const { plan, format, preferences, root, resource } = plannedRead;
  const { dialect } = feed;
  const { metadata: level, ieee754Compatible: int64AsText } = format;
  const json = { 'Content-Type': printContentType(format) };
  switch (plan.shape) {
    case 'entity': {
      const { template, context } = rowTemplates(feed, plannedRead, nestedLinks(plannedRead));
      const applied = printPreferenceApplied(preferences, [
        'omit-values',
        ...(largestNestedPage(plan) > 0 ? (['maxpagesize'] as const) : []),
      ]);
      return {
        statement: renderEntity(plan, template, dialect),
        headers: { ...json, ...(applied !== null && { 'Preference-Applied': applied }) },
        write: (row) => encodeEntity(context, row),
      };
    }
    case 'property': {
      const [name = ''] = plan.columns;
      const type = plan.from.columns.get(name)?.type ?? 'Edm.String';
      const { collection, key, path } = rowAddress(resource, plan);
      const context = propertyContext(root, collection, key, path);
      return {
        statement: renderValue(plan, { int64AsText }, dialect),
        headers: json,
        write: (value) => encodeValue({ context, level, type }, value),
      };
    }
    case 'value':
      return {
        statement: renderValue(plan, { int64AsText }, dialect),
        headers: PLAIN_TEXT,
        write: (value) => value,
      };
    case 'count':
      return { statement: renderCount(plan, dialect), headers: PLAIN_TEXT, write: (count) => count };
    case 'page':
      throw new TypeError('A page is more than one value.');
    default:
      return assertNever(plan.shape);
  }
}
