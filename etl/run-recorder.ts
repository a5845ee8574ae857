// Writes one run into the journal: when it starts, after its rows are merged, and when it ends.
import type { Clock } from '../src/base/clock.ts';
import { dateKeyOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import type { VerifyFinding } from '../src/engines/generation-build.ts';
import type { MergeStep, RunJournal, RunRecord } from '../src/engines/run-journal.ts';
import { newRunRecord } from '../src/engines/new-run-record.ts';
import type { RunContext } from './run-context.ts';

export interface RunRecorder {
  readonly writeStart: () => void;
  /** `reason` is null when nobody was erased. A run is complete when every collection is, and no problem was reported. */
  readonly writeMerge: (steps: readonly MergeStep[], reason: string | null) => void;
  /** For a run without a build. Does not throw when the journal cannot be written: the error of the run says more. */
  readonly writeFailure: (thrown: unknown) => void;
  /** These return the record of a run that ends now; the caller passes it to the build, which writes it. */
  readonly published: () => RunRecord;
  readonly quarantined: (problems: readonly VerifyFinding[]) => RunRecord;
  readonly failed: (thrown: unknown) => RunRecord;
}

/** The snapshot day is the UTC day on which the run starts. */
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
        // Most likely the disk that failed the run.
      }
    },
    published: () => ended({ outcome: 'published' }),
    quarantined: (problems) => ended({ outcome: 'refused', reason: summaryOf(problems) }),
    failed,
  };
}

/** The first problem in full, and how many more there are. */
export function summaryOf([first, ...more]: readonly VerifyFinding[]): string {
  const message = first?.message ?? '';
  return more.length === 0 ? message : `${message} And ${more.length} more.`;
}

function failureReason(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const hint = thrown instanceof FeedError ? thrown.hint : undefined;
  return hint === undefined ? message : `${message} ${hint}`;
}
