// Simulates runs, one a day: the emulator's tenant moves on by a day, the clock with it, and the ETL runs.
import { DEFAULT_EXPORT_TIMING, type ExportTiming } from '../../../etl/graph/export/export-job.ts';
import { DEMO_CREDENTIALS } from '../../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { GraphEmulator } from '../../../fixtures/graph-emulator/start-graph-emulator.ts';
import { fixedClock } from '../../base/clock.ts';
import { midnightOf, type DateKey } from '../../base/date-key.ts';
import { tenantEtl, type TenantEtlOptions } from './tenant-etl.ts';

export interface SimulationOptions extends Omit<TenantEtlOptions, 'credential'> {
  readonly emulator: GraphEmulator;
  /** Called after each run, with how many are done. */
  readonly onDay?: (day: DateKey, done: number) => void;
}

/** The emulator has a report ready at the second poll. */
const EMULATOR_PACE: ExportTiming = { ...DEFAULT_EXPORT_TIMING, initialPollMs: 1 };

export async function simulateRuns(
  days: readonly DateKey[],
  { emulator, onDay, ...options }: SimulationOptions,
): Promise<void> {
  const credential = { ...DEMO_CREDENTIALS, graphUrl: emulator.url, loginUrl: emulator.url };
  const runTenantEtl = tenantEtl({ credential, exportPace: EMULATOR_PACE, ...options });
  for (const [index, day] of days.entries()) {
    emulator.setDay(day);
    await runTenantEtl(fixedClock(midnightOf(day)));
    onDay?.(day, index + 1);
  }
}
