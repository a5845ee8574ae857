// The merge of collections that remember: a span ends where something changed, and the next begins there.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { Completeness } from '../../staging.ts';
import { columnList, columnsDiffer, columnsEqual } from '../sql-columns.ts';
import {
  type RowChanges,
  type BuildContext,
  type ResolvedTables,
  endOfPeriod,
} from '../build/build-context.ts';

/** Nothing that a day before this night shows is ever touched. */
export function mergeScd2(
  context: BuildContext,
  storage: Storage,
  { stagedKeys, changedRows }: ResolvedTables,
  completeness: Completeness,
): RowChanges {
  const { identity, attributes } = storage;
  const table = quoteIdentifier(storage.table);
  const runUpdate = updateRunner(context, storage);
  if (context.isRerun) undoDay(context, storage);
  const isDaily = storage.entity.lifetime === 'daily';
  if (isDaily) openNextPartition(context, storage);

  const isOpen = `${isDaily ? 's.period = @period AND ' : ''}s.toKey = @open`;
  const notStaged = `${isOpen} AND NOT EXISTS (SELECT 1 FROM ${stagedKeys} r WHERE ${columnsEqual(identity, 's', 'r')})`;
  // Where deletion is something to tell, what vanished is staged as deleted, and changes like anything else.
  const deletedColumn = storage.roles.get('deleted');
  const closeVanished = (): number =>
    deletedColumn === undefined
      ? runUpdate(`UPDATE ${table} AS s SET toKey = @day WHERE ${notStaged}`)
      : runUpdate(
          `INSERT INTO ${changedRows} (${columnList([...identity, ...attributes])})
           SELECT ${[...identity, ...attributes].map((name) => (name === deletedColumn ? '1' : `s.${quoteIdentifier(name)}`)).join(', ')}
           FROM ${table} s WHERE ${notStaged} AND NOT s.${quoteIdentifier(deletedColumn)}`,
        );
  const deleted = completeness === 'complete' ? closeVanished() : 0;

  const closed = runUpdate(
    `UPDATE ${table} AS s SET toKey = @day FROM ${changedRows} r
     WHERE ${isOpen} AND ${columnsEqual(identity, 's', 'r')} AND ${columnsDiffer(attributes, 's', 'r')}`,
  );
  // What was carried over this very night and then changed never held on any day.
  if (isDaily) runUpdate(`DELETE FROM ${table} WHERE period = @period AND fromKey = @day AND toKey = @day`);

  const opened = runUpdate(
    `INSERT INTO ${table} (${columnList([...identity, ...attributes, 'fromKey', 'toKey'])})
     SELECT ${columnList([...identity, ...attributes], 'r')}, @day, @open
     FROM ${changedRows} r
     WHERE NOT EXISTS (SELECT 1 FROM ${table} s WHERE ${columnsEqual(identity, 's', 'r')} AND s.toKey = @open)`,
  );
  if (isDaily) {
    runUpdate(
      `INSERT OR IGNORE INTO snapshotDays (collection, dateKey, period) VALUES (@collection, @day, @period)`,
    );
  }
  const changed = deletedColumn === undefined ? closed : closed - deleted;
  return { inserted: opened - closed, changed, deleted };
}

/** Back to the evening before: the night's own spans go, and those it closed hold again. */
function undoDay(context: BuildContext, storage: Storage): void {
  const table = quoteIdentifier(storage.table);
  const runUpdate = updateRunner(context, storage);
  const partition = storage.entity.lifetime === 'daily' ? 'period = @period AND ' : '';
  runUpdate(`DELETE FROM ${table} WHERE ${partition}fromKey = @day`);
  runUpdate(`UPDATE ${table} SET toKey = @open WHERE ${partition}toKey = @day`);
  runUpdate(`DELETE FROM snapshotDays WHERE collection = @collection AND dateKey = @day`);
}

/** On the first night in a month, cuts what still holds at the month's end and repeats it in the new frame. */
function openNextPartition(context: BuildContext, storage: Storage): void {
  const runUpdate = updateRunner(context, storage);
  const { period } = context.parameters;
  const lastPeriod = context.database
    .prepare<[string, number], number | null>(
      'SELECT max(period) FROM snapshotDays WHERE collection = ? AND dateKey < ?',
    )
    .pluck()
    .get(storage.entity.name, context.parameters.day);
  if (lastPeriod === undefined || lastPeriod === null || lastPeriod === period) return;
  const table = quoteIdentifier(storage.table);
  const partition = { last: lastPeriod, cut: endOfPeriod(lastPeriod) };
  runUpdate(`UPDATE ${table} SET toKey = @cut WHERE period = @last AND toKey = @open`, partition);
  const carriedColumns = storage.columns
    .map(({ name }) => name)
    .filter((name) => !(name in INTERVAL_COLUMNS));
  runUpdate(
    `INSERT INTO ${table} (period, fromKey, toKey, ${columnList(carriedColumns)})
     SELECT @period, @day, @open, ${columnList(carriedColumns)} FROM ${table} WHERE period = @last AND toKey = @cut`,
    partition,
  );
}

const INTERVAL_COLUMNS = { period: true, fromKey: true, toKey: true };

function updateRunner({ database, parameters }: BuildContext, { entity }: Storage) {
  return (sql: string, extraParameters: Readonly<Record<string, number>> = {}): number =>
    database.prepare(sql).run({ ...parameters, ...extraParameters, collection: entity.name }).changes;
}
