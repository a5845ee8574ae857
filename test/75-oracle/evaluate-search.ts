// What $search means: words in any case and with any accents, and phrases of them in one column.
import type { EntitySet } from '../../schema/derive/exposed-model.ts';
import { searchedNavigations } from '../../schema/derive/search-index.ts';
import type { Row } from '../../schema/entity.ts';
import type { SearchExpression } from '../../src/odata/syntax/search-expression.ts';
import type { WarehouseRows } from './warehouse-rows.ts';

/** `texts` are those in which the row is looked for. */
export function matchesSearch(search: SearchExpression, texts: readonly string[]): boolean {
  switch (search.kind) {
    case 'word':
    case 'phrase': {
      const phrase = wordsOf(search.text);
      return texts.some((text) => containsPhrase(phrase, wordsOf(text)));
    }
    case 'and':
      return search.of.every((each) => matchesSearch(each, texts));
    case 'or':
      return search.of.some((each) => matchesSearch(each, texts));
    case 'not':
      return !matchesSearch(search.of, texts);
  }
}

/** What a search looks through: the row's own texts, and those of the rows by which it is searched. */
export function searchedTexts(row: Row, entitySet: EntitySet, warehouse: WarehouseRows): readonly string[] {
  const own = (each: Row, { properties }: EntitySet): readonly string[] =>
    [...properties].flatMap(([name, { type }]) => {
      const value = each[name] ?? null;
      return type === 'Edm.String' && value !== null ? [String(value)] : [];
    });
  const navigations = searchedNavigations(entitySet, warehouse.exposedModel);
  return [
    ...own(row, entitySet),
    ...navigations.flatMap((navigation) =>
      warehouse
        .navigate(row, navigation)
        .flatMap((target) => own(target, warehouse.entitySet(navigation.to))),
    ),
  ];
}

export function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Whether the words stand there side by side; where there are none, nothing does. */
function containsPhrase(phrase: readonly string[], words: readonly string[]): boolean {
  return (
    phrase.length > 0 &&
    words.some((_, start) => phrase.every((word, index) => words[start + index] === word))
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
