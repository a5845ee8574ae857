// How a harvested value is stored in a staging table, also one that its source did not report.
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import type { SqlValue } from '../../../sql/statement.ts';
import { NOT_REPORTED, type StagedValue } from '../../staging.ts';

export type StagedSqlValue = SqlValue | Uint8Array;

/** The column of the natural key, which is the source's identifier. */
export const NATURAL_KEY = 'natural';

/** No property is a blob, so no value is mistaken for it. */
const NOT_REPORTED_BLOB = Buffer.of(0);

/** SQL that is true where a staged column holds a reported value. */
export function isReportedSql(column: string): string {
  return `typeof(${column}) <> 'blob'`;
}

/** Throws a TypeError where the row has no value. */
export function toStagedSqlValue(
  entity: string,
  name: string,
  value: StagedValue | undefined,
): StagedSqlValue {
  if (value === undefined) throw new TypeError(`A row of ${entity} has no value for ${name}.`);
  if (value === NOT_REPORTED) return NOT_REPORTED_BLOB;
  return typeof value === 'boolean' ? Number(value) : value;
}

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
