// The warehouse as a run and an admin see it: its journal, and every way to make the next generation.
import type { DateKey } from '../base/date-key.ts';
import type { Generation } from './engine.ts';
import type { ErasureCounts, Person } from './erasure.ts';
import type { GenerationBuild } from './generation-build.ts';
import type { RunJournal } from './run-journal.ts';

export interface Warehouse {
  /** `beginBuild` brings it up to date first: it adds runs that were killed and days without a run. */
  readonly journal: RunJournal;
  /** The newest generation, or null before the first run. */
  current(): Generation | null;
  /**
   * Migrates the newest generation to the model where another release made it, so that additions are there at once and
   * not only after the next run. Publishes a generation of the same day and moment, or returns null when there is nothing
   * to do. Throws like `beginBuild`.
   */
  migrateToModel(): Generation | null;
  /** Begins a build on the newest generation. Throws `feed.night-running` while another process has one. */
  beginBuild(dateKey: DateKey, now: Date): GenerationBuild;
  /**
   * Publishes the quarantined run. Throws `feed.night-refused` when there is none, when another generation was published
   * since, and when it is broken; and like `beginBuild`.
   */
  release(now: Date): Generation;
  /**
   * Serves an earlier generation again, as a new one with its own number: that of the given number, or the one before the
   * newest. The next run builds on it. Throws `setup.bad-setting` when it is no longer kept; and like `beginBuild`.
   */
  rollback(generation: number | null, now: Date): Generation;
  /**
   * Erases someone for good: publishes a generation of the same day without them, and removes the earlier generations and
   * everything else that holds them. `requestedBy` goes to the journal. Throws `feed.empty` before the first run; and like
   * `beginBuild`.
   */
  erase(person: Person, requestedBy: string, now: Date): ErasureCounts & { readonly generation: Generation };
}
