// How a collection is stored: its table, the columns, and which of them identify the entity instance.
import type { EdmType, Entity, Lifetime, PropertyRole } from '../entity.ts';

export type StorageType = 'INTEGER' | 'REAL' | 'TEXT';

export interface Column {
  readonly name: string;
  readonly type: StorageType;
  readonly nullable: boolean;
}

export interface Storage {
  readonly entity: Entity;
  /** The table with the rows. Where they are validity intervals, readers use a view of it. */
  readonly table: string;
  /** Rows are validity intervals [fromKey, toKey) of days without a change. */
  readonly storesIntervals: boolean;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** The columns that identify the entity instance; also the month partition of daily rows, and the day of events. */
  readonly identity: readonly string[];
  /** All other columns: a difference in one of them is a change. */
  readonly attributes: readonly string[];
  /** The properties a stream gives. */
  readonly sourced: readonly string[];
  /** Property name by role. */
  readonly roles: ReadonlyMap<PropertyRole, string>;
}

/** The columns of intervals besides properties. `period` is the month partition (yyyymm), of daily collections only. */
export const INTERVAL_COLUMNS = { period: 'period', from: 'fromKey', to: 'toKey' } as const;

const STORAGE_TYPES = {
  'Edm.Boolean': 'INTEGER',
  'Edm.Int32': 'INTEGER',
  'Edm.Int64': 'INTEGER',
  'Edm.Double': 'REAL',
  'Edm.String': 'TEXT',
  'Edm.DateTimeOffset': 'TEXT',
} as const satisfies Record<EdmType, StorageType>;

/** The roles that each lifetime allows. Of intervals only `deleted` is stored: the view computes the others from the bounds. */
const MEANINGFUL_ROLES = {
  current: ['surrogate', 'modified', 'deleted', 'deletedAt', 'start', 'end', 'current'],
  history: ['deleted', 'start', 'startDay', 'end', 'current'],
  daily: ['day'],
  event: ['day'],
} as const satisfies Record<Lifetime, readonly PropertyRole[]>;

/** The table of a collection whose rows are validity intervals. */
export function intervalsTableOf({ name }: Entity): string {
  return `${name}Spans`;
}

/** Throws a TypeError where the entity's roles do not fit its lifetime. */
export function storageOf(entity: Entity): Storage {
  const { name, lifetime, key, properties } = entity;
  const roles = rolesOf(entity);
  const storesIntervals = lifetime === 'history' || lifetime === 'daily';
  const { period, from, to } = INTERVAL_COLUMNS;
  if (storesIntervals) {
    for (const reserved of [period, from, to]) {
      if (reserved in properties)
        throw new TypeError(`${name}.${reserved}: validity intervals have a column of this name.`);
    }
  }

  const isStored = (property: string): boolean => {
    const role = properties[property]?.role;
    return role === undefined || role === 'surrogate' || (role === 'deleted' && lifetime === 'history');
  };
  const keyColumns = key.filter((each) => isStored(each) || lifetime === 'event');
  const partitionColumns = lifetime === 'daily' ? [period] : [];
  const identity = [...partitionColumns, ...keyColumns];
  const attributes = Object.keys(properties).filter((each) => isStored(each) && !keyColumns.includes(each));
  const stored = storesIntervals ? [...identity, from, to, ...attributes] : Object.keys(properties);
  return {
    entity,
    table: storesIntervals ? intervalsTableOf(entity) : name,
    storesIntervals,
    columns: stored.map((each) => columnOf(entity, each)),
    primaryKey: storesIntervals ? [...identity, from] : key,
    identity,
    attributes,
    sourced: Object.keys(properties).filter((each) => properties[each]?.role === undefined),
    roles,
  };
}

function rolesOf({ name, lifetime, properties }: Entity): ReadonlyMap<PropertyRole, string> {
  const meaningful: readonly PropertyRole[] = MEANINGFUL_ROLES[lifetime];
  const roles = new Map<PropertyRole, string>();
  for (const [property, { role }] of Object.entries(properties)) {
    if (role === undefined) continue;
    if (!meaningful.includes(role)) {
      throw new TypeError(
        `${name}.${property}: the role '${role}' means nothing in a ${lifetime} collection.`,
      );
    }
    if (roles.has(role))
      throw new TypeError(`${name}.${property}: a second property with the role '${role}'.`);
    roles.set(role, property);
  }
  if ((lifetime === 'daily' || lifetime === 'event') && !roles.has('day')) {
    throw new TypeError(`${name}: a ${lifetime} collection needs a property with the role 'day'.`);
  }
  return roles;
}

function columnOf({ properties }: Entity, name: string): Column {
  const property = properties[name];
  if (!property) return { name, type: 'INTEGER', nullable: false };
  return { name, type: STORAGE_TYPES[property.type], nullable: property.nullable };
}
