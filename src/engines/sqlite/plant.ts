// Rows that are there before any harvest: lookups, and the calendar.
import { calendarRows } from '../../../schema/calendar.ts';
import { quoted } from '../../../schema/derive/ddl.ts';
import { storageOf } from '../../../schema/derive/storage.ts';
import { dates } from '../../../schema/subjects/dates.ts';
import type { Entity, Row } from '../../../schema/words.ts';
import { columns, differ } from './merge/comparison.ts';
import type { Night } from './merge/night.ts';
import { fixedValue } from './merge/resolve.ts';

const CALENDAR_BEGINS = 2016;
const CALENDAR_YEARS_AHEAD = 5;

/** Lookups as the model has them, and the calendar to five years after the night. */
export function plantModel(night: Night): void {
  const horizon = night.parameters.day + CALENDAR_YEARS_AHEAD * 10_000;
  for (const entity of night.model.entities.values()) {
    plantRows(
      night,
      entity,
      entity.name === dates.name ? calendarRows(CALENDAR_BEGINS, horizon) : (entity.rows ?? []),
    );
  }
}

/** Adds the rows and corrects those that read otherwise; rows of the past that the model no longer has stay. */
function plantRows(night: Night, entity: Entity, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  if (entity.lifetime !== 'current')
    throw new TypeError(`${entity.name}: only current collections have fixed rows.`);
  const names = Object.keys(entity.properties);
  const said = names.filter((name) => !entity.key.includes(name));
  const correction = said.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ');
  const conflict =
    said.length === 0 ? 'NOTHING' : `UPDATE SET ${correction} WHERE ${differ(said, 't', 'excluded')}`;
  const insert = night.database.prepare(
    `INSERT INTO ${quoted(entity.name)} AS t (${columns(names)}) VALUES (${names.map(() => '?').join(', ')})
     ON CONFLICT (${columns(entity.key)}) DO ${conflict}`,
  );
  for (const row of rows) insert.run(names.map((name) => fixedValue(row[name])));
  reserveKeys(night, entity, rows);
}

// A source may list the very thing that a fixed row stands for, such as the category of all zeros: it has that row's key.
function reserveKeys({ database }: Night, entity: Entity, rows: readonly Row[]): void {
  const surrogate = storageOf(entity).roles.get('surrogate');
  if (surrogate === undefined) return;
  const [key, ...more] = entity.key;
  const reserve = database.prepare(
    'INSERT OR REPLACE INTO surrogateKeys (entity, natural, key) VALUES (?, ?, ?)',
  );
  if (key !== undefined && key !== surrogate && more.length === 0) {
    for (const row of rows) reserve.run(entity.name, String(row[key]), fixedValue(row[surrogate]));
  }
  database
    .prepare(
      `INSERT INTO surrogateSequences (entity, last) VALUES (?, ?)
       ON CONFLICT (entity) DO UPDATE SET last = max(last, excluded.last)`,
    )
    .run(entity.name, Math.max(0, ...rows.map((row) => Number(row[surrogate]))));
}
