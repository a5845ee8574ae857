// One night of a year, with what befalls it.
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { GraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import type { VolumeThresholds } from '../../src/base/volume-thresholds.ts';
import { midnightOf, type DateKey } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { RunPhase } from '../../src/base/observation.ts';
import { liveThrough } from '../../src/cli/live-through.ts';
import { openTenantWarehouse, type NightSettings } from '../../src/cli/tenant-nights.ts';
import type { Dice } from '../fuzz/dice.ts';
import { killNight } from './kill-night.ts';
import { faultOf, type Mishap } from './mishaps.ts';

export interface NightWords {
  readonly emulator: GraphEmulator;
  readonly settings: NightSettings;
  readonly dice: Dice;
}

/** Even to stay as it was is too much of a rise. */
const NEVER_LIKELY: Partial<VolumeThresholds> = { maxRise: -1 };
/** A kill meets whatever is done so long after the end of a stage. */
const LINGER_MS = 60;

/** Rejects with what a night failed of that nothing befell which it should fail of. */
export async function liveNight(night: DateKey, mishap: Mishap, words: NightWords): Promise<void> {
  const { emulator, settings, dice } = words;
  const run = (bounds: Partial<VolumeThresholds> = {}): Promise<void> =>
    liveThrough([night], {
      emulator,
      settings: { ...settings, ...bounds },
      observe: () => undefined,
      signal: new AbortController().signal,
    });
  const refuse = async (): Promise<void> => {
    try {
      await run(NEVER_LIKELY);
    } catch (error) {
      if (error instanceof FeedError && error.code === 'feed.night-refused') return;
      throw error;
    }
    throw new Error(`The night of ${night} was not refused.`);
  };
  const kill = async (): Promise<void> => {
    emulator.setDay(night);
    const credential = { ...DEMO_CREDENTIALS, graphUrl: emulator.url, loginUrl: emulator.url };
    const after = dice.pick<RunPhase>(['extract', 'stage', 'verify', 'publish']);
    const order = { credential, settings: { ...settings, today: night } };
    await killNight(order, { after, lingerMs: dice.int(LINGER_MS) });
  };
  const live: Readonly<Partial<Record<Mishap, () => Promise<unknown>>>> = {
    missed: () => Promise.resolve(),
    refused: refuse,
    accepted: () => refuse().then(() => openTenantWarehouse(settings).release(midnightOf(night))),
    killed: () => kill().then(() => run()),
    'run again': () => run().then(() => run()),
  };

  const fault = faultOf(mishap, dice);
  if (fault) emulator.faults.add(fault);
  await (live[mishap] ?? run)();
  emulator.faults.clear();
}
