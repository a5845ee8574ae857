// docs/conformance.md and the tests that it names, kept in step.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { TRANSFORMATIONS } from '../../schema/derive/annotations.ts';
import { UNSUPPORTED_TRANSFORMATIONS } from '../../src/odata/parse/parse-apply.ts';

const REPOSITORY = new URL('../..', import.meta.url);
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, REPOSITORY)), 'utf8');

const upTo = (last: number): readonly string[] => Array.from({ length: last }, (_, index) => `${index + 1}`);
const parts = (number: string, last: number): readonly string[] =>
  upTo(last).map((part) => `${number}.${part}`);

/** The numbers of the chapter. Where a number has parts and asks for nothing itself, only its parts stand in the table. */
const REQUIREMENTS: Readonly<Record<string, readonly string[]>> = {
  'OData 4.0 Minimal': [...upTo(33).filter((each) => each !== '5'), ...parts('5', 2)],
  'OData 4.0 Intermediate': [...upTo(17).filter((each) => each !== '7'), ...parts('7', 5)],
  'OData 4.0 Advanced': [...upTo(16), ...parts('9', 9)],
  'OData 4.01 Minimal': [...upTo(27), ...parts('9', 14), '9.12.1'],
  'OData 4.01 Intermediate': upTo(11),
  'OData 4.01 Advanced': [...upTo(10), ...parts('5', 5)],
};

const OFFERED = ['yes', 'in part', 'no', 'no (501)', 'not yet', 'not applicable'];

interface Requirement {
  readonly level: string;
  readonly numbers: readonly string[];
  readonly offered: string;
  readonly file: string;
  readonly title: string;
}

const table: readonly Requirement[] = read('docs/conformance.md')
  .split('\n## ')
  .slice(1)
  .flatMap((section) => {
    const [level = '', ...lines] = section.split('\n');
    return lines
      .filter((line) => /^\| \d/.test(line))
      .map((line) => {
        const [number = '', , offered = '', , shown = ''] = line.split(/\s*\|\s*/).slice(1);
        const [file = '', title = ''] = shown.replaceAll('`', '').split(' › ');
        return { level, numbers: spread(number), offered, file: `test/${file}.test.ts`, title };
      });
  });

/** `18–20` → 18, 19, 20 */
function spread(number: string): readonly string[] {
  const [first = '', last] = number.split('–');
  if (last === undefined) return [first];
  return upTo(Number(last)).slice(Number(first) - 1);
}

describe('the table of conformance', () => {
  test.each(Object.entries(REQUIREMENTS))('has each requirement of %s once', (level, numbers) => {
    const listed = table.filter((row) => row.level === level).flatMap((row) => row.numbers);
    expect(listed.toSorted()).toEqual(numbers.toSorted());
  });

  test('has no other level', () => {
    expect([...new Set(table.map(({ level }) => level))]).toEqual(Object.keys(REQUIREMENTS));
  });

  test('says in one of a few words what is offered', () => {
    expect(table.filter(({ offered }) => !OFFERED.includes(offered))).toEqual([]);
  });

  test('names tests that there are', () => {
    const missing = table.filter(
      ({ file, title }) =>
        title === '' ||
        !existsSync(fileURLToPath(new URL(file, REPOSITORY))) ||
        !["'", '"', '`'].some((quote) => read(file).includes(quote + title + quote)),
    );
    expect(missing.map(({ file, title }) => `${file} › ${title}`)).toEqual([]);
  });
});

describe('the table of aggregation', () => {
  const rows = [...read('docs/aggregation.md').matchAll(/^\| (\w+) \| (yes|no \(501\)) \|/gm)].map(
    ([, name = '', offered = '']) => ({ name, offered }),
  );
  const namesThat = (offered: string): readonly string[] =>
    rows.filter((row) => row.offered === offered).map(({ name }) => name);

  test('says yes to what $metadata announces, and 501 to the rest of the standard', () => {
    expect(namesThat('yes').toSorted()).toEqual([...TRANSFORMATIONS].sort());
    expect(namesThat('no (501)').toSorted()).toEqual([...UNSUPPORTED_TRANSFORMATIONS].sort());
  });
});
