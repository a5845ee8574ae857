// Rows as the changes of a collection tell them: those that are there, and those that are gone.
import type { EntitySet } from '../../../schema/derive/exposed-model.ts';
import { addressOf, annotation, textPart } from './entity-template.ts';
import type { RowTemplate } from './row-template.ts';

/** 4.01 has words for what is gone that 4.0 says by a context, and neither reads the other's. */
export type DeltaVersion = '4.0' | '4.01';

/** There is no such row any more; or there is, but it is not among those that were asked for. */
export type RemovedReason = 'deleted' | 'changed';

/**
 * 4.01: `{"@removed":{"reason":"deleted"},"@id":"devices(7)","deviceKey":7}`, with the key for those who know rows by it
 * and not by their address. 4.0: `{"@odata.context":"#devices/$deletedEntity","id":"devices(7)","reason":"deleted"}`.
 * Both say it at every level of metadata, since nothing else tells such a row from others.
 */
export function removedRowTemplate(
  entitySet: EntitySet,
  reason: RemovedReason,
  version: DeltaVersion,
  { int64AsText }: Pick<RowTemplate, 'int64AsText'>,
): RowTemplate {
  const { name, key } = entitySet.entity;
  const address = addressOf(entitySet);
  const why = annotation('reason', [textPart(reason)]);
  const members =
    version === '4.0'
      ? [annotation('@odata.context', [textPart(`#${name}/$deletedEntity`)]), annotation('id', address), why]
      : [
          { kind: 'object', name: '@removed', members: [why] } as const,
          annotation('@id', address),
          ...key.map((each) => ({ kind: 'property', name: each }) as const),
        ];
  return { members, int64AsText, omitNulls: false };
}

/** A row that is there: with its address, where the members do not say which row it is. */
export function changedRowTemplate(
  template: RowTemplate,
  { entity }: EntitySet,
  version: DeltaVersion,
  names: readonly string[],
): RowTemplate {
  const { members } = template;
  const isKnown =
    entity.key.every((name) => names.includes(name)) || members.some(({ name }) => name === '@odata.id');
  if (isKnown) return template;
  const name = version === '4.0' ? '@odata.id' : '@id';
  return { ...template, members: [annotation(name, addressOf({ entity })), ...members] };
}
