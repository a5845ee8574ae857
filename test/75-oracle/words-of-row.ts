// What $search means: words in any case and with any accents, and phrases of them in one column.
import type { Row } from '../../schema/words.ts';
import type { SearchExpression } from '../../src/odata/wanted.ts';

/** `columns` are those whose words are found. */
export function isFound(search: SearchExpression, row: Row, columns: readonly string[]): boolean {
  switch (search.kind) {
    case 'word':
    case 'phrase': {
      const wanted = wordsOf(search.text);
      return columns.some((name) => stands(wanted, wordsOf(String(row[name] ?? ''))));
    }
    case 'and':
      return search.of.every((each) => isFound(each, row, columns));
    case 'or':
      return search.of.some((each) => isFound(each, row, columns));
    case 'not':
      return !isFound(search.of, row, columns);
  }
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
