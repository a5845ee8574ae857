// What the harvest got and what it did not: how complete each collection is, and every problem, in words.
import type { Entity } from '../../schema/words.ts';
import type { FeedError } from '../../src/base/feed-error.ts';
import type { Observer } from '../../src/base/observation.ts';
import type { Completeness } from '../../src/engines/generation-build.ts';
import { isSourceFailure } from '../graph/source-failure.ts';

export interface HarvestProblem {
  /** Path below the Graph root without query, as observations of progress have it; or the name of a lookup. */
  readonly source: string;
  /** A sentence for the admin. */
  readonly message: string;
}

export interface Ledger {
  readonly completeness: ReadonlyMap<string, Completeness>;
  readonly problems: readonly HarvestProblem[];
  /** The first error that made a source fail. */
  readonly firstFailure: () => FeedError | null;
  /** What a collection was marked with before is kept where it is worse. */
  mark(entities: readonly Entity[], completeness: Completeness): void;
  /** `about` is the address of a source, or a name. */
  problem(about: string, message: string): void;
  /**
   * Reads one source. Where Graph fails the others go on: its collections are marked `partial` when something had been
   * read, else `failed`. All other errors pass: a night that is called off must not become one that lacks much.
   * Returns what was marked.
   */
  attempt(entities: readonly Entity[], address: string, read: Read): Promise<Completeness>;
}

/** Calls `gained` whenever rows were taken in, and says in the end how complete they are. */
export type Read = (gained: () => void) => Promise<Completeness>;

const RANK: Readonly<Record<Completeness, number>> = { complete: 0, partial: 1, failed: 2 };

function worse(one: Completeness, other: Completeness): Completeness {
  return RANK[one] >= RANK[other] ? one : other;
}

/** Of one collection from several sources: where some failed, what the others told still counts. */
export function wholeOf(outcomes: readonly Completeness[]): Completeness {
  if (outcomes.every((each) => each === 'complete')) return 'complete';
  return outcomes.every((each) => each === 'failed') ? 'failed' : 'partial';
}

export function makeLedger(run: string, observe: Observer): Ledger {
  const completeness = new Map<string, Completeness>();
  const problems: HarvestProblem[] = [];
  let firstFailure: FeedError | null = null;
  const ledger: Ledger = {
    completeness,
    problems,
    firstFailure: () => firstFailure,
    mark(entities, now) {
      for (const { name } of entities) completeness.set(name, worse(now, completeness.get(name) ?? now));
    },
    problem(about, message) {
      const source = about.replace(/^\/|\?.*$/g, '');
      problems.push({ source, message });
      observe({ kind: 'night.problem', run, source, message });
    },
    async attempt(entities, address, read) {
      const progress = { gained: false };
      let outcome: Completeness;
      try {
        outcome = await read(() => (progress.gained = true));
      } catch (error) {
        if (!isSourceFailure(error)) throw error;
        firstFailure ??= error;
        outcome = progress.gained ? 'partial' : 'failed';
        ledger.problem(address, error.hint === undefined ? error.message : `${error.message} ${error.hint}`);
      }
      ledger.mark(entities, outcome);
      return outcome;
    },
  };
  return ledger;
}
