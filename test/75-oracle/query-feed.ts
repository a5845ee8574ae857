// Sends a query to the server, page by page, and returns its rows without annotations.
import type { TestFeed } from '../70-http/test-feed.ts';
import { followNested } from '../70-http/follow-nested.ts';
import type { JsonRow } from './evaluate-query.ts';
import { printQuery } from './print-query.ts';
import type { Query } from './query.ts';

export interface QueryResult {
  readonly rows: readonly JsonRow[];
  /** The count of all rows on the first page, if there is one. */
  readonly count: number | undefined;
  readonly pageSizes: readonly number[];
}

/** Throws when a page is not answered with 200. */
export async function queryFeed(feed: TestFeed, query: Query): Promise<QueryResult> {
  const headers = {
    accept: `application/json;odata.metadata=none;IEEE754Compatible=${String(query.ieee754Compatible)}`,
    ...(query.pageSize !== null && { prefer: `maxpagesize=${query.pageSize}` }),
  };
  const pages: { readonly value: readonly JsonRow[]; readonly '@odata.count'?: number | string }[] = [];
  for (let link: string | undefined = printQuery(query); link !== undefined;) {
    const { status, text, json }: Awaited<ReturnType<TestFeed['get']>> = await feed.get(link, headers);
    if (status !== 200) throw new Error(`${status} ${text}`);
    pages.push({ ...json, value: (await followNested(feed, json.value, headers)) as readonly JsonRow[] });
    link = json['@odata.nextLink']?.slice(feed.base.length);
  }
  const count = pages[0]?.['@odata.count'];
  return {
    rows: pages.flatMap(({ value }) => value),
    count: count === undefined ? undefined : Number(count),
    pageSizes: pages.map(({ value }) => value.length),
  };
}
