// Nights in a row of a tenant that lives, through what befalls them, each held against the rules and the night before it.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { addDays, monthPartitionOf, type DateKey } from '../../src/base/date-key.ts';
import type { NightSettings } from '../../src/cli/tenant-nights.ts';
import { verifyIntegrity } from '../../src/engines/sqlite/verify/verify-integrity.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { makeDice, type Dice } from '../fuzz/dice.ts';
import { brokenRules } from './broken-rules.ts';
import { liveNight } from './live-night.ts';
import { TOLD, type Mishap } from './mishaps.ts';

export interface Lived {
  readonly night: DateKey;
  /** Of all nights, those that are over. */
  readonly done: number;
  readonly mishap: Mishap;
  readonly milliseconds: number;
  /** Of the file that is served. */
  readonly bytes: number;
  /** In words; none on a good night. */
  readonly broken: readonly string[];
}

export interface Life {
  readonly devices: number;
  readonly firstNight: DateKey;
  readonly nights: number;
  /** What befalls a night. The first and the last are spared: something must be there, and the end is told by a night. */
  readonly mishapOf: (dice: Dice) => Mishap;
  readonly onNight: (lived: Lived) => void;
}

const SEED = 7;
/** Of one night. */
const MOST_RUNS = 3;

/** Resolves when all nights are over; rejects with what one of them failed of, and where the journal tells another story. */
export async function liveNights({ devices, firstNight, nights, mishapOf, onNight }: Life): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'fleetfeed-year-'));
  const emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: SEED, devices, firstDateKey: firstNight }),
    pageRows: Math.ceil(devices / 3),
  });
  const dice = makeDice(SEED);
  // Whoever is forgotten is gone from the past too, which else never changes. A night that is run again, once killed,
  // leaves more than one file, and the one from before it is asked for.
  const settings: NightSettings = { data, keepGenerations: 4, forgetAfter: 'never' };
  const newest = (): string | null => listGenerationFiles(data)[0]?.path ?? null;
  const befell = new Map<DateKey, Mishap>();
  try {
    for (let done = 1; done <= nights; done += 1) {
      const night = addDays(firstNight, done - 1);
      const mishap = done === 1 || done === nights ? 'none' : mishapOf(dice);
      befell.set(night, mishap);
      const before = newest();
      const began = performance.now();
      await liveNight(night, mishap, { emulator, settings, dice });
      const milliseconds = performance.now() - began;
      const served = newest();
      if (served === null) throw new Error(`The night of ${night} published nothing.`);
      const isLast = done === nights || monthPartitionOf(addDays(night, 1)) !== monthPartitionOf(night);
      const broken = [
        ...(served === before ? [] : brokenRules(served, before, night)),
        ...(isLast ? faultsIn(served) : []),
      ];
      onNight({ night, done, mishap, milliseconds, bytes: statSync(served).size, broken });
    }
    mustTell(data, befell);
  } finally {
    await emulator.close();
    rmSync(data, { recursive: true });
  }
}

/** What `fleetfeed verify` says of every day there is. */
function faultsIn(path: string): readonly string[] {
  return verifyIntegrity(path, MODEL).findings.map(({ message }) => message);
}

function mustTell(data: string, befell: ReadonlyMap<DateKey, Mishap>): void {
  const told = openSqliteRunJournal(data).recent(befell.size * MOST_RUNS);
  for (const [night, mishap] of befell) {
    const outcomes = told.filter(({ dateKey }) => dateKey === night).map(({ outcome }) => outcome);
    if (TOLD[mishap].test(outcomes.toSorted().join(' '))) continue;
    throw new Error(`The journal calls the night of ${night} ${outcomes.join(', ')}; it was ${mishap}.`);
  }
}
