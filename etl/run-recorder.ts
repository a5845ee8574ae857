// Keeps the record of one run for the journal: as it starts, after its rows are merged, and as it ends.
import type { Clock } from '../src/base/clock.ts';
import { dateKeyOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import type { VerifyFinding } from '../src/engines/generation-build.ts';
import type { MergeStep, RunJournal, RunRecord } from '../src/engines/run-journal.ts';
import { newRunRecord } from '../src/engines/new-run-record.ts';
import type { RunContext } from './run-context.ts';

export interface RunRecorder {
  readonly writeStart: () => void;
  /** `reason` is null where nobody was erased. A run is complete when every source gave all it has, without a problem. */
  readonly writeMerge: (steps: readonly MergeStep[], reason: string | null) => void;
  /** For a run without a build. Where the disk takes no record, the error that the run failed of says more about it. */
  readonly writeFailure: (thrown: unknown) => void;
  /** The record of a run that ends now; the caller hands it on to what ends the run. */
  readonly published: () => RunRecord;
  readonly quarantined: (findings: readonly VerifyFinding[]) => RunRecord;
  readonly failed: (thrown: unknown) => RunRecord;
}

/** The run's snapshot day is the UTC day it starts on. */
export function makeRunRecorder(
  run: RunContext,
  journal: RunJournal,
  clock: Clock,
  startedAt: Date,
): RunRecorder {
  const startedMs = performance.now();
  let record = newRunRecord({
    runId: run.runId,
    dateKey: dateKeyOf(startedAt),
    outcome: 'running',
    startedAt,
  });
  const ended = (ending: Pick<RunRecord, 'outcome'> & Partial<RunRecord>): RunRecord => ({
    ...record,
    problems: [...run.problems],
    endedAt: clock.now(),
    milliseconds: performance.now() - startedMs,
    ...ending,
  });
  const failed = (thrown: unknown): RunRecord => ended({ outcome: 'failed', reason: failureReason(thrown) });
  return {
    writeStart: () => journal.write(record),
    writeMerge(steps, reason) {
      const isComplete =
        run.problems.length === 0 && steps.every(({ completeness }) => completeness === 'complete');
      record = { ...record, steps, problems: [...run.problems], isComplete, reason };
      journal.write(record);
    },
    writeFailure(thrown) {
      try {
        journal.write(failed(thrown));
      } catch {
        // It is the same disk.
      }
    },
    published: () => ended({ outcome: 'published' }),
    quarantined: (findings) => ended({ outcome: 'refused', reason: summaryOf(findings) }),
    failed,
  };
}

/** The first finding in full, and how many more there are. */
export function summaryOf([first, ...more]: readonly VerifyFinding[]): string {
  const message = first?.message ?? '';
  return more.length === 0 ? message : `${message} And ${more.length} more.`;
}

function failureReason(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const hint = thrown instanceof FeedError ? thrown.hint : undefined;
  return hint === undefined ? message : `${message} ${hint}`;
}
