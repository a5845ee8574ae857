// The merge of collections with history (SCD type 2): a validity interval ends where something changed, and the next begins there.
import { INTERVAL_COLUMNS, type Storage } from '../../../../schema/derive/storage.ts';
import { addDays, monthPartitionOf, type DateKey } from '../../../base/date-key.ts';
import { sql, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import type { BuildParameters } from '../build-parameters.ts';
import {
  STORED_FALSE,
  STORED_TRUE,
  columnList,
  columnOf,
  columnsDiffer,
  columnsEqual,
  commaList,
} from '../columns.ts';
import { FROM_KEY, PERIOD, TO_KEY } from '../schema/interval-columns.ts';
import type { ResolvedTables } from './resolved-tables.ts';
import { renderAddSnapshotDay, renderRemoveSnapshotDay } from './snapshot-days.ts';

/** In the order in which they are run. Nothing that a day before the build's shows is ever touched. */
export interface Scd2Merge {
  /** After a harvest that saw everything: closes what it did not see, or stages it as deleted. */
  readonly deleteUnseen: { readonly statement: Fragment; readonly kind: 'closes' | 'stages' };
  readonly closeChanged: Fragment;
  /** Of daily collections: an interval that was carried over on this day and then changed never held on any day. */
  readonly removeEmpty: Fragment | null;
  readonly open: Fragment;
  /** Of daily collections. */
  readonly addSnapshotDay: Fragment | null;
}

export function renderScd2Merge(
  dialect: BuildDialect,
  storage: Storage,
  { stagedKeys, changedRows }: ResolvedTables,
  parameters: BuildParameters,
): Scd2Merge {
  const { entity, identity, attributes } = storage;
  const table = dialect.table(storage.table);
  const [day, open, period] = [value(parameters.day), value(parameters.open), value(parameters.period)];
  const [s, r] = [sql`s`, sql`r`];
  const isDaily = entity.lifetime === 'daily';
  const names = [...identity, ...attributes];

  const isOpen = isDaily
    ? sql`s.${PERIOD} = ${period} AND s.${TO_KEY} = ${open}`
    : sql`s.${TO_KEY} = ${open}`;
  const isUnseen = sql`${isOpen} AND NOT EXISTS (SELECT 1 FROM ${stagedKeys} r WHERE ${columnsEqual(identity, s, r)})`;
  const deleted = storage.roles.get('deleted');
  return {
    deleteUnseen:
      deleted === undefined
        ? { kind: 'closes', statement: sql`UPDATE ${table} AS s SET ${TO_KEY} = ${day} WHERE ${isUnseen}` }
        : {
            kind: 'stages',
            statement: sql`INSERT INTO ${changedRows} (${columnList(names)})
SELECT ${commaList(names.map((name) => (name === deleted ? STORED_TRUE : columnOf(s, name))))}
FROM ${table} s WHERE ${isUnseen} AND ${columnOf(s, deleted)} = ${STORED_FALSE}`,
          },
    closeChanged: sql`UPDATE ${table} AS s SET ${TO_KEY} = ${day} FROM ${changedRows} r
WHERE ${isOpen} AND ${columnsEqual(identity, s, r)} AND ${columnsDiffer(dialect, attributes, s, r)}`,
    removeEmpty: isDaily
      ? sql`DELETE FROM ${table} WHERE ${PERIOD} = ${period} AND ${FROM_KEY} = ${day} AND ${TO_KEY} = ${day}`
      : null,
    open: sql`INSERT INTO ${table} (${columnList(names)}, ${FROM_KEY}, ${TO_KEY})
SELECT ${columnList(names, r)}, ${day}, ${open} FROM ${changedRows} r
WHERE NOT EXISTS (SELECT 1 FROM ${table} s WHERE ${columnsEqual(identity, s, r)} AND s.${TO_KEY} = ${open})`,
    addSnapshotDay: isDaily ? renderAddSnapshotDay(dialect, entity.name, parameters) : null,
  };
}

/** Back to the day before: the day's own intervals go, and those it closed are open again. */
export function renderUndoDay(
  dialect: BuildDialect,
  { entity, table: name }: Storage,
  { day, open, period }: BuildParameters,
): readonly Fragment[] {
  const table = dialect.table(name);
  const isIn = (column: Fragment): Fragment =>
    entity.lifetime === 'daily'
      ? sql`${PERIOD} = ${value(period)} AND ${column} = ${value(day)}`
      : sql`${column} = ${value(day)}`;
  return [
    sql`DELETE FROM ${table} WHERE ${isIn(FROM_KEY)}`,
    sql`UPDATE ${table} SET ${TO_KEY} = ${value(open)} WHERE ${isIn(TO_KEY)}`,
    renderRemoveSnapshotDay(dialect, entity.name, day),
  ];
}

/** On the first day in a month: closes what is still open at the end of the last one, and repeats it in the new partition. */
export function renderOpenPartition(
  dialect: BuildDialect,
  { columns, table: name }: Storage,
  lastPeriod: number,
  { day, open, period }: BuildParameters,
): readonly Fragment[] {
  const table = dialect.table(name);
  const intervalColumns: readonly string[] = Object.values(INTERVAL_COLUMNS);
  const carried = columnList(
    columns.map((column) => column.name).filter((column) => !intervalColumns.includes(column)),
  );
  const [last, end] = [value(lastPeriod), value(endOfPeriod(lastPeriod))];
  return [
    sql`UPDATE ${table} SET ${TO_KEY} = ${end} WHERE ${PERIOD} = ${last} AND ${TO_KEY} = ${value(open)}`,
    sql`INSERT INTO ${table} (${PERIOD}, ${FROM_KEY}, ${TO_KEY}, ${carried})
SELECT ${value(period)}, ${value(day)}, ${value(open)}, ${carried} FROM ${table} WHERE ${PERIOD} = ${last} AND ${TO_KEY} = ${end}`,
  ];
}

/** The first day of the month after a period (yyyymm): where intervals of the period end at the latest. */
export function endOfPeriod(period: number): DateKey {
  return monthPartitionOf(addDays(period * 100 + 1, 31)) * 100 + 1;
}
