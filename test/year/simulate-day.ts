// Simulates one day of a year with its incident.
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { GraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import type { VolumeThresholds } from '../../src/base/volume-thresholds.ts';
import { midnightOf, type DateKey } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import { RUN_PHASES } from '../../src/base/observation.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { openTenantWarehouse, type EtlSettings } from '../../src/cli/wiring/tenant-etl.ts';
import type { Dice } from '../fuzz/dice.ts';
import { killRun } from './kill-run.ts';
import { faultOf, type Incident } from './incidents.ts';

export interface SimulatedDayOptions {
  readonly emulator: GraphEmulator;
  readonly settings: EtlSettings;
  readonly dice: Dice;
}

/** Even an unchanged row count is too much of a rise. */
const IMPOSSIBLE_THRESHOLDS: Partial<VolumeThresholds> = { maxRise: -1 };
/** The longest delay between the end of a phase and the kill. */
const LINGER_MS = 60;

/** Rejects with the error of a run whose incident should not make it fail. */
export async function simulateDay(
  day: DateKey,
  incident: Incident,
  options: SimulatedDayOptions,
): Promise<void> {
  const { emulator, settings, dice } = options;
  const run = (thresholds: Partial<VolumeThresholds> = {}): Promise<void> =>
    simulateRuns([day], {
      emulator,
      settings: { ...settings, ...thresholds },
      observe: () => undefined,
      signal: new AbortController().signal,
    });
  const refuse = async (): Promise<void> => {
    try {
      await run(IMPOSSIBLE_THRESHOLDS);
    } catch (error) {
      if (error instanceof FeedError && error.code === 'feed.night-refused') return;
      throw error;
    }
    throw new Error(`The run of ${day} was not refused.`);
  };
  const kill = async (): Promise<void> => {
    emulator.setDay(day);
    const credential = { ...DEMO_CREDENTIALS, graphUrl: emulator.url, loginUrl: emulator.url };
    const after = dice.pick(RUN_PHASES);
    const input = { credential, settings: { ...settings, today: day } };
    await killRun(input, { after, delayMs: dice.int(LINGER_MS) });
  };
  const runs: Readonly<Partial<Record<Incident, () => Promise<unknown>>>> = {
    missed: () => Promise.resolve(),
    refused: refuse,
    accepted: () => refuse().then(() => openTenantWarehouse(settings).release(midnightOf(day))),
    killed: () => kill().then(() => run()),
    'run again': () => run().then(() => run()),
  };

  const fault = faultOf(incident, dice);
  if (fault) emulator.faults.add(fault);
  await (runs[incident] ?? run)();
  emulator.faults.clear();
}
