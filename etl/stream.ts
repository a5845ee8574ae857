// A stream as data: where a collection's rows come from, and the source of every property that the merge does not fill itself.
import type { Property, SourcedName, TypedEntity, Value } from '../schema/entity.ts';
import type { StagedValue } from '../src/engines/staging.ts';

type Properties = Readonly<Record<string, Property>>;

/**
 * How to read every property without a role from a harvested record. A forgotten one does not compile. Only nullable
 * properties may be `NOT_REPORTED`.
 */
export type PropertySources<Own extends Properties, Record_> = {
  readonly [Name in SourcedName<Own>]: (
    record: Record_,
  ) => Own[Name] extends { readonly nullable: true } ? StagedValue : Value;
};

export interface Stream<Own extends Properties, Record_> {
  readonly entity: TypedEntity<Own>;
  /** The id of the instance at its source; needed where the entity has a surrogate key. */
  readonly naturalKey?: (record: Record_) => string;
  readonly sources: PropertySources<Own, Record_>;
}

/** `streamOf<GraphUser>()(users, { sources: … })`: the type of the record is given, that of the properties is inferred. */
export function streamOf<Record_>() {
  return <const Own extends Properties>(
    entity: TypedEntity<Own>,
    definition: Omit<Stream<Own, Record_>, 'entity'>,
  ): Stream<Own, Record_> => ({ entity, ...definition });
}
