// A run of a large tenant: the time of its phases, the memory of its process, and its load against `sqlite3 .import`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import { RUN_PHASES, type Observation } from '../../src/base/observation.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { loadRecorded, importIntoShell, publishRecorded, recordHarvest } from './recorded-harvest.ts';
import { median, printTable } from './interleave.ts';
import { memoryOf } from './serve-feed.ts';
import { findShell } from './read-methods.ts';

export async function benchRun(devices: number, rounds: number): Promise<void> {
  const tenant = await startTenant(devices);
  const dir = mkdtempSync(join(tmpdir(), 'fleetfeed-bench-run-'));
  try {
    console.log(`A tenant of ${devices} devices, in a process of its own.`);
    const data = join(dir, 'data');
    const runs = [await runSnapshot(tenant.url, data), await runSnapshot(tenant.url, data)];
    printTable(
      'Seconds of a run, harvested over HTTP',
      ['', ...RUN_PHASES, 'in all', 'peak MB', 'file MB'],
      ['the first', 'the same again'].map((name, index) => [name, ...(runs[index] ?? [])]),
    );
    await benchLoad(tenant.url, dir, rounds);
  } finally {
    tenant.stop();
    rmSync(dir, { recursive: true });
  }
}

async function benchLoad(url: string, dir: string, rounds: number): Promise<void> {
  const recorded = await recordHarvest(url, join(dir, 'recorded'));
  const shell = findShell();
  const appended: number[] = [];
  const merged: number[] = [];
  const mergedAgain: number[] = [];
  const imported: number[] = [];
  const importedByKey: number[] = [];
  const into = join(dir, 'imported.sqlite');
  publishRecorded(recorded, join(dir, 'known'));
  for (let round = 0; round < rounds; round += 1) {
    const first = loadRecorded(recorded, join(dir, 'empty'));
    appended.push(first.append);
    merged.push(first.append + first.merge);
    const again = loadRecorded(recorded, join(dir, 'known'));
    mergedAgain.push(again.append + again.merge);
    if (shell === null) continue;
    imported.push(await importIntoShell(recorded, into, false));
    importedByKey.push(await importIntoShell(recorded, into, true));
  }
  const line = (name: string, times: readonly number[]): string[] => [
    name,
    median(times).toFixed(0),
    (recorded.rows / median(times)).toFixed(0),
    ...(shell === null ? [] : [imported, importedByKey]).map((theirs) =>
      median(times.map((time, round) => (theirs[round] ?? NaN) / time)).toFixed(2),
    ),
  ];
  const { rows, collections, csvBytes } = recorded;
  printTable(
    `The load of ${rows} rows of ${collections.length} collections, ${(csvBytes / 1e6).toFixed(0)} MB as CSV`,
    ['', 'median ms', '1000 rows/s', ...(shell === null ? [] : ['× .import', '× .import by key'])],
    [
      line('append: into the stage', appended),
      line('append and merge: keys, references, spans', merged),
      line('the same when all of it is known already', mergedAgain),
      ...(shell === null
        ? []
        : [
            line(`sqlite3 ${shell} .import`, imported),
            line(`sqlite3 ${shell} .import, tables with a key`, importedByKey),
          ]),
    ],
  );
  if (shell === null) console.log('\n  There is no sqlite3 on the PATH: nothing was compared with it.');
}

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function startTenant(devices: number): Promise<{ readonly url: string; readonly stop: () => void }> {
  const emulator = fileOf('../../fixtures/graph-emulator/main.ts');
  const flags = ['--devices', String(devices), '--nights', '1', '--port', '0'];
  // The emulator holds the whole tenant in memory; its heap is not part of what is measured.
  const child = spawn(process.execPath, ['--max-old-space-size=8000', emulator, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const url = /^Graph: (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { url, stop: () => child.kill('SIGTERM') };
  }
  throw new Error('The tenant ended before it printed its address.');
}

const MAIN = fileOf('../../src/cli/main.ts');
const SAMPLE_MS = 100;

/** Cells of the table: seconds of each phase and in all, then MB. */
async function runSnapshot(url: string, data: string): Promise<readonly string[]> {
  const flags = ['--data', data, '--graph-url', url, '--login-url', url, '--log-format', 'json'];
  const { tenantId, clientId, clientSecret } = DEMO_CREDENTIALS;
  const child = spawn(process.execPath, [MAIN, 'snapshot', ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      FLEETFEED_TENANT_ID: tenantId,
      FLEETFEED_CLIENT_ID: clientId,
      FLEETFEED_CLIENT_SECRET: clientSecret,
    },
  });
  let peak = NaN;
  const sampling = setInterval(() => (peak = memoryOf(child.pid)?.peak || peak), SAMPLE_MS);
  const times: number[] = [];
  for await (const line of createInterface(child.stderr)) {
    if (!line.startsWith('{')) continue;
    const observed = JSON.parse(line) as Observation;
    if (observed.kind === 'run.phase' || observed.kind === 'run.published') times.push(observed.milliseconds);
    if (observed.kind === 'run.failed') throw new Error(line);
  }
  clearInterval(sampling);
  const [newest] = listGenerationFiles(data);
  if (!newest) throw new Error('The run published nothing.');
  const size = statSync(newest.path).size;
  return [
    ...times.map((milliseconds) => (milliseconds / 1000).toFixed(1)),
    peak.toFixed(0),
    (size / 1e6).toFixed(0),
  ];
}
