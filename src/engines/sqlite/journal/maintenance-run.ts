// What is done to the warehouse between nights, as the journal tells it: it begins and ends at the same moment.
import { randomUUID } from 'node:crypto';
import type { RunRecord } from '../../run-journal.ts';
import { newRunRecord } from '../../new-run-record.ts';

export type MaintenanceRun = RunRecord & { readonly reason: string };

/** Nothing is read of the tenant; the stage that publishes it fills in the generation. */
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
