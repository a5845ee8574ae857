// How long each step of a request took: sent as Server-Timing, and part of the observation.
import type { RequestStep } from '../../base/observation.ts';

export interface Stopwatch {
  /** Runs a step and adds the time it took, also where it throws. */
  readonly time: <Value>(step: RequestStep, run: () => Value) => Value;
  readonly timeAsync: <Value>(step: RequestStep, run: () => Promise<Value>) => Promise<Value>;
  readonly steps: () => Readonly<Partial<Record<RequestStep, number>>>;
  readonly totalMs: () => number;
}

export function startStopwatch(): Stopwatch {
  const startedAt = performance.now();
  const steps: Partial<Record<RequestStep, number>> = {};
  const add = (step: RequestStep, since: number): void => {
    steps[step] = (steps[step] ?? 0) + performance.now() - since;
  };
  return {
    time: (step, run) => {
      const since = performance.now();
      try {
        return run();
      } finally {
        add(step, since);
      }
    },
    timeAsync: async (step, run) => {
      const since = performance.now();
      try {
        return await run();
      } finally {
        add(step, since);
      }
    },
    steps: () => steps,
    totalMs: () => performance.now() - startedAt,
  };
}

/** `parse;dur=0.1, plan;dur=0.2`: shown in the network panel of a browser. */
export function serverTiming(stopwatch: Stopwatch): string {
  return Object.entries(stopwatch.steps())
    .map(([step, milliseconds]) => `${step};dur=${milliseconds.toFixed(2)}`)
    .join(', ');
}
