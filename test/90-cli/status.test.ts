// The status of the nightly runs, and the two ways to overrule one: release a quarantined run, roll back to an earlier generation.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { growWarehouse } from '../70-http/grow-warehouse.ts';
import { runProgram } from './run-program.ts';

const data = mkdtempSync(join(tmpdir(), 'fleetfeed-status-'));
const TODAY = 20261120;

beforeAll(async () => {
  await growWarehouse(data, { devices: 120, dayCount: 3, today: TODAY });
  // Another tenant at the same address: only a fifth of the devices is left.
  await expect(growWarehouse(data, { devices: 12, dayCount: 1, today: TODAY + 1 })).rejects.toThrow(
    'a fall of 81 %',
  );
});
afterAll(() => rmSync(data, { recursive: true }));

async function toEnd(...args: readonly string[]) {
  const program = runProgram([...args, '--data', data]);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}

test('status shows what is served, what was refused and why, and the outcomes of earlier runs', async () => {
  const { code, stdout } = await toEnd('status', '--today', '2026-11-21');
  expect(code).toBe(0);
  expect(stdout).toContain('Served      the snapshot of 2026-11-20, 24.0 hours old (fresh)');
  expect(stdout).toContain('Kept        3 of 2026-11-20, 2 of 2026-11-19, 1 of 2026-11-18');
  expect(stdout).toContain('Refused     the snapshot of 2026-11-21; snapshot --accept publishes it');
  expect(stdout).toContain('Next run    2026-11-22 00:00 UTC');
  expect(stdout).toMatch(
    /^2026-11-21 {2}refused {4}at 00:00.*\n {12}devices: 23 rows, where 120 stood before/m,
  );
  expect(stdout).toMatch(/^2026-11-20 {2}published {2}at 00:00 {2}\d+\.\d s {2}generation 3 {2}/m);
});

test('status gives no age below zero, where a snapshot is of a later day', async () => {
  const { stdout } = await toEnd('status', '--today', '2026-11-19');
  expect(stdout).toContain('Served      the snapshot of 2026-11-20, 0.0 hours old (fresh)');
});

test('status ends with 1 when yesterday has no run', async () => {
  expect(await toEnd('status', '--today', '2026-11-22')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('48.0 hours old (too old: more than 36 hours)'),
  });
});

test('snapshot --accept publishes the quarantined run, and rollback reverts it', async () => {
  expect(await toEnd('snapshot', '--accept')).toMatchObject({
    code: 0,
    stderr: 'The refused snapshot of 20261121 is published as generation 4.\n',
  });
  expect(await toEnd('rollback')).toMatchObject({
    code: 0,
    stderr: 'The snapshot of 20261120 is served again, as generation 5.\n',
  });
  const { stdout } = await toEnd('status', '--today', '2026-11-21');
  expect(stdout).toContain('Kept        5 of 2026-11-20, 4 of 2026-11-21, 3 of 2026-11-20');
  expect(stdout).not.toContain('Refused ');
  expect(stdout).toMatch(/^2026-11-20 {2}rollback {3}at .*\n {12}From generation 4 back to generation 3/m);
  expect(stdout).toMatch(/^2026-11-21 {2}withdrawn /m);
});

test('status names a file that cannot be read, and what is served instead', async () => {
  const [newest] = listGenerationFiles(data);
  writeFileSync(newest!.path, 'not a database');
  const { stdout } = await toEnd('status', '--today', '2026-11-21');
  expect(stdout).toContain('Kept        4 of 2026-11-21, 3 of 2026-11-20\n');
  expect(stdout).toContain(`Damaged     ${newest!.path} cannot be read and is skipped\n`);
  rmSync(newest!.path);
});

test.each([
  [['rollback', '--to', '99'], 'Generation 99 is not an earlier one that is kept. Kept are 3 of 20261120.'],
  [['snapshot', '--accept'], 'No quarantined run is stored that could be released.'],
])('%j ends with 1 and one sentence', async (args, sentence) => {
  expect(await toEnd(...args)).toMatchObject({ code: 1, stdout: '', stderr: `${sentence}\n` });
});
