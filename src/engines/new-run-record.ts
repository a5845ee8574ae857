// Where every run record begins: what is not known of the run is null or empty.
import type { RunRecord } from './run-journal.ts';

export function newRunRecord(
  known: Pick<RunRecord, 'runId' | 'dateKey' | 'outcome'> & Partial<RunRecord>,
): RunRecord {
  return {
    startedAt: null,
    endedAt: null,
    milliseconds: null,
    isComplete: null,
    generation: null,
    reason: null,
    steps: [],
    problems: [],
    ...known,
  };
}
