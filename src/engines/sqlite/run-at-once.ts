// What is done to the warehouse between nights, as the journal tells it: it begins and ends at the same moment.
import { randomUUID } from 'node:crypto';
import type { RunRecord } from '../stage.ts';

export type RunAtOnce = RunRecord & { readonly reason: string };

/** Nothing is read of the tenant; the stage that publishes it fills in the generation. */
export function runAtOnce(words: Pick<RunAtOnce, 'dateKey' | 'outcome' | 'reason'>, now: Date): RunAtOnce {
  return {
    run: randomUUID(),
    ...words,
    startedAt: now,
    endedAt: now,
    milliseconds: 0,
    isComplete: null,
    generation: null,
    steps: [],
    problems: [],
  };
}
