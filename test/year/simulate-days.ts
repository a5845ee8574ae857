// Simulates days in a row of a changing tenant with incidents, and checks each against the rules and the day before it.
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
  /** How many days are over. */
  readonly done: number;
  readonly incident: Incident;
  readonly milliseconds: number;
  /** Of the file that is served. */
  readonly bytes: number;
  /** Descriptions of the broken rules. */
  readonly broken: readonly string[];
}

export interface SimulateDaysOptions {
  readonly devices: number;
  readonly firstDay: DateKey;
  readonly days: number;
  /** Not called for the first and the last day: there must be a generation to start from, and the last run checks what came before. */
  readonly incidentOf: (dice: Dice) => Incident;
  readonly onDay: (simulated: SimulatedDay) => void;
}

const SEED = 7;
/** Of one day. */
const MAX_RUNS = 3;

/** Rejects with what a run failed of, and where the journal has other outcomes than the incidents lead to. */
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
  // Forgetting people would change past days, which otherwise never change. A day that is run again after a kill leaves
  // more than one generation, and the one of the day before is still needed.
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
      if (served === null) throw new Error(`The run of ${day} published nothing.`);
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

/** What `fleetfeed verify` reports of every day. */
function verifyFindings(path: string): readonly string[] {
  return verifyIntegrity(path, MODEL).findings.map(({ message }) => message);
}

function requireRunHistory(data: string, incidents: ReadonlyMap<DateKey, Incident>): void {
  const records = openSqliteRunJournal(data).recent(incidents.size * MAX_RUNS);
  for (const [day, incident] of incidents) {
    const outcomes = records.filter(({ dateKey }) => dateKey === day).map(({ outcome }) => outcome);
    if (EXPECTED_OUTCOMES[incident].test(outcomes.toSorted().join(' '))) continue;
    throw new Error(`The journal calls the run of ${day} ${outcomes.join(', ')}; it was ${incident}.`);
  }
}
