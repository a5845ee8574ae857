// Seeds the rows that need no harvest: lookups, and the calendar.
import { calendarRows } from '../../../../schema/calendar-rows.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { dates } from '../../../../schema/subjects/dates.ts';
import type { Entity, Row } from '../../../../schema/entity.ts';
import {
  renderReserveKey,
  renderReserveSequence,
  renderSeedRow,
} from '../../../sql/build/schema/reference-data.ts';
import { execute, prepareForRows } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
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
  const seed = prepareForRows(context.database, renderSeedRow(SQLITE_BUILD_DIALECT, entity));
  for (const row of rows) seed.run(names.map((name) => toStoredValue(row[name])));
  reserveSurrogateKeys(context, entity, rows);
}

// A source may list the instance of a fixed row, such as the category with the id of all zeros: it gets that row's key.
function reserveSurrogateKeys({ database }: BuildContext, entity: Entity, rows: readonly Row[]): void {
  const surrogate = storageOf(entity).roles.get('surrogate');
  if (surrogate === undefined) return;
  const [key, ...more] = entity.key;
  if (key !== undefined && key !== surrogate && more.length === 0) {
    const reserve = prepareForRows(database, renderReserveKey(SQLITE_BUILD_DIALECT, entity));
    for (const row of rows) reserve.run([String(row[key]), toStoredValue(row[surrogate])]);
  }
  const last = Math.max(0, ...rows.map((row) => Number(row[surrogate])));
  execute(database, renderReserveSequence(SQLITE_BUILD_DIALECT, entity, last));
}
