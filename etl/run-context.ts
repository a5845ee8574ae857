// What every part of one run works with: its name, its observer, its problems, and the signal that cancels it.
import type { Observer } from '../src/base/observation.ts';
import type { RunProblem } from '../src/engines/run-journal.ts';

export interface RunContext {
  /** Names the run in observations and in the journal. */
  readonly runId: string;
  readonly observe: Observer;
  /** Aborted when the run is cancelled; the reason says why. */
  readonly signal: AbortSignal;
  /** Every problem reported so far, in order. */
  readonly problems: readonly RunProblem[];
  readonly reportProblem: (problem: RunProblem) => void;
  /** Rows read from one source so far; `total` is null when it is not known. */
  readonly reportProgress: (source: string, rows: number, total: number | null) => void;
}

export function openRunContext({
  runId,
  observe,
  signal,
}: Pick<RunContext, 'runId' | 'observe' | 'signal'>): RunContext {
  const problems: RunProblem[] = [];
  return {
    runId,
    observe,
    signal,
    problems,
    reportProblem({ source, message }) {
      problems.push({ source, message });
      observe({ kind: 'run.problem', run: runId, source, message });
    },
    reportProgress: (source, rows, total) =>
      observe({ kind: 'run.progress', run: runId, source, rows, total }),
  };
}
