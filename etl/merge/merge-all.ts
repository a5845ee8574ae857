// Merges every collection that the harvest read into the warehouse, in the order of their references.
import type { Model } from '../../schema/model.ts';
import type { Completeness } from '../../src/engines/staging.ts';
import type { MergeStep } from '../../src/engines/run-journal.ts';
import type { GenerationBuild } from '../../src/engines/generation-build.ts';
import { mergeOrder } from './merge-order.ts';

/** `completeness` is by collection; those it does not name were not read and stay unchanged. */
export function mergeAll(
  build: GenerationBuild,
  model: Model,
  completeness: ReadonlyMap<string, Completeness>,
): readonly Omit<MergeStep, 'trimmed'>[] {
  return mergeOrder(model).flatMap((entity) => {
    const collectionCompleteness = completeness.get(entity.name);
    if (collectionCompleteness === undefined) return [];
    const startedMs = performance.now();
    const counts = build.merge(entity, collectionCompleteness);
    return [{ ...counts, completeness: collectionCompleteness, milliseconds: performance.now() - startedMs }];
  });
}
