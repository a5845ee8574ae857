// Nights in a row of a tenant that lives, through what befalls them, each held against the rules and the night before it.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { addDays, monthPartitionOf, type DateKey } from '../../src/base/date-key.ts';
import type { EtlSettings } from '../../src/cli/wiring/tenant-etl.ts';
import { verifyIntegrity } from '../../src/engines/sqlite/verify/verify-integrity.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { makeDice, type Dice } from '../fuzz/dice.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { brokenRules } from './broken-rules.ts';
import { simulateDay } from './simulate-day.ts';
import { EXPECTED_OUTCOMES, type Incident } from './incidents.ts';

export interface SimulatedDay {
  readonly day: DateKey;
  /** Of all nights, those that are over. */
  readonly done: number;
  readonly incident: Incident;
  readonly milliseconds: number;
  /** Of the file that is served. */
  readonly bytes: number;
  /** In words; none on a good night. */
  readonly broken: readonly string[];
}

export interface SimulateDaysOptions {
  readonly devices: number;
  readonly firstDay: DateKey;
  readonly days: number;
  /** What befalls a night. The first and the last are spared: something must be there, and the end is told by a night. */
  readonly incidentOf: (dice: Dice) => Incident;
  readonly onDay: (lived: SimulatedDay) => void;
}

const SEED = 7;
/** Of one night. */
const MAX_RUNS = 3;

/** Resolves when all nights are over; rejects with what one of them failed of, and where the journal tells another story. */
export async function simulateDays({
  devices,
  firstDay,
  days,
  incidentOf,
  onDay,
}: SimulateDaysOptions): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'fleetfeed-year-'));
  const emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: SEED, devices, firstDateKey: firstDay }),
    pageRows: Math.ceil(devices / 3),
  });
  const dice = makeDice(SEED);
  // Whoever is forgotten is gone from the past too, which else never changes. A night that is run again, once killed,
  // leaves more than one file, and the one from before it is asked for.
  const settings: EtlSettings = { ...DEFAULT_SETTINGS, data, keepGenerations: 4, forgetAfter: 'never' };
  const newest = (): string | null => listGenerationFiles(data)[0]?.path ?? null;
  const incidents = new Map<DateKey, Incident>();
  try {
    for (let done = 1; done <= days; done += 1) {
      const day = addDays(firstDay, done - 1);
      const incident = done === 1 || done === days ? 'none' : incidentOf(dice);
      incidents.set(day, incident);
      const before = newest();
      const startedAt = performance.now();
      await simulateDay(day, incident, { emulator, settings, dice });
      const milliseconds = performance.now() - startedAt;
      const served = newest();
      if (served === null) throw new Error(`The night of ${day} published nothing.`);
      const isLast = done === days || monthPartitionOf(addDays(day, 1)) !== monthPartitionOf(day);
      const broken = [
        ...(served === before ? [] : brokenRules(served, before, day)),
        ...(isLast ? verifyFindings(served) : []),
      ];
      onDay({ day, done, incident, milliseconds, bytes: statSync(served).size, broken });
    }
    requireRunHistory(data, incidents);
  } finally {
    await emulator.close();
    rmSync(data, { recursive: true });
  }
}

/** What `fleetfeed verify` says of every day there is. */
function verifyFindings(path: string): readonly string[] {
  return verifyIntegrity(path, MODEL).findings.map(({ message }) => message);
}

function requireRunHistory(data: string, incidents: ReadonlyMap<DateKey, Incident>): void {
  const records = openSqliteRunJournal(data).recent(incidents.size * MAX_RUNS);
  for (const [day, incident] of incidents) {
    const outcomes = records.filter(({ dateKey }) => dateKey === day).map(({ outcome }) => outcome);
    if (EXPECTED_OUTCOMES[incident].test(outcomes.toSorted().join(' '))) continue;
    throw new Error(`The journal calls the night of ${day} ${outcomes.join(', ')}; it was ${incident}.`);
  }
}
