// Random searches for words that are there, in other cases and side by side.
import fc from 'fast-check';
import type { SearchExpression } from '../../src/odata/syntax/search-expression.ts';
import { wordsOf } from './evaluate-search.ts';

const at = 0;

export function randomSearch(texts: readonly string[]): fc.Arbitrary<SearchExpression> {
  const spoken = texts.map(wordsOf).filter((words) => words.length > 0);
  const word = fc
    .tuple(fc.constantFrom(['nobody'], ...spoken), fc.nat(), fc.boolean())
    .map(([words, index, isLoud]): SearchExpression => {
      const text = words[index % words.length] ?? '';
      return { kind: 'word', text: isLoud && !/^(?:and|or|not)$/.test(text) ? text.toUpperCase() : text, at };
    });
  const phrase = fc
    .tuple(fc.constantFrom(...texts, 'no one'), fc.nat(3))
    .filter(([text]) => wordsOf(text).length > 0)
    .map(([text, cut]): SearchExpression => {
      const shorter = text.slice(cut);
      return { kind: 'phrase', text: wordsOf(shorter).length > 0 ? shorter : text, at };
    });
  return fc.letrec<{ search: SearchExpression }>((tie) => ({
    search: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      word,
      phrase,
      fc
        .tuple(fc.constantFrom('and', 'or' as const), fc.array(tie('search'), { minLength: 2, maxLength: 3 }))
        .map(([kind, of]): SearchExpression => ({ kind, of })),
      tie('search').map((of): SearchExpression => ({ kind: 'not', of })),
    ),
  })).search;
}
