// Drops the days that are past their retention, collection by collection.
import type { Model } from '../../schema/model.ts';
import type { Entity } from '../../schema/entity.ts';
import { addDays, type DateKey } from '../../src/base/date-key.ts';
import type { RetentionPeriod, Retention } from '../../src/base/retention.ts';
import type { GenerationBuild } from '../../src/engines/generation-build.ts';

/** How long the hosted feed keeps the days of a collection for which the model has no other number. */
const DEFAULT_VENDOR_DAYS = 30;

/** Called after the merge, when every row still valid belongs to the snapshot day. Returns the dropped rows by collection. */
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

/** Null when all days are kept. */
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
  // How long the hosted feed keeps histories is not documented.
  return lifetime === 'history' ? null : (vendorDays ?? DEFAULT_VENDOR_DAYS);
}

/** Only collections that store days have a retention. */
export function hasDays({ lifetime }: Entity): boolean {
  return lifetime !== 'current';
}
