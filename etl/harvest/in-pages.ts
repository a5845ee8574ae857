// What is known of a whole fleet, taken a page at a time: rows for all of it at once would be the peak of a night.

/** As many as a page of Graph has. */
const PAGE_ITEMS = 1000;

export function* inPages<Item>(items: Iterable<Item>): Generator<readonly Item[], void, undefined> {
  let page: Item[] = [];
  for (const item of items) {
    if (page.push(item) < PAGE_ITEMS) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
