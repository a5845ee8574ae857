// What each lifetime makes of things that come, change, go and come back.
import { describe, expect, test } from '@jest/globals';
import { makeModel } from '../../schema/model.ts';
import { userHistories, users } from '../../schema/subjects/users.ts';
import { dates } from '../../schema/subjects/dates.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness, Merged, StagedRow } from '../../src/engines/stage.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { colourCounts, groups, select, smallModel, thingDays, thingHistories, things, withDataDir } from './stage-small-model.ts';
import type { Entity } from '../../schema/words.ts';

type Harvest = readonly [Entity, readonly StagedRow[], Completeness?];

function night(dataDir: string, day: number, ...harvests: readonly Harvest[]): Record<string, Merged> {
  const stage = openSqliteWarehouse({ dataDir, model: smallModel }).begin(day, new Date(midnightOf(day).getTime() + 60_000));
  for (const [entity, rows] of harvests) stage.append(entity, rows);
  const merged = harvests.map(([entity, , completeness]) => stage.merge(entity, completeness ?? 'complete'));
  expect(stage.verify()).toEqual([]);
  stage.publish();
  return Object.fromEntries(merged.map((each) => [each.entity, each]));
}

const thing = (natural: string, values: Partial<Record<string, string | number | bigint | null>> = {}): StagedRow => ({
  natural,
  values: { thingId: natural, thingName: natural, bytes: null, colourKey: 1, groupKey: null, parentKey: null, ...values },
});

describe('the latest state', () => {
  test('a thing comes, changes, goes and comes back under the same key', () => {
    withDataDir((dataDir) => {
      const row = () =>
        select(dataDir, `SELECT thingKey, thingName, isDeleted, deletedAt, firstSeen, seenUntil, isCurrent, modified FROM things WHERE thingId = 'b'`)[0];
      expect(night(dataDir, 20260101, [things, [thing('b'), thing('a')]])['things']).toMatchObject({ seen: 2, inserted: 2 });
      const born = {
        thingKey: 2,
        thingName: 'b',
        isDeleted: 0,
        deletedAt: null,
        firstSeen: '2026-01-01T00:00:00',
        seenUntil: '9999-12-31T00:00:00',
        isCurrent: 1,
        modified: '2026-01-01T00:01:00',
      };
      expect(row()).toEqual(born);
      expect(night(dataDir, 20260102, [things, [thing('a'), thing('b')]])['things']).toMatchObject({ inserted: 0, changed: 0 });
      expect(row()).toEqual(born);
      expect(night(dataDir, 20260103, [things, [thing('a'), thing('b', { thingName: 'B' })]])['things']).toMatchObject({ changed: 1 });
      expect(row()).toEqual({ ...born, thingName: 'B', modified: '2026-01-03T00:01:00' });
      expect(night(dataDir, 20260104, [things, [thing('a')]])['things']).toMatchObject({ deleted: 1 });
      const gone = {
        ...born,
        thingName: 'B',
        isDeleted: 1,
        deletedAt: '2026-01-04T00:00:00',
        seenUntil: '2026-01-04T00:00:00',
        isCurrent: 0,
        modified: '2026-01-04T00:01:00',
      };
      expect(row()).toEqual(gone);
      night(dataDir, 20260105, [things, [thing('a')]]);
      expect(row()).toEqual(gone);
      expect(night(dataDir, 20260106, [things, [thing('a'), thing('b', { thingName: 'B' })]])['things']).toMatchObject({ inserted: 0, changed: 1 });
      expect(row()).toEqual({ ...born, thingName: 'B', modified: '2026-01-06T00:01:00' });
    });
  });
});
