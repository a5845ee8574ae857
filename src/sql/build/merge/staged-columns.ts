// The columns of staged rows.
import type { Column, Storage } from '../../../../schema/derive/storage.ts';

/** The column of the natural key, which is the source's identifier. */
export const NATURAL_KEY = 'natural';

/** The identity is always reported; and an event has no earlier state that could fill a gap. */
export function mayBeUnreported({ entity, identity }: Storage, name: string): boolean {
  return (
    entity.properties[name]?.nullable === true && !identity.includes(name) && entity.lifetime !== 'event'
  );
}

/** A sourced property as a column of a staging table. */
export function stagedColumn({ columns, entity }: Storage, name: string): Column {
  // A reference to a dimension holds its natural key until the merge.
  if (entity.properties[name]?.refers !== undefined) return { name, type: 'TEXT', nullable: true };
  const column = columns.find((each) => each.name === name);
  if (!column) throw new TypeError(`${entity.name}.${name} has a source but is not stored.`);
  return column;
}

/** The staged columns that identify the instance a row is about, references as natural keys. */
export function stagedIdentityColumns({ identity, sourced, roles }: Storage): readonly string[] {
  return roles.has('surrogate') ? [NATURAL_KEY] : identity.filter((name) => sourced.includes(name));
}
