// How long each step of a request's way took; goes out as Server-Timing and into the observation.
import type { RequestStep } from '../../base/observation.ts';

export interface Stopwatch {
  /** Ends a step: all time since the end of the one before counts to it. */
  readonly lap: (step: RequestStep) => void;
  readonly steps: () => Readonly<Partial<Record<RequestStep, number>>>;
  readonly totalMs: () => number;
}

export function startStopwatch(): Stopwatch {
  const started = performance.now();
  const steps: Partial<Record<RequestStep, number>> = {};
  let last = started;
  return {
    lap: (step) => {
      const now = performance.now();
      steps[step] = now - last;
      last = now;
    },
    steps: () => steps,
    totalMs: () => performance.now() - started,
  };
}

/** `parse;dur=0.1, plan;dur=0.2`: shown in the network panel of a browser. */
export function serverTiming(watch: Stopwatch): string {
  return Object.entries(watch.steps())
    .map(([step, milliseconds]) => `${step};dur=${milliseconds.toFixed(2)}`)
    .join(', ');
}
