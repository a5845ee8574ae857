// How many rows stand in each collection, before a night and with it: what a jump is measured by.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf, INTERVAL_COLUMNS, type Storage } from '../../../../schema/derive/storage.ts';
import type { BuildContext } from '../build/build-context.ts';

/**
 * Rows by collection. Not in it are collections that have no day to count, happenings, which come and go, and what is
 * said several times of a thing: a setting that is rolled out may add a row to every device, or take it away.
 */
export type RowCounts = ReadonlyMap<string, number>;

/** Before the night's merges: things that are there, states that hold, rows of the last day before this one. */
export function countRowsBefore(context: BuildContext): RowCounts {
  return countRows(
    context,
    '(SELECT max(dateKey) FROM snapshotDays WHERE collection = @collection AND dateKey < @day)',
  );
}

/** After the night's merges. */
export function countRowsAfter(context: BuildContext): RowCounts {
  return countRows(
    context,
    '(SELECT dateKey FROM snapshotDays WHERE collection = @collection AND dateKey = @day)',
  );
}

function countRows({ database, model, parameters }: BuildContext, day: string): RowCounts {
  const counted = [...model.entities.values()].flatMap((entity): [string, number][] => {
    const sql = countSql(storageOf(entity), day);
    if (sql === null) return [];
    const rows = database
      .prepare<[object], number | null>(sql)
      .pluck()
      .get({ ...parameters, collection: entity.name });
    return rows === undefined || rows === null ? [] : [[entity.name, rows]];
  });
  return new Map(counted);
}

function countSql({ entity, table, roles, identity }: Storage, day: string): string | null {
  if (identity.filter((name) => name !== INTERVAL_COLUMNS.period).length > 1) return null;
  const deleted = roles.get('deleted');
  const isPresent = deleted === undefined ? 'TRUE' : `NOT ${quoteIdentifier(deleted)}`;
  switch (entity.lifetime) {
    case 'current':
      return `SELECT count(*) FROM ${quoteIdentifier(table)} WHERE ${isPresent}`;
    case 'history':
      return `SELECT count(*) FROM ${quoteIdentifier(table)} WHERE toKey = @open AND ${isPresent}`;
    case 'daily':
      return `SELECT (SELECT count(*) FROM ${quoteIdentifier(entity.name)} WHERE ${quoteIdentifier(roles.get('day') ?? '')} = d.day)
        FROM (SELECT ${day} AS day) d WHERE d.day IS NOT NULL`;
    case 'event':
      return null;
  }
}
