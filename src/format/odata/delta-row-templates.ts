// Templates of the rows of a delta: changed rows and removed rows.
import type { EntitySet } from '../../../schema/derive/exposed-model.ts';
import { addressOf, annotation, textPart } from './entity-template.ts';
import type { RowTemplate } from './row-template.ts';

/** 4.0 and 4.01 write removed rows differently, and clients of one do not read the other. */
export type DeltaVersion = '4.0' | '4.01';

/** `deleted`: the row does not exist any more; `changed`: it exists, but is not among the requested ones. */
export type RemovedReason = 'deleted' | 'changed';

/**
 * 4.01: `{"@removed":{"reason":"deleted"},"@id":"devices(7)","deviceKey":7}`, with the key for clients that identify rows
 * by it. 4.0: `{"@odata.context":"#devices/$deletedEntity","id":"devices(7)","reason":"deleted"}`.
 * Both write it at every metadata level, because nothing else distinguishes such a row.
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

/** A changed row: with its id where the members do not contain its key. */
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
