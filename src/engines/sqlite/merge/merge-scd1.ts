// The merge of collections that keep the latest state only: things that vanish stay, marked.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { Entity, PropertyRole } from '../../../../schema/entity.ts';
import type { Completeness } from '../../staging.ts';
import { columnList, columnsDiffer, columnsEqual } from '../sql-columns.ts';
import type { RowChanges, BuildContext, ResolvedTables } from '../build/build-context.ts';

type RoleValues = Readonly<Partial<Record<PropertyRole, string>>>;

/** How a row says that its thing is there, and that it is gone. */
const PRESENT: RoleValues = { deleted: '0', deletedAt: 'NULL', end: `'9999-12-31T00:00:00'`, current: '1' };
const DELETED: RoleValues = { deleted: '1', deletedAt: '@midnight', end: '@midnight', current: '0' };
const MODIFIED: RoleValues = { modified: '@now' };
const INSERTED: RoleValues = { ...PRESENT, ...MODIFIED, start: '@midnight' };

export function mergeScd1(
  context: BuildContext,
  storage: Storage,
  { stagedKeys, changedRows }: ResolvedTables,
  completeness: Completeness,
): RowChanges {
  const { database, parameters } = context;
  const { entity, identity, attributes } = storage;
  const table = quoteIdentifier(storage.table);
  const runUpdate = (sql: string): number => database.prepare(sql).run(parameters).changes;

  const isPresent = presentConditions(storage, 't');
  const attributeAssignments = attributes.map(
    (name) => `${quoteIdentifier(name)} = r.${quoteIdentifier(name)}`,
  );
  const presentAssignments = [
    ...roleAssignments(storage, PRESENT),
    ...roleAssignments(storage, MODIFIED),
  ].map(({ name, sql }) => `${name} = ${sql}`);
  const orNotPresent = isPresent.length === 0 ? '' : ` OR NOT (${isPresent.join(' AND ')})`;
  const changed =
    attributeAssignments.length + isPresent.length === 0
      ? 0
      : runUpdate(
          `UPDATE ${table} AS t SET ${[...attributeAssignments, ...presentAssignments].join(', ')} FROM ${changedRows} r
           WHERE ${columnsEqual(identity, 't', 'r')} AND (${columnsDiffer(attributes, 't', 'r')}${orNotPresent})`,
        );

  const names = Object.keys(entity.properties);
  const insertedValues = names.map((name) => {
    const role = entity.properties[name]?.role;
    return (role === undefined ? undefined : INSERTED[role]) ?? `r.${quoteIdentifier(name)}`;
  });
  const inserted = runUpdate(
    `INSERT INTO ${table} (${columnList(names)}) SELECT ${insertedValues.join(', ')} FROM ${changedRows} r
     WHERE NOT EXISTS (SELECT 1 FROM ${table} t WHERE ${columnsEqual(identity, 't', 'r')})`,
  );

  const deletedAssignments = [
    ...roleAssignments(storage, DELETED),
    ...roleAssignments(storage, MODIFIED),
  ].map(({ name, sql }) => `${name} = ${sql}`);
  const notStaged = `NOT EXISTS (SELECT 1 FROM ${stagedKeys} r WHERE ${columnsEqual(identity, 't', 'r')})`;
  const deleteCondition =
    completeness === 'complete' ? notStaged : supersededVersionCondition(entity, changedRows, notStaged);
  const deleted =
    deleteCondition === null || isPresent.length === 0
      ? 0
      : runUpdate(
          `UPDATE ${table} AS t SET ${deletedAssignments.join(', ')} WHERE ${isPresent.join(' AND ')} AND ${deleteCondition}`,
        );
  return { inserted, changed, deleted };
}

/** What is read as gone from a harvest that did not see everything: versions of which it saw another one. */
function supersededVersionCondition(
  { versionsOf }: Entity,
  changedRows: string,
  notStaged: string,
): string | null {
  if (versionsOf === undefined) return null;
  return `${notStaged} AND EXISTS (SELECT 1 FROM ${changedRows} r WHERE ${columnsEqual([versionsOf], 't', 'r')})`;
}

/** What is true of a row whose thing is there. */
export function presentConditions(storage: Storage, alias: string): readonly string[] {
  if (storage.entity.lifetime !== 'current') return [];
  return roleAssignments(storage, PRESENT).map(({ name, sql }) => `${alias}.${name} IS ${sql}`);
}

function roleAssignments({ roles }: Storage, values: RoleValues): readonly { name: string; sql: string }[] {
  return [...roles].flatMap(([role, name]) => {
    const sql = values[role];
    return sql === undefined ? [] : [{ name: quoteIdentifier(name), sql }];
  });
}
