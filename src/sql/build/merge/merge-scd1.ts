// The merge of collections that keep the latest state only (SCD type 1): instances that vanish stay, marked as deleted.
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { PropertyRole } from '../../../../schema/entity.ts';
import { identifier, sql, textConstant, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import type { BuildParameters } from '../build-parameters.ts';
import {
  STORED_FALSE,
  STORED_TRUE,
  allOf,
  anyOf,
  columnList,
  columnOf,
  columnsDiffer,
  columnsEqual,
  commaList,
} from '../columns.ts';
import type { ResolvedTables } from './resolved-tables.ts';

/** Null where there is nothing to do. */
export interface Scd1Merge {
  readonly update: Fragment | null;
  readonly insert: Fragment;
  /** Marks as deleted what a harvest that saw everything did not see. */
  readonly deleteUnseen: Fragment | null;
  /** Marks as deleted the versions of which a harvest saw another one. */
  readonly deleteSuperseded: Fragment | null;
}

export function renderScd1Merge(
  dialect: BuildDialect,
  storage: Storage,
  { stagedKeys, changedRows }: ResolvedTables,
  parameters: BuildParameters,
): Scd1Merge {
  const { entity, identity, attributes } = storage;
  const table = dialect.table(storage.table);
  const [t, r] = [sql`t`, sql`r`];
  const { inserted, updated, deleted } = roleValues(parameters);

  const isPresent = presentConditions(dialect, storage, t);
  const isChanged = [
    ...(attributes.length === 0 ? [] : [columnsDiffer(dialect, attributes, t, r)]),
    ...(isPresent.length === 0 ? [] : [sql`NOT (${allOf(isPresent)})`]),
  ];
  const assignments = [
    ...attributes.map((name) => sql`${identifier(name)} = ${columnOf(r, name)}`),
    ...roleAssignments(storage, PRESENT),
    ...roleAssignments(storage, updated),
  ];
  const update = sql`UPDATE ${table} AS t SET ${commaList(assignments)} FROM ${changedRows} r
WHERE ${columnsEqual(identity, t, r)} AND ${anyOf(isChanged)}`;

  const names = Object.keys(entity.properties);
  const values = names.map((name) => {
    const role = entity.properties[name]?.role;
    return (role === undefined ? undefined : inserted[role]) ?? columnOf(r, name);
  });
  const insert = sql`INSERT INTO ${table} (${columnList(names)}) SELECT ${commaList(values)} FROM ${changedRows} r
WHERE NOT EXISTS (SELECT 1 FROM ${table} t WHERE ${columnsEqual(identity, t, r)})`;

  const deletedAssignments = [...roleAssignments(storage, deleted), ...roleAssignments(storage, updated)];
  const isUnseen = sql`NOT EXISTS (SELECT 1 FROM ${stagedKeys} r WHERE ${columnsEqual(identity, t, r)})`;
  const markDeleted = (condition: Fragment): Fragment | null =>
    isPresent.length === 0
      ? null
      : sql`UPDATE ${table} AS t SET ${commaList(deletedAssignments)} WHERE ${allOf(isPresent)} AND ${condition}`;
  const { versionsOf } = entity;
  return {
    update: isChanged.length === 0 ? null : update,
    insert,
    deleteUnseen: markDeleted(isUnseen),
    deleteSuperseded:
      versionsOf === undefined
        ? null
        : markDeleted(
            sql`${isUnseen} AND EXISTS (SELECT 1 FROM ${changedRows} r WHERE ${columnsEqual([versionsOf], t, r)})`,
          ),
  };
}

/** What is true of a row whose instance is there. */
export function presentConditions(
  dialect: BuildDialect,
  storage: Storage,
  alias: Fragment,
): readonly Fragment[] {
  if (storage.entity.lifetime !== 'current') return [];
  return assignedRoles(storage, PRESENT).map(([name, stored]) =>
    dialect.isNotDistinct(columnOf(alias, name), stored),
  );
}

type RoleValues = Readonly<Partial<Record<PropertyRole, Fragment>>>;

/** How a row says that its instance is there. */
const PRESENT: RoleValues = {
  deleted: STORED_FALSE,
  deletedAt: sql`NULL`,
  end: textConstant('9999-12-31T00:00:00'),
  current: STORED_TRUE,
};

/** What a row says by the roles of its properties. */
function roleValues({
  midnight,
  now,
}: BuildParameters): Readonly<Record<'inserted' | 'updated' | 'deleted', RoleValues>> {
  const updated = { modified: value(now) };
  return {
    inserted: { ...PRESENT, ...updated, start: value(midnight) },
    updated,
    deleted: {
      deleted: STORED_TRUE,
      deletedAt: value(midnight),
      end: value(midnight),
      current: STORED_FALSE,
    },
  };
}

function roleAssignments(storage: Storage, values: RoleValues): readonly Fragment[] {
  return assignedRoles(storage, values).map(([name, stored]) => sql`${identifier(name)} = ${stored}`);
}

/** The properties whose role has a value, and the value. */
function assignedRoles({ roles }: Storage, values: RoleValues): readonly (readonly [string, Fragment])[] {
  return [...roles].flatMap(([role, name]) => {
    const stored = values[role];
    return stored === undefined ? [] : [[name, stored] as const];
  });
}
