// The merge of collections that remember: a span ends where something changed, and the next begins there.
import { quoted } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { Completeness } from '../../stage.ts';
import { columns, differ, same } from './comparison.ts';
import { type Effect, type Night, type Sight, cutOf } from './night.ts';

/** Nothing that a day before this night shows is ever touched. */
export function mergeSpans(
  night: Night,
  storage: Storage,
  { things, news }: Sight,
  completeness: Completeness,
): Effect {
  const { identity, attributes } = storage;
  const table = quoted(storage.table);
  const run = runner(night, storage);
  if (night.again) undoNight(night, storage);
  const daily = storage.entity.lifetime === 'daily';
  if (daily) carryOver(night, storage);

  const open = `${daily ? 's.period = @period AND ' : ''}s.toKey = @open`;
  const unseen = `${open} AND NOT EXISTS (SELECT 1 FROM ${things} r WHERE ${same(identity, 's', 'r')})`;
  // Where deletion is something to tell, what vanished is staged as deleted, and changes like anything else.
  const tombstone = storage.roles.get('deleted');
  const vanish = (): number =>
    tombstone === undefined
      ? run(`UPDATE ${table} AS s SET toKey = @day WHERE ${unseen}`)
      : run(
          `INSERT INTO ${news} (${columns([...identity, ...attributes])})
           SELECT ${[...identity, ...attributes].map((name) => (name === tombstone ? '1' : `s.${quoted(name)}`)).join(', ')}
           FROM ${table} s WHERE ${unseen} AND NOT s.${quoted(tombstone)}`,
        );
  const deleted = completeness === 'complete' ? vanish() : 0;

  const closed = run(
    `UPDATE ${table} AS s SET toKey = @day FROM ${news} r
     WHERE ${open} AND ${same(identity, 's', 'r')} AND ${differ(attributes, 's', 'r')}`,
  );
  // What was carried over this very night and then changed never held on any day.
  if (daily) run(`DELETE FROM ${table} WHERE period = @period AND fromKey = @day AND toKey = @day`);

  const opened = run(
    `INSERT INTO ${table} (${columns([...identity, ...attributes, 'fromKey', 'toKey'])})
     SELECT ${columns([...identity, ...attributes], 'r')}, @day, @open
     FROM ${news} r
     WHERE NOT EXISTS (SELECT 1 FROM ${table} s WHERE ${same(identity, 's', 'r')} AND s.toKey = @open)`,
  );
  if (daily) {
    run(
      `INSERT OR IGNORE INTO snapshotDays (collection, dateKey, period) VALUES (@collection, @day, @period)`,
    );
  }
  const changed = tombstone === undefined ? closed : closed - deleted;
  return { inserted: opened - closed, changed, deleted };
}

/** Back to the evening before: the night's own spans go, and those it closed hold again. */
function undoNight(night: Night, storage: Storage): void {
  const table = quoted(storage.table);
  const run = runner(night, storage);
  const frame = storage.entity.lifetime === 'daily' ? 'period = @period AND ' : '';
  run(`DELETE FROM ${table} WHERE ${frame}fromKey = @day`);
  run(`UPDATE ${table} SET toKey = @open WHERE ${frame}toKey = @day`);
  run(`DELETE FROM snapshotDays WHERE collection = @collection AND dateKey = @day`);
}

/** On the first night in a month, cuts what still holds at the month's end and repeats it in the new frame. */
function carryOver(night: Night, storage: Storage): void {
  const run = runner(night, storage);
  const { period } = night.parameters;
  const last = night.database
    .prepare<[string, number], number | null>(
      'SELECT max(period) FROM snapshotDays WHERE collection = ? AND dateKey < ?',
    )
    .pluck()
    .get(storage.entity.name, night.parameters.day);
  if (last === undefined || last === null || last === period) return;
  const table = quoted(storage.table);
  const frame = { last, cut: cutOf(last) };
  run(`UPDATE ${table} SET toKey = @cut WHERE period = @last AND toKey = @open`, frame);
  const carried = storage.columns.map(({ name }) => name).filter((name) => !(name in FRAME));
  run(
    `INSERT INTO ${table} (period, fromKey, toKey, ${columns(carried)})
     SELECT @period, @day, @open, ${columns(carried)} FROM ${table} WHERE period = @last AND toKey = @cut`,
    frame,
  );
}

const FRAME = { period: true, fromKey: true, toKey: true };

function runner({ database, parameters }: Night, { entity }: Storage) {
  return (sql: string, more: Readonly<Record<string, number>> = {}): number =>
    database.prepare(sql).run({ ...parameters, ...more, collection: entity.name }).changes;
}
