// Splits items into pages: rows for a whole fleet at once would be the memory peak of a run.

/** As in a page of Graph. */
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
