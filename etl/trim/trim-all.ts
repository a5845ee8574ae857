// Lets go of the days that are no longer kept, collection by collection.
import type { Model } from '../../schema/model.ts';
import type { Entity } from '../../schema/entity.ts';
import { addDays, type DateKey } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import { withSuggestion } from '../../src/base/did-you-mean.ts';
import type { RetentionPeriod, Retention } from '../../src/base/retention.ts';
import type { GenerationBuild } from '../../src/engines/generation-build.ts';

/** What the hosted feed keeps of facts, in days, where the model knows of nothing else. */
const DEFAULT_VENDOR_DAYS = 30;

/** After the merges of a night: what still holds is of tonight then. Returns the rows that went, by collection. */
export function trimAll(
  build: GenerationBuild,
  { entities }: Model,
  retention: Retention,
): ReadonlyMap<string, number> {
  const trimmed = [...entities.values()].flatMap((entity): [string, number][] => {
    const firstDay = firstRetainedDay(entity, retention, build.staging.dateKey);
    return firstDay === null ? [] : [[entity.name, build.trim(entity, firstDay)]];
  });
  return new Map(trimmed);
}

/** Throws FeedError `setup.bad-setting` where a rule names a collection that does not exist, or that has no days. */
export function checkRetention({ entities }: Model, { byCollection }: Retention): void {
  const trimmable = new Set([...entities.values()].filter(hasDays).map(({ name }) => name));
  for (const name of byCollection.keys()) {
    if (trimmable.has(name)) continue;
    const message = entities.has(name)
      ? `'${name}' has no days that could be kept for so long only.`
      : withSuggestion(`There is no collection '${name}'.`, trimmable, name);
    throw new FeedError('setup.bad-setting', message, { target: '--retention' });
  }
}

/** Null where all days are kept. */
function firstRetainedDay(
  entity: Entity,
  { defaultPeriod, byCollection }: Retention,
  day: DateKey,
): DateKey | null {
  const days = hasDays(entity) ? retainedDays(entity, byCollection.get(entity.name) ?? defaultPeriod) : null;
  return days === null ? null : addDays(day, 1 - days);
}

function retainedDays({ lifetime, vendorDays }: Entity, period: RetentionPeriod): number | null {
  if (period === 'forever') return null;
  if (period !== 'vendor') return period;
  // The hosted feed keeps things, and so what became of them, for a time that nobody has told.
  return lifetime === 'history' ? null : (vendorDays ?? DEFAULT_VENDOR_DAYS);
}

function hasDays({ lifetime }: Entity): boolean {
  return lifetime !== 'current';
}
