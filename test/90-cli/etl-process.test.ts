// The scheduled run as `serve` starts it: a separate process that observes, fails and ends like a run in the server.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import type { Observation } from '../../src/base/observation.ts';
import { runEtlInProcess, type EtlProcessInput } from '../../src/cli/process/run-etl-in-process.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';

const TODAY = 20261120;
let emulator: GraphEmulator;
let data: string;
let observations: Observation[];
let stopping: AbortController;

beforeAll(async () => {
  emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 1, devices: 45, firstDateKey: TODAY }) });
  emulator.setDay(TODAY);
});
afterAll(() => emulator.close());
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'fleetfeed-apart-'));
  [observations, stopping] = [[], new AbortController()];
});
afterEach(() => {
  emulator.faults.clear();
  rmSync(data, { recursive: true });
});

const run = (options: Partial<EtlProcessInput['credential']> = {}): Promise<void> => {
  const credential = { ...DEMO_CREDENTIALS, graphUrl: emulator.url, loginUrl: emulator.url, ...options };
  const settings = { ...DEFAULT_SETTINGS, data, keepGenerations: 3, today: TODAY };
  return runEtlInProcess(
    { credential, settings },
    (observation) => observations.push(observation),
    stopping.signal,
  );
};
const kinds = (): readonly string[] => observations.map(({ kind }) => kind);

describe('a run in a separate process', () => {
  test('is published, and passes on all its observations to the last', async () => {
    await run();
    expect(listGenerations(data).map(({ id, dateKey }) => [id, dateKey])).toEqual([[1, TODAY]]);
    expect([kinds()[0], kinds().at(-1)]).toEqual(['run.started', 'run.published']);
    expect(kinds()).toContain('run.progress');
  });

  test('that fails rejects with the same error as a run in this process', async () => {
    await expect(run({ clientSecret: 'wrong' })).rejects.toThrow(/client secret|refused/i);
    expect(observations.at(-1)).toMatchObject({ kind: 'run.failed', error: { stack: expect.any(String) } });
    expect(listGenerations(data)).toEqual([]);
  });

  test('is refused while another one is active', async () => {
    emulator.faults.add({ match: '/managedDevices', answer: 'silent' });
    const first = run();
    first.catch(() => undefined);
    await until(() => kinds().includes('run.started'));
    await expect(run()).rejects.toThrow('Another run is under way');
    stopping.abort();
    await expect(first).rejects.toThrow('is shutting down');
  });

  test('that is aborted ends at once, publishes nothing and does not block the next one', async () => {
    emulator.faults.add({ match: '/managedDevices', answer: 'silent' });
    const running = run();
    running.catch(() => undefined);
    await until(() => kinds().includes('run.started'));
    const startedAt = performance.now();
    stopping.abort();
    await expect(running).rejects.toThrow('nothing of this run was published');
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(readdirSync(data)).toEqual(['journal.sqlite', 'night.lock']);

    emulator.faults.clear();
    stopping = new AbortController();
    await run();
    expect(listGenerations(data)).toHaveLength(1);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
