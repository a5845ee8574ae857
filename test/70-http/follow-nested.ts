// A client that wants every row also follows the links inside rows.
import type { TestFeed } from './test-feed.ts';

const LINK = '@odata.nextLink';

/** The value with all rows behind the links inside it, and no link left but its own. */
export async function followNested(
  feed: Pick<TestFeed, 'base' | 'get'>,
  value: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<unknown> {
  if (Array.isArray(value)) {
    const whole: unknown[] = [];
    for (const each of value) whole.push(await followNested(feed, each, headers));
    return whole;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members: (readonly [string, unknown])[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (name !== LINK && name.endsWith(LINK)) continue;
    const link: unknown = (value as Readonly<Record<string, unknown>>)[`${name}${LINK}`];
    const rest = typeof link === 'string' ? await readRest(feed, link, headers) : [];
    const own = await followNested(feed, member, headers);
    members.push([name, Array.isArray(own) ? [...(own as unknown[]), ...rest] : own]);
  }
  return Object.fromEntries(members);
}

async function readRest(
  feed: Pick<TestFeed, 'base' | 'get'>,
  start: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  for (let link: string | undefined = start; link !== undefined;) {
    const { status, text, json }: Awaited<ReturnType<TestFeed['get']>> = await feed.get(
      link.slice(feed.base.length),
      headers,
    );
    if (status !== 200) throw new Error(`${status} ${text}`);
    rows.push(...((await followNested(feed, json.value, headers)) as readonly unknown[]));
    link = json[LINK];
  }
  return rows;
}
