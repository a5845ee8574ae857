// Reads a Graph collection page by page along its nextLinks.
import { FeedError } from '../../src/base/feed-error.ts';
import { sourceName, type GraphAccess, type GraphClient, type GraphResult } from './graph-client.ts';

/** A record of a list: every resource that we read has an id. */
export interface GraphEntity {
  readonly id: string;
}

/** A resource of which the named properties are read. Their values are checked where they are read. */
export type Resource<Names extends string> = GraphEntity & { readonly [Name in Names]?: unknown };

interface Page {
  readonly records: readonly GraphEntity[];
  readonly nextLink: string | null;
}

/**
 * Yields the records of one page after the other. When a page link expires, the collection is read once more from its
 * start, so a record may come twice: take the last. `total` is for observers only.
 * Throws FeedError as `GraphClient.get` does, and `feed.source-unavailable` for links in a circle or to another host.
 */
export async function* readPages<Record_ extends GraphEntity>(
  { graph, run }: GraphAccess,
  address: string,
  total: number | null = null,
): AsyncGenerator<readonly Record_[], void, undefined> {
  const first = graph.listAddress(address);
  const source = sourceName(first);
  let seen = new Set<string>();
  let rows = 0;
  let isRestarted = false;
  let link = first.href;
  for (;;) {
    seen.add(link);
    const result: GraphResult<Page> = await graph.get(link, parsePage);
    if (result.kind === 'page-expired') {
      if (isRestarted) throw unreadableSource(source, 'its page links expire faster than they can be read');
      isRestarted = true;
      seen = new Set();
      rows = 0;
      link = first.href;
      continue;
    }
    const { records, nextLink }: Page = result.value;
    rows += records.length;
    run.reportProgress(source, rows, total);
    // The records are objects with an id; their other properties are checked where they are read.
    if (records.length > 0) yield records as readonly Record_[];
    if (nextLink === null) return;
    const next = URL.parse(nextLink, first.href);
    // Another host must not get our token.
    if (next?.origin !== first.origin) throw unreadableSource(source, 'it links to another host');
    if (seen.has(next.href)) throw unreadableSource(source, 'its page links form a circle');
    link = next.href;
  }
}

/** The whole of a small collection, each record once. */
export async function readList<Record_ extends GraphEntity>(
  access: GraphAccess,
  address: string,
): Promise<readonly Record_[]> {
  const byId = new Map<string, Record_>();
  for await (const records of readPages<Record_>(access, address)) {
    for (const each of records) byId.set(each.id, each);
  }
  return [...byId.values()];
}

/** One resource that is not part of a list, such as a summary. */
export async function readSingleton<Record_ extends object>(
  graph: GraphClient,
  address: string,
): Promise<Record_> {
  const result = await graph.get(address, (json) => (isObject(json) ? (json as Record_) : null));
  if (result.kind === 'value') return result.value;
  throw unreadableSource(sourceName(new URL(address, graph.rootUrl)), 'it no longer exists');
}

/** Graph's count of a list that is requested with `$count=true`. */
export async function readCount(graph: GraphClient, address: string): Promise<number> {
  const { '@odata.count': count } = await readSingleton<{ readonly '@odata.count'?: unknown }>(
    graph,
    address,
  );
  if (typeof count === 'number') return count;
  throw unreadableSource(sourceName(new URL(address, graph.rootUrl)), 'its response has no count');
}

function parsePage(json: unknown): Page | null {
  if (!isObject(json) || !('value' in json) || !Array.isArray(json.value)) return null;
  const records: readonly unknown[] = json.value;
  const nextLink = '@odata.nextLink' in json ? json['@odata.nextLink'] : null;
  if (nextLink !== null && typeof nextLink !== 'string') return null;
  return records.every(isGraphEntity) ? { records, nextLink } : null;
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isGraphEntity(json: unknown): json is GraphEntity {
  return isObject(json) && 'id' in json && typeof json.id === 'string' && json.id !== '';
}

function unreadableSource(source: string, why: string): FeedError {
  return new FeedError('feed.source-unavailable', `Microsoft Graph could not deliver ${source}: ${why}.`, {
    target: source,
  });
}
