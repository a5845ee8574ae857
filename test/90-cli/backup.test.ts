// Verify, backup and restore, as an admin runs them: complete or refused, and nothing newer is overwritten without --replace.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { fingerprintOf } from '../crash/fingerprint.ts';
import { spoil } from '../crash/spoil.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { runProgram } from './run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-backup-'));
const [data, elsewhere, backups] = ['data', 'elsewhere', 'backups'].map((each) => join(folder, each)) as [
  string,
  string,
  string,
];
const FIRST = 20261030;
const backupFile = join(backups, 'generation-000003-20261101.sqlite');
let emulator: GraphEmulator;

beforeAll(async () => {
  emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 1, devices: 45, firstDateKey: FIRST }) });
  await runDays(data, [FIRST, FIRST + 1, 20261101]);
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

async function runDays(into: string, days: readonly number[]): Promise<void> {
  const settings = {
    ...DEFAULT_SETTINGS,
    data: into,
    keepGenerations: 3,
    exports: 'off' as const,
    mostAppsAsked: 0,
  };
  const { signal } = new AbortController();
  await simulateRuns(days, { emulator, settings, observe: () => undefined, signal });
}

async function toEnd(...args: readonly string[]) {
  const program = runProgram(args);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

const served = (of: string) => {
  const [newest] = listGenerations(of);
  return [newest?.id, newest?.dateKey, newest?.publishedAt, newest && fingerprintOf(newest.path)];
};

test('verify checks the newest generation, or all of them', async () => {
  const newest = await toEnd('verify', '--data', data);
  expect(newest).toMatchObject({ code: 0, stderr: '' });
  expect(newest.stdout).toMatch(/^Generation 3 of 20261101: \d+ collections, [\d,]+ rows, intact\.\n$/);
  const { stdout } = await toEnd('verify', '--all', '--data', data);
  expect(stdout.match(/^Generation \d of \d+: .*, intact\.$/gm)).toHaveLength(3);
});

test('backup copies the served generation with a manifest, and can be repeated', async () => {
  const { code, stderr } = await toEnd('backup', `${backups}/`, '--data', data);
  expect(stderr).toMatch(
    /^Generation 3, the snapshot of 20261101, is in '.*': [\d.]+ MB, \d+ collections, [\d,]+ rows, intact\.\n$/,
  );
  expect(code).toBe(0);
  expect(readdirSync(backups)).toEqual([basename(backupFile), `${basename(backupFile)}.json`]);
  expect(JSON.parse(readFileSync(`${backupFile}.json`, 'utf8'))).toMatchObject({
    kind: 'fleetfeed-backup',
    generation: 3,
    dateKey: 20261101,
    sha256: createHash('sha256').update(readFileSync(backupFile)).digest('hex'),
    rows: { devices: expect.any(Number) },
  });
  expect(await toEnd('backup', backups, '--data', data)).toMatchObject({ code: 0 });
  const modes = [backups, backupFile, `${backupFile}.json`].map((path) => statSync(path).mode & 0o777);
  if (process.platform !== 'win32') expect(modes).toEqual([0o700, 0o600, 0o600]);
});

test('restore serves a backup in an empty folder, and the next run builds on it', async () => {
  const { code, stderr } = await toEnd('restore', backupFile, '--data', elsewhere);
  expect([code, stderr]).toEqual([
    0,
    'The snapshot of 20261101 is served from the backup, as generation 4.\n',
  ]);
  const [, ...same] = served(data);
  expect(served(elsewhere)).toEqual([4, ...same]);
  await runDays(data, [20261102]);
  await runDays(elsewhere, [20261102]);
  expect(served(elsewhere)).toEqual([5, ...served(data).slice(1)]);
  expect(openSqliteRunJournal(elsewhere).recent(10)).toMatchObject([
    { outcome: 'rollback', reason: 'Restored from a backup of generation 3 of 20261101.' },
    { dateKey: 20261102, outcome: 'published' },
    { dateKey: 20261101, outcome: 'published' },
    { dateKey: 20261031, outcome: 'published' },
    { dateKey: 20261030, outcome: 'published' },
  ]);
});

test('restore replaces newer generations only on request', async () => {
  expect(await toEnd('restore', backupFile, '--data', data)).toMatchObject({
    code: 1,
    stderr:
      'What is served, of 20261102, is not older than the backup, of 20261101. ' +
      'With --force the backup takes its place.\n',
  });
  expect(await toEnd('restore', backupFile, '--force', '--data', data)).toMatchObject({ code: 0 });
  expect(served(data).slice(0, 2)).toEqual([5, 20261101]);
  expect(openSqliteRunJournal(data).recent(2)).toMatchObject([
    { outcome: 'rollback' },
    { dateKey: 20261102, outcome: 'withdrawn' },
  ]);
  expect(await toEnd('verify', '--data', data)).toMatchObject({ code: 0 });
});

test('a changed backup is refused, with or without its manifest, and a damaged generation is not backed up', async () => {
  const changed = join(folder, 'changed.sqlite');
  const bytes = readFileSync(backupFile);
  bytes.fill(0xff, 200_000, 210_000);
  writeFileSync(changed, bytes);
  const before = served(data);
  expect(await toEnd('restore', changed, '--force', '--data', data)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`'${changed}' cannot be restored: The file is damaged: `),
  });
  copyFileSync(`${backupFile}.json`, `${changed}.json`);
  expect(await toEnd('restore', changed, '--data', data)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`'${changed}' is not the file that its manifest describes.`),
  });
  expect(served(data)).toEqual(before);

  const [newest] = listGenerations(data);
  spoil(newest!.path, 'devices');
  expect(await toEnd('verify', '--data', data)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^Generation 5 of 20261101: broken\.\n {4}The file is damaged: /),
    stderr: expect.stringContaining("'fleetfeed rollback' serves an earlier generation again"),
  });
  const spoilt = join(folder, 'spoilt');
  expect(await toEnd('export', '--to', spoilt, '--data', data)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^A file of the warehouse is damaged: .* 'fleetfeed verify --all' shows which one\.$/m,
    ),
  });
  expect(readdirSync(spoilt)).toEqual([]);
});

test.each([
  [
    ['backup', backups, '--data', join(folder, 'nothing')],
    `Nothing has been published in '${join(folder, 'nothing')}' yet.`,
  ],
  [['backup', '/dev/null', '--data', elsewhere], "'/dev/null' is there already, and is no backup."],
  [['restore', '/no/such', '--data', data], "There is no file '/no/such'."],
  [['restore', backups, '--data', data], `'${backups}' is a folder. Name the .sqlite file in it.`],
  [
    ['verify', '--data', join(folder, 'nothing')],
    `Nothing has been published in '${join(folder, 'nothing')}' yet.`,
  ],
])('%j ends with 1 and a sentence', async (args, sentence) => {
  expect(await toEnd(...args)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(sentence),
  });
});

test.each([
  [['export', '--to', join(folder, 'no-export')]],
  [['rollback']],
  [['snapshot', '--accept']],
  [['subject', 'export', 'x', '--to', join(folder, 'x.zip')]],
])('%j of an empty folder makes none', async (args) => {
  const nothing = join(folder, 'still-nothing');
  expect(await toEnd(...args, '--data', nothing)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`Nothing has been published in '${nothing}' yet.`),
  });
  expect([nothing, join(folder, 'no-export')].filter((path) => existsSync(path))).toEqual([]);
});
