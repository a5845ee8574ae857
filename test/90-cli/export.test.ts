// Export and import: in every format the imported warehouse equals the exported one.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { fingerprintOf } from '../crash/fingerprint.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { runProgram } from './run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-export-'));
const data = join(folder, 'data');
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
// Across the end of a month, with one missed day.
const DAYS = [20261028, 20261029, 20261031, 20261101, 20261102];
let emulator: GraphEmulator;

beforeAll(async () => {
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 45, firstDateKey: DAYS[0]! }),
  });
  await runDays(data, DAYS);
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

async function runDays(into: string, days: readonly number[]): Promise<void> {
  const settings = { ...DEFAULT_SETTINGS, data: into, keepGenerations: 3, mostAppsAsked: 0 };
  const { signal } = new AbortController();
  await simulateRuns(days, { emulator, settings, observe: () => undefined, signal });
}

async function toEnd(...args: readonly string[]) {
  const program = runProgram(args);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

const digests = (of: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(of)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(of, name)))
          .digest('hex'),
      ]),
  );
const journal = (of: string) => openSqliteRunJournal(of).recent(100);
const served = (of: string): string => fingerprintOf(listGenerations(of)[0]!.path);

describe.each(['csv', 'parquet'])('as %s', (format) => {
  const [first, second, again] = ['first', 'second', 'again'].map((each) =>
    join(folder, `${format}-${each}`),
  ) as [string, string, string];

  test('every collection is a file, and a manifest lists each', async () => {
    const { code, stderr } = await toEnd('export', '--to', first, '--format', format, '--data', data);
    expect(stderr).toMatch(/^Generation 5 of 20261102 is in '.*': \d+ files, [\d,]+ rows\.\n$/);
    expect(code).toBe(0);
    if (process.platform !== 'win32') {
      const modes = readdirSync(first).map((name) => statSync(join(first, name)).mode & 0o777);
      expect([statSync(first).mode & 0o777, ...new Set(modes)]).toEqual([0o700, 0o600]);
    }
    const manifest = JSON.parse(readFileSync(join(first, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ format, generation: 5, dateKey: 20261102, whole: true });
    const names = manifest.tables.map(({ name }: { readonly name: string }) => name);
    expect(names).toEqual(expect.arrayContaining([...MODEL.entities.keys()]));
    for (const { file, sha256 } of manifest.tables) expect(digests(first)[file]).toBe(sha256);
  });

  test('the import equals the export, to the last byte, key and interval', async () => {
    expect(await toEnd('import', first, '--data', again)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Generation 5 of 20261102 is served: /),
    });
    expect(await toEnd('verify', '--data', again)).toMatchObject({ code: 0 });
    expect(journal(again)).toEqual(journal(data));
    await toEnd('export', '--to', second, '--format', format, '--data', again);
    expect(digests(second)).toEqual(digests(first));
    expect(served(again)).toBe(served(data));
  });
});

test('an imported warehouse continues like the exported one', async () => {
  await runDays(data, [20261103]);
  await runDays(join(folder, 'csv-again'), [20261103]);
  expect(served(join(folder, 'csv-again'))).toBe(served(data));
});

test('some collections can be exported alone, but not imported', async () => {
  const some = join(folder, 'some');
  expect(await toEnd('export', '--to', some, '--collections', 'devices,users', '--data', data)).toMatchObject(
    {
      code: 0,
    },
  );
  expect(readdirSync(some)).toEqual(['devices.csv', 'manifest.json', 'users.csv']);
  expect(await toEnd('import', some, '--data', join(folder, 'other'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has only 2 collections. Export without --collections.'),
  });
});

test('a changed export is not imported', async () => {
  const changed = join(folder, 'parquet-second');
  appendFileSync(join(changed, 'devices.parquet'), ' ');
  expect(await toEnd('import', changed, '--data', join(folder, 'other'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("devices.parquet' is not the file that was exported."),
  });
});

test.each([
  [['export', '--to', data, '--data', data], `The folder '${data}' is not empty.`],
  [
    ['export', '--to', join(folder, 'new'), '--collections', 'devises', '--data', data],
    "There is no collection 'devises'. Did you mean 'devices'?",
  ],
  [['export', '--to', MAIN, '--data', data], `'${MAIN}' is a file, not a folder.`],
  [['import', folder], 'there is no manifest.json.'],
  [['import', join(folder, 'csv-first'), '--data', data], `The folder '${data}' already holds a warehouse.`],
])('%j ends with 1 and a sentence', async (args, sentence) => {
  expect(await toEnd(...args)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(sentence),
  });
});
