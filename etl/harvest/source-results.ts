// Collects the results of the harvest: how complete each collection is, and every problem.
import type { Entity } from '../../schema/entity.ts';
import type { FeedError } from '../../src/base/feed-error.ts';
import type { Completeness } from '../../src/engines/staging.ts';
import { isSourceFailure } from '../graph/source-failure.ts';
import type { RunContext } from '../run-context.ts';

export interface SourceResults {
  readonly completeness: ReadonlyMap<string, Completeness>;
  /** The first error that made a source fail. */
  readonly firstFailure: () => FeedError | null;
  /** A worse mark from before stays. */
  mark(entities: readonly Entity[], completeness: Completeness): void;
  /** `about` is the address of a source, or a name. */
  reportProblem(about: string, message: string): void;
  /**
   * Reads one source, marks its collections, and returns the mark. When the source fails, that is a problem, and the mark
   * is `partial` if rows were read, else `failed`. Throws all other errors, so that a cancelled run does not look like one
   * whose sources failed.
   */
  readSource(entities: readonly Entity[], address: string, read: SourceReader): Promise<Completeness>;
}

/** Calls `onRows` whenever rows were appended, and returns how complete they are. */
export type SourceReader = (onRows: () => void) => Promise<Completeness>;

const COMPLETENESS_RANK: Readonly<Record<Completeness, number>> = { complete: 0, partial: 1, failed: 2 };

function worse(one: Completeness, other: Completeness): Completeness {
  return COMPLETENESS_RANK[one] >= COMPLETENESS_RANK[other] ? one : other;
}

/** The completeness of a collection with several sources: if only some failed, it is partial. */
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
