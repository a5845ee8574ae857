// The tests pass on any day: the time is a parameter, and files that read the machine's clock are listed with their reason.
import { describe, expect, test } from '@jest/globals';
import { sourceFiles } from './source-files.ts';

/** File → why the machine's clock is the right one there. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/base/clock.ts': 'The machine’s clock as a value.',
  'etl/graph/graph-client.ts': 'Graph may name the instant until which it wants to be left alone.',
  'fixtures/entra-emulator/start-entra-emulator.ts': 'The directory’s clock where a test hands in none.',
  'fixtures/graph-emulator/answer.ts': 'Errors carry their time, which nobody reads.',
  'fixtures/graph-emulator/sign-in/client-assertion.ts': 'MSAL signs by the machine’s clock.',
  'fixtures/graph-emulator/exports/export-jobs.ts': 'Links to files expire hours later.',
  'fixtures/graph-emulator/main.ts': 'A tenant for developers, which lives until today.',
  'fixtures/graph-emulator/exports/report-storage.ts': 'Links to files expire hours later.',
  'fixtures/graph-emulator/sign-in/sign-in.ts': 'MSAL renews tokens by the machine’s clock.',
  'test/65-fixtures/tenant-simulation.test.ts':
    'Replaces the clock to show that the tenant does not depend on it.',
  'test/90-cli/doctor.test.ts': 'The doctor compares the machine’s clock with the directory’s.',
  'test/bench/recorded-harvest.ts': 'Continues the history of a tenant that lives until today.',
};

/** `performance.now()` is not among them: it measures durations and has no date. */
const CLOCK_READS = [
  /\bDate\.now\b/,
  /\bnew Date\b(?!\()/,
  /\bnew Date\(\s*\)/,
  /(?<!\bnew )\bDate\(/,
  /\bstartEntraEmulator\(\s*\)/,
];

const readsClock = (text: string): boolean => CLOCK_READS.some((pattern) => pattern.test(text));

const files = sourceFiles(['schema', 'src', 'etl', 'fixtures', 'test']).filter(
  ({ path }) => path !== 'test/00-house/clock.test.ts',
);

describe('the machine’s clock', () => {
  test('is read only where there is a reason', () => {
    const readers = files.filter(({ text }) => readsClock(text)).map(({ path }) => path);
    expect(readers.toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
  });

  test('is not passed to a test that could use a fixed time', () => {
    const handing = files.filter(
      ({ path, text }) => path.startsWith('test/') && /\bsystemClock\b/.test(text),
    );
    expect(handing.map(({ path }) => path).filter((path) => !(path in ALLOWED))).toEqual([]);
  });

  test.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const now = new Date;',
    'const day = Date().slice(0, 15);',
    'const [now] = [Date.now].map((read) => read());',
    'directory = await startEntraEmulator();',
  ])('is read by: %s', (text) => {
    expect(readsClock(text)).toBe(true);
  });

  test.each([
    'new Date(0)',
    "new Date('2026-11-20')",
    'Date.UTC(2026, 10, 20)',
    'performance.now()',
    'startedAt: Date',
  ])('is not read by: %s', (text) => {
    expect(readsClock(text)).toBe(false);
  });
});
