// The planner's statistics follow the number of rows, but are not taken in every run.
import { expect, test } from '@jest/globals';
import { addDays, midnightOf, type DateKey } from '../../src/base/date-key.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { select, smallModel, thing, thingDays, things, withDataDir } from './small-model.ts';

const FIRST: DateKey = 20260101;

function runDay(dataDir: string, day: DateKey, first: DateKey | null = null): void {
  const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
  build.staging.append(things, [thing('a')]);
  build.staging.append(thingDays, [{ values: { thingKey: 'a', thingName: 'a', colourKey: 1 } }]);
  build.merge(things, 'complete');
  build.merge(thingDays, 'complete');
  if (first !== null) build.trim(thingDays, first);
  build.publish();
}

/** The number of days in the planner's statistics. */
const countedDays = (dataDir: string): unknown =>
  select(dataDir, `SELECT CAST(stat AS INTEGER) AS n FROM sqlite_stat1 WHERE tbl = 'snapshotDays'`)[0]?.['n'];

test('statistics are taken when there is a tenth more to count, and when days were removed', () => {
  withDataDir((dataDir) => {
    const known: unknown[] = [];
    for (let days = 0; days < 24; days += 1) {
      runDay(dataDir, addDays(FIRST, days));
      known.push(countedDays(dataDir));
    }
    expect(known).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 12, 12, 14, 14, 16, 16, 18, 18, 20, 20, 20, 23, 23,
    ]);
    runDay(dataDir, addDays(FIRST, 40), addDays(FIRST, 40));
    expect(countedDays(dataDir)).toBe(2);
  });
});
