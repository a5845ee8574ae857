// One row, one property of it, or how many rows there are: answers that the engine gives as a single value.
import { absurd } from '../base/absurd.ts';
import { propertyContext } from '../format/odata-context.ts';
import { odataEntity } from '../format/odata-entity.ts';
import { odataValue } from '../format/odata-value.ts';
import { printContentType } from '../odata/negotiate.ts';
import { printPreferenceApplied } from '../odata/parse-prefer.ts';
import { largestNestedPage } from '../plan/nested-pages.ts';
import { renderCount, renderEntity, renderValue } from '../sql/render-read.ts';
import type { Statement } from '../sql/statement.ts';
import type { Answer } from './answer.ts';
import type { FeedRequest } from './feed-request.ts';
import type { Feed } from './feed.ts';
import { nestedLinks } from './nested-links.ts';
import { mustExist } from './must-exist.ts';
import type { Reading } from './reading.ts';
import { rowAddress } from './row-address.ts';
import type { Stopwatch } from './stopwatch.ts';
import { writtenRows } from './written-rows.ts';

export async function serveRow(
  feed: Feed,
  request: FeedRequest,
  reading: Reading,
  watch: Stopwatch,
): Promise<Answer> {
  const { plan, generation } = reading;
  const { statement, headers, write } = shapeOf(feed, request, reading);
  const { signal } = request;
  watch.lap('render');

  await mustExist(feed, plan.source, generation.id, signal);
  const read = await feed.engine.readValue(generation.id, statement, signal);
  if (read === null) {
    // A row that does not exist is 404; a property, or a way to one row, that is null has no content.
    const isWay = plan.shape === 'entity' && plan.source !== null;
    if (!isWay) await mustExist(feed, plan, generation.id, signal);
  }
  watch.lap('read');
  if (read === null) return { status: 204, headers: {}, body: null };
  return {
    status: 200,
    headers,
    body: write(read instanceof Uint8Array ? read : Buffer.from(String(read))),
    rows: 1,
  };
}

interface Shape {
  readonly statement: Statement;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, around what was read. */
  readonly write: (read: Uint8Array) => Uint8Array;
}

const PLAIN = { 'Content-Type': 'text/plain;charset=utf-8' };

function shapeOf(feed: Feed, request: FeedRequest, reading: Reading): Shape {
  const { plan, encoding, preferences, root, resource } = reading;
  const { dialect } = feed;
  const { metadata: level, ieee754Compatible: int64AsText } = encoding;
  const json = { 'Content-Type': printContentType(encoding) };
  switch (plan.shape) {
    case 'entity': {
      const { template, context } = writtenRows(feed, reading, nestedLinks(request, reading));
      const applied = printPreferenceApplied(preferences, [
        'omit-values',
        ...(largestNestedPage(plan) > 0 ? (['maxpagesize'] as const) : []),
      ]);
      return {
        statement: renderEntity(plan, template, dialect),
        headers: { ...json, ...(applied !== null && { 'Preference-Applied': applied }) },
        write: (row) => odataEntity(context, row),
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
        write: (value) => odataValue({ context, level, type }, value),
      };
    }
    case 'value':
      return {
        statement: renderValue(plan, { int64AsText }, dialect),
        headers: PLAIN,
        write: (value) => value,
      };
    case 'count':
      return { statement: renderCount(plan, dialect), headers: PLAIN, write: (count) => count };
    case 'page':
      throw new TypeError('A page is more than one value.');
    default:
      return absurd(plan.shape);
  }
}
