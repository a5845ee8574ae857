// A full disk and a read-only disk: what is served stays, and the admin reads a sentence.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { fingerprintOf } from '../crash/fingerprint.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { CLOCK_ENVIRONMENT } from './run-program.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TODAY = 20261120;
const data = mkdtempSync(join(tmpdir(), 'fleetfeed-disk-'));
chmodSync(data, 0o755);
let emulator: GraphEmulator;

beforeAll(async () => {
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 45, firstDateKey: TODAY - 1 }),
  });
  const settings = {
    ...DEFAULT_SETTINGS,
    data,
    keepGenerations: 3,
    exports: 'off' as const,
    mostAppsAsked: 0,
  };
  const { signal } = new AbortController();
  await simulateRuns([TODAY - 1], { emulator, settings, observe: () => undefined, signal });
});
afterAll(async () => {
  await emulator.close();
  rmSync(data, { recursive: true });
});

interface Limits {
  /** The maximum size of a file in bytes. */
  readonly fileBytes?: number;
  /** As another user. */
  readonly uid?: number;
  readonly folder?: string;
}

async function fleetfeed(command: string, { fileBytes, uid, folder = data }: Limits = {}) {
  const { tenantId, clientId, clientSecret } = DEMO_CREDENTIALS;
  const tenant = ['--tenant-id', tenantId, '--client-id', clientId];
  const urls = ['--graph-url', emulator.url, '--login-url', emulator.url];
  const snapshotFlags = [
    '--exports',
    'off',
    '--most-apps-asked',
    '0',
    '--today',
    '2026-11-20',
    ...tenant,
    ...urls,
  ];
  const words = [MAIN, command, '--data', folder, ...(command === 'snapshot' ? snapshotFlags : [])];
  // What a shell calls a block is 512 bytes.
  const limit = fileBytes === undefined ? '' : `ulimit -f ${Math.ceil(fileBytes / 512)} && `;
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...words], {
    env: { ...CLOCK_ENVIRONMENT, PATH: '', FLEETFEED_CLIENT_SECRET: clientSecret },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, stdout: out, stderr: err };
}

const served = () => listGenerations(data).map(({ id, path }) => [id, fingerprintOf(path)]);

// Windows knows neither a shell's limits nor users by number.
const describeHere = process.platform === 'win32' ? describe.skip : describe;

describeHere('a disk that is full', () => {
  const size = (): number => statSync(listGenerations(data)[0]!.path).size;
  const mustBeRefused = ({ code, stderr }: Awaited<ReturnType<typeof fleetfeed>>): void => {
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The machine refused: \S.*\.$/m);
    expect(stderr).not.toContain('    at ');
  };
  const leftovers = (folder: string): readonly string[] =>
    readdirSync(folder).filter((name) => !/^(generation-.*|journal\.sqlite|night\.lock)$/.test(name));

  test.each([0.01, 0.95])('at %d of the last file fails the run, and nothing is lost', async (share) => {
    const before = served();
    mustBeRefused(await fleetfeed('snapshot', { fileBytes: size() * share }));
    expect(served()).toEqual(before);
    expect(leftovers(data)).toEqual([]);
  });

  test.each([0.05, 0.5, 0.95])('at %d of what a first run needs leaves no file', async (share) => {
    const folder = join(data, 'first');
    mustBeRefused(await fleetfeed('snapshot', { fileBytes: size() * share, folder }));
    expect(listGenerations(folder)).toEqual([]);
    expect(leftovers(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('leaves a day that can be run again, and a journal that says what happened', async () => {
    const { code } = await fleetfeed('snapshot');
    expect(code).toBe(0);
    expect(served().map(([id]) => id)).toEqual([2, 1]);
    const { stdout } = await fleetfeed('status');
    expect(stdout).toMatch(/^2026-11-20 {2}published /m);
    expect(stdout).toMatch(/^2026-11-20 {2}failed .*\n {12}EFBIG: file too large/m);
  });
});

describeHere('a folder that may not be written', () => {
  // The superuser may write everywhere.
  const who = process.getuid?.() === 0 ? { uid: 65_534 } : {};

  test('refuses the run with a sentence, and is still served', async () => {
    const before = served();
    chmodSync(data, 0o555);
    try {
      const result = await fleetfeed('snapshot', who);
      expect(result).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^The machine refused: EACCES: permission denied, .*building.sqlite/m),
      });
      expect(await fleetfeed('status', who)).toMatchObject({
        stdout: expect.stringMatching(/^Served {6}the snapshot of 2026-11-20/),
        stderr: '',
      });
      expect(served()).toEqual(before);
    } finally {
      chmodSync(data, 0o755);
    }
  });

  test('refuses the very first run, too', async () => {
    const folder = join(data, 'mine');
    mkdirSync(folder, { mode: 0o555 });
    expect(await fleetfeed('snapshot', { ...who, folder })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `The folder '${folder}' cannot be written. The warehouse is built there:`,
      ),
    });
  });
});
