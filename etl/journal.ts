// What a night leaves in its own generation about how it went.
import type { NightRecord, NightStep } from '../src/engines/stage.ts';
import type { HarvestProblem } from './harvest/ledger.ts';

export interface NightNotes {
  readonly run: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly milliseconds: number;
  readonly steps: readonly NightStep[];
  readonly problems: readonly HarvestProblem[];
}

/** A night is complete when every source gave everything and said nothing odd. */
export function journalEntry(notes: NightNotes): NightRecord {
  const whole =
    notes.problems.length === 0 && notes.steps.every(({ completeness }) => completeness === 'complete');
  return { ...notes, verdict: whole ? 'complete' : 'partial' };
}
