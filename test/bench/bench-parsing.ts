// How fast queries are parsed, against odata-v4-parser: a long list of alternatives, and nesting that is exponential there.
import { filter as readByOldParser } from 'odata-v4-parser';
import { LIMITS } from '../../src/base/limits.ts';
import { parseExpression } from '../../src/odata/parse/parse-expression.ts';
import { interleave, median, pairedRatio, printTable } from './interleave.ts';

// One parse of ours is too short to measure.
const REPEATS = 50;
const limits = { ...LIMITS, expressionDepth: 1000 };

const ALTERNATIVES = (count: number): string =>
  Array.from({ length: count }, (_, index) => `deviceKey eq ${index}`).join(' or ');
// Each level doubles the old parser's work: twelve take a fifth of a second, eighteen take five.
const NEST = (levels: number): string => `${'(not b and '.repeat(levels)}c eq 1${')'.repeat(levels)}`;
const BROKEN_NEST = (levels: number): string => `${'(not b and '.repeat(levels)}?`;

const CASES: readonly (readonly [string, string])[] = [
  ['10 alternatives', ALTERNATIVES(10)],
  ['100 alternatives', ALTERNATIVES(100)],
  ['300 alternatives', ALTERNATIVES(300)],
  ['8 nested not', NEST(8)],
  ['8 nested not, broken off', BROKEN_NEST(8)],
  ['12 nested not, broken off', BROKEN_NEST(12)],
];

export async function benchParsing(rounds: number): Promise<void> {
  const rows: string[][] = [];
  for (const [name, text] of CASES) {
    const [ours, old] = await interleave(
      [
        { name: 'ours', run: () => tried(() => parseExpression(text, '$filter', limits), REPEATS) },
        { name: 'odata-v4-parser', run: () => tried(() => readByOldParser(text), 1) },
      ],
      rounds,
    );
    if (!ours || !old) continue;
    const once = { ...ours, milliseconds: ours.milliseconds.map((each) => each / REPEATS) };
    rows.push([
      name,
      median(once.milliseconds).toFixed(3),
      median(old.milliseconds).toFixed(1),
      pairedRatio(once, old).toFixed(0),
    ]);
  }
  printTable('Reading $filter, ms', ['', 'ours', 'odata-v4-parser', '× faster'], rows);
}

// What cannot be read is refused by both; how long that takes is the point.
function tried(read: () => unknown, repeats: number): Promise<void> {
  for (let count = 0; count < repeats; count += 1) {
    try {
      read();
    } catch {
      continue;
    }
  }
  return Promise.resolve();
}
