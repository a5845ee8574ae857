// What the harvest got and what it did not: how complete each collection is, and every problem, in words.
import type { Entity } from '../../schema/entity.ts';
import type { FeedError } from '../../src/base/feed-error.ts';
import type { Completeness } from '../../src/engines/staging.ts';
import { isSourceFailure } from '../graph/source-failure.ts';
import type { RunContext } from '../run-context.ts';

export interface SourceResults {
  readonly completeness: ReadonlyMap<string, Completeness>;
  /** The first error that made a source fail. */
  readonly firstFailure: () => FeedError | null;
  /** What a collection was marked with before is kept where it is worse. */
  mark(entities: readonly Entity[], completeness: Completeness): void;
  /** `about` is the address of a source, or a name. */
  reportProblem(about: string, message: string): void;
  /**
   * Reads one source. Where Graph fails the others go on: its collections are marked `partial` when something had been
   * read, else `failed`. All other errors pass: a night that is called off must not become one that lacks much.
   * Returns what was marked.
   */
  readSource(entities: readonly Entity[], address: string, read: SourceReader): Promise<Completeness>;
}

/** Calls `onRows` whenever rows were taken in, and says in the end how complete they are. */
export type SourceReader = (onRows: () => void) => Promise<Completeness>;

const COMPLETENESS_RANK: Readonly<Record<Completeness, number>> = { complete: 0, partial: 1, failed: 2 };

function worse(one: Completeness, other: Completeness): Completeness {
  return COMPLETENESS_RANK[one] >= COMPLETENESS_RANK[other] ? one : other;
}

/** Of one collection from several sources: where some failed, what the others told still counts. */
export function combinedCompleteness(parts: readonly Completeness[]): Completeness {
  if (parts.every((each) => each === 'complete')) return 'complete';
  return parts.every((each) => each === 'failed') ? 'failed' : 'partial';
}

export function makeSourceResults(run: RunContext): SourceResults {
  const completeness = new Map<string, Completeness>();
  let firstFailure: FeedError | null = null;
  const results: SourceResults = {
    completeness,
    firstFailure: () => firstFailure,
    mark(entities, now) {
      for (const { name } of entities) completeness.set(name, worse(now, completeness.get(name) ?? now));
    },
    reportProblem(about, message) {
      run.reportProblem({ source: about.replace(/^\/|\?.*$/g, ''), message });
    },
    async readSource(entities, address, read) {
      const progress = { hasRows: false };
      let readCompleteness: Completeness;
      try {
        readCompleteness = await read(() => (progress.hasRows = true));
      } catch (error) {
        if (!isSourceFailure(error)) throw error;
        firstFailure ??= error;
        readCompleteness = progress.hasRows ? 'partial' : 'failed';
        results.reportProblem(
          address,
          error.hint === undefined ? error.message : `${error.message} ${error.hint}`,
        );
      }
      results.mark(entities, readCompleteness);
      return readCompleteness;
    },
  };
  return results;
}
