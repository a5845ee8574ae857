// What is done to the warehouse between nights, as the journal tells it: it begins and ends at the same moment.
import { randomUUID } from 'node:crypto';
import type { RunRecord } from '../../run-journal.ts';

export type MaintenanceRun = RunRecord & { readonly reason: string };

/** Nothing is read of the tenant; the stage that publishes it fills in the generation. */
export function maintenanceRun(
  details: Pick<MaintenanceRun, 'dateKey' | 'outcome' | 'reason'>,
  now: Date,
): MaintenanceRun {
  return {
    runId: randomUUID(),
    ...details,
    startedAt: now,
    endedAt: now,
    milliseconds: 0,
    isComplete: null,
    generation: null,
    steps: [],
    problems: [],
  };
}
