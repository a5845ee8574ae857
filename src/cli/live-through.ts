// Nights in a row: the emulator's tenant moves on by a day, the clock with it, and a whole night is run.
import { DEFAULT_EXPORT_TIMING, type ExportTiming } from '../../etl/graph/export/export-job.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { GraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { fixedClock } from '../base/clock.ts';
import { midnightOf, type DateKey } from '../base/date-key.ts';
import { nightsOf, type NightWords } from './tenant-nights.ts';

export interface LifeWords extends Omit<NightWords, 'credential'> {
  readonly emulator: GraphEmulator;
  /** Told after each night, with how many are done. */
  readonly onNight?: (night: DateKey, done: number) => void;
}

/** The emulator has a report ready at the second look. */
const EMULATOR_PACE: ExportTiming = { ...DEFAULT_EXPORT_TIMING, initialPollMs: 1 };

export async function liveThrough(
  nights: readonly DateKey[],
  { emulator, onNight, ...words }: LifeWords,
): Promise<void> {
  const credential = { ...DEMO_CREDENTIALS, graphUrl: emulator.url, loginUrl: emulator.url };
  const runNight = nightsOf({ credential, exportPace: EMULATOR_PACE, ...words });
  for (const [index, night] of nights.entries()) {
    emulator.setDay(night);
    await runNight(fixedClock(midnightOf(night)));
    onNight?.(night, index + 1);
  }
}
