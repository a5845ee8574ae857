// The run of a night as the journal is told of it: as it begins, and as it ends.
import { dateKeyOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import type { VerifyFinding } from '../src/engines/generation-build.ts';
import type { MergeStep, RunProblem, RunRecord } from '../src/engines/run-journal.ts';

/** The night is the UTC day it starts on. */
export function startRun(run: string, startedAt: Date): RunRecord {
  return {
    runId: run,
    dateKey: dateKeyOf(startedAt),
    outcome: 'running',
    startedAt,
    endedAt: null,
    milliseconds: null,
    isComplete: null,
    generation: null,
    reason: null,
    steps: [],
    problems: [],
  };
}

/** A night is complete when every source gave everything and said nothing odd. */
export function withHarvest(
  run: RunRecord,
  steps: readonly MergeStep[],
  problems: readonly RunProblem[],
): RunRecord {
  const isComplete = problems.length === 0 && steps.every(({ completeness }) => completeness === 'complete');
  return { ...run, steps, problems, isComplete };
}

export function quarantinedRun(run: RunRecord, findings: readonly VerifyFinding[]): RunRecord {
  const [first, ...more] = findings.map(({ message }) => message);
  const reason = more.length === 0 ? first : `${first} And ${more.length} more.`;
  const findingProblems = findings.map(({ collection, message }) => ({ source: collection, message }));
  return {
    ...run,
    outcome: 'refused',
    reason: reason ?? null,
    problems: [...run.problems, ...findingProblems],
  };
}

export function failedRun(run: RunRecord, thrown: unknown): RunRecord {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const hint = thrown instanceof FeedError ? thrown.hint : undefined;
  return { ...run, outcome: 'failed', reason: hint === undefined ? message : `${message} ${hint}` };
}
