// Checks the retention rules of the settings against the model.
import type { Model } from '../../schema/model.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import { didYouMean } from '../../src/base/did-you-mean.ts';
import type { Retention } from '../../src/base/retention.ts';
import { hasDays } from './trim-all.ts';

const LISTED = "'fleetfeed print collections' lists them.";

/** Throws FeedError `setup.bad-setting` for a rule that names a collection that does not exist or does not store days. */
export function checkRetention({ entities }: Model, { byCollection }: Retention): void {
  const trimmable = new Set([...entities.values()].filter(hasDays).map(({ name }) => name));
  for (const name of byCollection.keys()) {
    if (trimmable.has(name)) continue;
    const isKnown = entities.has(name);
    const message = isKnown
      ? `--retention names '${name}', which does not store days.`
      : `--retention names '${name}', and there is no such collection.`;
    const hint = isKnown ? undefined : (didYouMean(trimmable, name) ?? LISTED);
    throw new FeedError('setup.bad-setting', message, { target: '--retention', hint });
  }
}
