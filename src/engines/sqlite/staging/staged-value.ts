// How one harvested value stands in a staging table, a value that was not told among them.
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import type { SqlValue } from '../../../sql/statement.ts';
import { NOT_REPORTED, type StagedValue } from '../../generation-build.ts';

export type StagedSqlValue = SqlValue | Uint8Array;

/** The column of what the source calls a thing. */
export const NATURAL_KEY = 'natural';

/** No property is a blob, so no value is mistaken for it. */
const NOT_REPORTED_BLOB = Buffer.of(0);

/** SQL that is true where a staged column holds something that was told. */
export function isReportedSql(column: string): string {
  return `typeof(${column}) <> 'blob'`;
}

/** Throws a TypeError for a value that a row lacks. */
export function toStagedSqlValue(
  entity: string,
  name: string,
  value: StagedValue | undefined,
): StagedSqlValue {
  if (value === undefined) throw new TypeError(`${entity}.${name}: a row came without a value.`);
  if (value === NOT_REPORTED) return NOT_REPORTED_BLOB;
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Of a thing's identity something must always be told; and an event was never known before. */
export function mayBeUnreported({ entity, identity }: Storage, name: string): boolean {
  return (
    entity.properties[name]?.nullable === true && !identity.includes(name) && entity.lifetime !== 'event'
  );
}

/** A sourced property as a column of a staging table. */
export function stagedColumn({ columns, entity }: Storage, name: string): Column {
  // What refers to a dimension is that thing's natural text until the merge.
  if (entity.properties[name]?.refers !== undefined) return { name, type: 'TEXT', nullable: true };
  const column = columns.find((each) => each.name === name);
  if (!column) throw new TypeError(`${entity.name}.${name} is given by a stream but stored nowhere.`);
  return column;
}

/** The staged columns that say which thing a row is about, as natural texts. */
export function stagedIdentityColumns({ identity, sourced, roles }: Storage): readonly string[] {
  return roles.has('surrogate') ? [NATURAL_KEY] : identity.filter((name) => sourced.includes(name));
}
