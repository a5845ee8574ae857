// What every client does in the end: read a collection page by page, and read $metadata.
import type { TestResponse, TestFeed } from '../70-http/test-feed.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Pulled {
  readonly rows: readonly Row[];
  readonly pages: number;
  /** The bodies as they came. */
  readonly text: string;
}

/** Follows absolute nextLinks exactly as given until there is none. */
export async function pull(
  feed: TestFeed,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pulled> {
  const rows: Row[] = [];
  const texts: string[] = [];
  for (let link: string | undefined = path; link !== undefined;) {
    const got: TestResponse = await feed.get(link, headers);
    if (got.status !== 200) throw new Error(`${link}: ${got.status} ${got.text}`);
    rows.push(...got.json.value);
    texts.push(got.text);
    const next: string | undefined = got.json['@odata.nextLink'];
    if (next !== undefined && !next.startsWith(`${feed.base}/`)) throw new Error(`Not absolute: ${next}`);
    link = next?.slice(feed.base.length);
  }
  return { rows, pages: texts.length, text: texts.join('') };
}

/** Set name → property names in their order, read off the XML as a client reads it. */
export function declaredProperties(metadata: string): ReadonlyMap<string, readonly string[]> {
  const types = new Map(
    [...metadata.matchAll(/<EntityType Name="(\w+)"[^>]*>(.*?)<\/EntityType>/gs)].map((match) => [
      match[1]!,
      [...match[2]!.matchAll(/<Property Name="(\w+)"/g)].map((property) => property[1]!),
    ]),
  );
  return new Map(
    [...metadata.matchAll(/<EntitySet Name="(\w+)" EntityType="[\w.]+?\.?(\w+)"/g)].map((match) => [
      match[1]!,
      types.get(match[2]!) ?? [],
    ]),
  );
}

/** A seeded-free check that no two rows agree in these columns. */
export function duplicatesOf(rows: readonly Row[], columns: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return rows
    .map((row) => JSON.stringify(columns.map((column) => row[column])))
    .filter((key) => seen.has(key) || !seen.add(key));
}
