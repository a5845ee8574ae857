// Observes a run from its start to its end, and times each of its phases.
import { dateKeyOf } from '../src/base/date-key.ts';
import type { RunPhase } from '../src/base/observation.ts';
import type { Generation } from '../src/engines/engine.ts';
import type { RunContext } from './run-context.ts';

/** Does the work of one phase. When it succeeds, reports how long it took. */
export type TimePhase = <Value>(phase: RunPhase, work: () => Value | Promise<Value>) => Promise<Value>;

/** Returns what `work` returns, and throws what it throws, wrapped in an Error where it is none. */
export async function observeRun<Report extends { readonly generation: Generation }>(
  { runId, observe }: RunContext,
  startedAt: Date,
  work: (timed: TimePhase) => Promise<Report>,
): Promise<Report> {
  const dateKey = dateKeyOf(startedAt);
  const startedMs = performance.now();
  observe({ kind: 'run.started', run: runId, dateKey });
  try {
    const report = await work(async (phase, doPhase) => {
      const phaseStartedMs = performance.now();
      const value = await doPhase();
      observe({ kind: 'run.phase', run: runId, phase, milliseconds: performance.now() - phaseStartedMs });
      return value;
    });
    const milliseconds = performance.now() - startedMs;
    observe({ kind: 'run.published', run: runId, dateKey, generation: report.generation.id, milliseconds });
    return report;
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    observe({ kind: 'run.failed', run: runId, dateKey, error });
    throw error;
  }
}
