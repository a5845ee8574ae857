// The integrity check of a published file finds what is wrong on any of its days, not only on the last.
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { makeModel } from '../../schema/model.ts';
import { dates } from '../../schema/subjects/dates.ts';
import { verifyIntegrity } from '../../src/engines/sqlite/verify/verify-integrity.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { smallModel, thing, thingDays, thingHistories, things, withDataDir } from './small-model.ts';

const model = makeModel('Small', [dates, ...smallModel.entities.values()]);
const noon = new Date('2026-01-01T12:00:00Z');

/** What the check finds in two months of one thing that changes its colour every day, after the damage. */
function verifyDamaged(damage: string, by = model): ReturnType<typeof verifyIntegrity> {
  return withDataDir((dataDir) => {
    const warehouse = openSqliteWarehouse({ dataDir, model });
    for (const [index, day] of [20260130, 20260131, 20260201, 20260202].entries()) {
      const build = warehouse.beginBuild(day, noon);
      const colourKey = 1 + (index % 2);
      build.staging.append(things, [thing('a', { colourKey })]);
      build.staging.append(thingHistories, [{ values: { thingKey: 'a', thingName: `name ${index}` } }]);
      build.staging.append(thingDays, [{ values: { thingKey: 'a', thingName: null, colourKey } }]);
      for (const entity of [things, thingHistories, thingDays]) build.merge(entity, 'complete');
      expect(build.verify()).toEqual([]);
      build.publish();
    }
    const { path } = listGenerationFiles(dataDir)[0]!;
    const database = new Database(path);
    database.exec(damage);
    database.close();
    return verifyIntegrity(path, by);
  });
}

describe('the integrity check', () => {
  test('finds nothing wrong with a published file, and counts its rows', () => {
    const { generation, findings: problems, rows } = verifyDamaged('');
    expect(generation).toMatchObject({ id: 4, dateKey: 20260202 });
    expect(problems).toEqual([]);
    expect(Object.fromEntries(rows!)).toMatchObject({ things: 1, thingHistories: 4, thingDays: 4 });
  });

  test.each([
    [
      'UPDATE thingDaysSpans SET toKey = 20260301 WHERE fromKey = 20260130',
      'validity intervals overlap or end before',
    ],
    [
      'UPDATE thingDaysSpans SET toKey = 20260202 WHERE fromKey = 20260131',
      'validity intervals reach beyond their month',
    ],
    [
      'UPDATE thingDaysSpans SET toKey = 99991231 WHERE fromKey = 20260131',
      'validity intervals reach beyond their month',
    ],
    [
      'UPDATE thingDaysSpans SET colourKey = 9 WHERE fromKey = 20260130',
      'colourKey that colours does not know',
    ],
    [
      'UPDATE thingHistoriesSpans SET toKey = 20260202 WHERE fromKey = 20260130',
      'thingHistories: validity intervals overlap',
    ],
    ['DELETE FROM colours WHERE colourId = 2', 'colours: rows of the lookup are missing (1).'],
  ])('finds what %s does to past days', (damage, message) => {
    const { findings: problems } = verifyDamaged(damage);
    expect(problems.map((each) => each.message)).toContainEqual(expect.stringContaining(message));
  });

  test('reports a file without a generation as damaged', () => {
    expect(verifyDamaged('DELETE FROM generation')).toEqual({
      generation: null,
      findings: [{ collection: '', message: 'The file is damaged: it holds no generation.', isBroken: true }],
      rows: null,
    });
  });

  test('checks only the pages of a file that another release made', () => {
    const other = makeModel('Small', [dates]);
    expect(verifyDamaged('DROP TABLE colours', other)).toMatchObject({ findings: [], rows: null });
  });
});
