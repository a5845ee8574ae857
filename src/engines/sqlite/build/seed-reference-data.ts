// Seeds the rows that need no harvest: lookups, and the calendar.
import { calendarRows } from '../../../../schema/calendar-rows.ts';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { dates } from '../../../../schema/subjects/dates.ts';
import type { Entity, Row } from '../../../../schema/entity.ts';
import { columnList, columnsDiffer } from '../sql-columns.ts';
import type { BuildContext } from './build-context.ts';
import { toStoredValue } from '../merge/resolve-staged-input.ts';

const CALENDAR_FIRST_YEAR = 2016;
const CALENDAR_YEARS_AHEAD = 5;

/** The rows of the model's lookups, and the calendar up to five years after the day of the run. */
export function seedReferenceData(context: BuildContext): void {
  const horizon = context.parameters.day + CALENDAR_YEARS_AHEAD * 10_000;
  for (const entity of context.model.entities.values()) {
    seedRows(
      context,
      entity,
      entity.name === dates.name ? calendarRows(CALENDAR_FIRST_YEAR, horizon) : (entity.rows ?? []),
    );
  }
}

/** Inserts or updates the rows. Rows that are no longer in the model stay, since history may refer to them. */
function seedRows(context: BuildContext, entity: Entity, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  if (entity.lifetime !== 'current')
    throw new TypeError(`${entity.name}: only current collections have fixed rows.`);
  const names = Object.keys(entity.properties);
  const nonKeyColumns = names.filter((name) => !entity.key.includes(name));
  const assignments = nonKeyColumns
    .map((name) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`)
    .join(', ');
  const conflict =
    nonKeyColumns.length === 0
      ? 'NOTHING'
      : `UPDATE SET ${assignments} WHERE ${columnsDiffer(nonKeyColumns, 't', 'excluded')}`;
  const insert = context.database.prepare(
    `INSERT INTO ${quoteIdentifier(entity.name)} AS t (${columnList(names)}) VALUES (${names.map(() => '?').join(', ')})
     ON CONFLICT (${columnList(entity.key)}) DO ${conflict}`,
  );
  for (const row of rows) insert.run(names.map((name) => toStoredValue(row[name])));
  reserveSurrogateKeys(context, entity, rows);
}

// A source may list the instance of a fixed row, such as the category with the id of all zeros: it gets that row's key.
function reserveSurrogateKeys({ database }: BuildContext, entity: Entity, rows: readonly Row[]): void {
  const surrogate = storageOf(entity).roles.get('surrogate');
  if (surrogate === undefined) return;
  const [key, ...more] = entity.key;
  const reserve = database.prepare(
    'INSERT OR REPLACE INTO surrogateKeys (entity, natural, key) VALUES (?, ?, ?)',
  );
  if (key !== undefined && key !== surrogate && more.length === 0) {
    for (const row of rows) reserve.run(entity.name, String(row[key]), toStoredValue(row[surrogate]));
  }
  database
    .prepare(
      `INSERT INTO surrogateSequences (entity, last) VALUES (?, ?)
       ON CONFLICT (entity) DO UPDATE SET last = max(last, excluded.last)`,
    )
    .run(entity.name, Math.max(0, ...rows.map((row) => Number(row[surrogate]))));
}
