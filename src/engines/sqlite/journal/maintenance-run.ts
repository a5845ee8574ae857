// The run record of what is done to a warehouse between runs: it begins and ends at the same moment.
import { randomUUID } from 'node:crypto';
import type { RunRecord } from '../../run-journal.ts';
import { newRunRecord } from '../../new-run-record.ts';

export type MaintenanceRun = RunRecord & { readonly reason: string };

/** Nothing is read from the tenant. The build that publishes it fills in the generation. */
export function maintenanceRun(
  details: Pick<MaintenanceRun, 'dateKey' | 'outcome' | 'reason'>,
  now: Date,
): MaintenanceRun {
  const record = newRunRecord({
    runId: randomUUID(),
    ...details,
    startedAt: now,
    endedAt: now,
    milliseconds: 0,
  });
  return { ...record, reason: details.reason };
}
