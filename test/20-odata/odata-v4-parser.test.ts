// Two independent readers of the same text: ours, and odata-v4-parser on the part of the language where it can be trusted.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import fc from 'fast-check';
import { filter as filterOfOldParser } from 'odata-v4-parser';
import { parseExpression } from '../../src/odata/parse/parse-expression.ts';
import { anyExpression, sharedExpression } from './arbitrary-expression.ts';
import { outline } from './outline.ts';
import { printExpression } from './print-expression.ts';
import { outlineOfToken } from './outline-of-token.ts';

describe('what is printed with the fewest parentheses', () => {
  test('is read back as the tree it was printed from', () => {
    fc.assert(
      fc.property(anyExpression, (tree) => {
        expect(outline(parseExpression(printExpression(tree), '$filter', LIMITS))).toBe(outline(tree));
      }),
      { numRuns: 3000 },
    );
  });

  test('is read by odata-v4-parser, once re-associated, as by us', () => {
    let compared = 0;
    fc.assert(
      fc.property(sharedExpression, (tree) => {
        const text = printExpression(tree);
        // Beyond this it may not come back: exponential in prefix operators, quadratic in length.
        fc.pre(text.length <= 300 && (text.match(/\bnot |-|\/a(?:ny|ll)\(/g) ?? []).length <= 8);
        compared += 1;
        expect(outlineOfToken(filterOfOldParser(text))).toBe(
          outline(parseExpression(text, '$filter', LIMITS)),
        );
      }),
      { numRuns: 1500 },
    );
    expect(compared).toBeGreaterThanOrEqual(1000);
  });
});
