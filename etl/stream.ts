// A stream as data: where a collection's rows come from, and the source of every property that the merge does not fill itself.
import type { Property, SourcedName, TypedEntity, Value } from '../schema/entity.ts';
import type { StagedValue } from '../src/engines/staging.ts';

type Properties = Readonly<Record<string, Property>>;

/**
 * For every property without a role, how to read it from a harvested record. Forget one and it does not compile. Only what
 * may be null may be left untold.
 */
export type PropertySources<Own extends Properties, Record_> = {
  readonly [Name in SourcedName<Own>]: (
    record: Record_,
  ) => Own[Name] extends { readonly nullable: true } ? StagedValue : Value;
};

export interface Stream<Own extends Properties, Record_> {
  readonly entity: TypedEntity<Own>;
  /** What the source calls the thing; needed where the entity has a surrogate key. */
  readonly naturalKey?: (record: Record_) => string;
  readonly sources: PropertySources<Own, Record_>;
}

/** `streamOf<GraphUser>()(users, { columns: … })`: the record is said, the properties are inferred from the entity. */
export function streamOf<Record_>() {
  return <const Own extends Properties>(
    entity: TypedEntity<Own>,
    definition: Omit<Stream<Own, Record_>, 'entity'>,
  ): Stream<Own, Record_> => ({ entity, ...definition });
}
