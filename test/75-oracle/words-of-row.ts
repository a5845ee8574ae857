// What $search means: words in any case and with any accents, and phrases of them in one column.
import type { Listing } from '../../schema/derive/catalogue.ts';
import { searchedWays } from '../../schema/derive/search.ts';
import type { Row } from '../../schema/words.ts';
import type { SearchExpression } from '../../src/odata/syntax/search-expression.ts';
import type { WarehouseRows } from './warehouse-rows.ts';

/** `texts` are those in which the row is looked for. */
export function isFound(search: SearchExpression, texts: readonly string[]): boolean {
  switch (search.kind) {
    case 'word':
    case 'phrase': {
      const wanted = wordsOf(search.text);
      return texts.some((text) => stands(wanted, wordsOf(text)));
    }
    case 'and':
      return search.of.every((each) => isFound(each, texts));
    case 'or':
      return search.of.some((each) => isFound(each, texts));
    case 'not':
      return !isFound(search.of, texts);
  }
}

/** What a search looks through: the row's own texts, and those of the rows by which it is searched. */
export function textsOf(row: Row, listing: Listing, warehouse: WarehouseRows): readonly string[] {
  const own = (each: Row, { properties }: Listing): readonly string[] =>
    [...properties].flatMap(([name, { type }]) => {
      const value = each[name] ?? null;
      return type === 'Edm.String' && value !== null ? [String(value)] : [];
    });
  const ways = searchedWays(listing, warehouse.catalogue);
  return [
    ...own(row, listing),
    ...ways.flatMap((way) =>
      warehouse.follow(row, way).flatMap((there) => own(there, warehouse.listing(way.to))),
    ),
  ];
}

export function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Whether the words stand there side by side; where there are none, nothing does. */
function stands(wanted: readonly string[], words: readonly string[]): boolean {
  return (
    wanted.length > 0 &&
    words.some((_, start) => wanted.every((word, index) => words[start + index] === word))
  );
}

export function printSearch(search: SearchExpression): string {
  switch (search.kind) {
    case 'word':
      return search.text;
    case 'phrase':
      return `"${search.text.replaceAll(/["\\]/g, '\\$&')}"`;
    case 'and':
      return `(${search.of.map(printSearch).join(' ')})`;
    case 'or':
      return `(${search.of.map(printSearch).join(' OR ')})`;
    case 'not':
      return `NOT ${printSearch(search.of)}`;
  }
}
