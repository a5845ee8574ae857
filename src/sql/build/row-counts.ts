// How many rows a collection has, before a build's merges and after them: the volume check compares the two.
import { INTERVAL_COLUMNS, type Storage } from '../../../schema/derive/storage.ts';
import { identifier, sql, value, type Fragment } from '../fragment.ts';
import type { BuildDialect } from './build-dialect.ts';
import type { BuildParameters } from './build-parameters.ts';
import { STORED_FALSE } from './columns.ts';
import { TO_KEY } from './schema/interval-columns.ts';
import { renderLastSnapshotDay, renderSnapshotDay } from './merge/snapshot-days.ts';

/** `before`: of the last snapshot day before the build's; `after`: of the build's own. */
export type CountedState = 'before' | 'after';

/**
 * Null for events, which come and go, and for collections with several rows an instance: a setting that is rolled out may
 * add a row to every device. The statement yields no row where a daily collection has no such day.
 */
export function renderRowCount(
  dialect: BuildDialect,
  { entity, table: name, roles, identity }: Storage,
  { day, open }: BuildParameters,
  state: CountedState,
): Fragment | null {
  if (identity.filter((each) => each !== INTERVAL_COLUMNS.period).length > 1) return null;
  const table = dialect.table(name);
  const deleted = roles.get('deleted');
  const isPresent = deleted === undefined ? sql`TRUE` : sql`${identifier(deleted)} = ${STORED_FALSE}`;
  switch (entity.lifetime) {
    case 'current':
      return sql`SELECT count(*) FROM ${table} WHERE ${isPresent}`;
    case 'history':
      return sql`SELECT count(*) FROM ${table} WHERE ${TO_KEY} = ${value(open)} AND ${isPresent}`;
    case 'daily': {
      const counted =
        state === 'before'
          ? renderLastSnapshotDay(dialect, entity.name, day)
          : renderSnapshotDay(dialect, entity.name, day);
      const rows = sql`SELECT count(*) FROM ${dialect.table(entity.name)} WHERE ${identifier(roles.get('day') ?? '')} = d."day"`;
      return sql`SELECT (${rows}) FROM (SELECT (${counted}) AS "day") d WHERE d."day" IS NOT NULL`;
    }
    case 'event':
      return null;
  }
}
