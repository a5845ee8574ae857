// How each lifetime is merged: things that appear, change, disappear and reappear.
import { describe, expect, test } from '@jest/globals';
import { makeModel, type Model } from '../../schema/model.ts';
import { dates } from '../../schema/subjects/dates.ts';
import { userHistories, users } from '../../schema/subjects/users.ts';
import type { Entity, Value } from '../../schema/entity.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness, StagedRow } from '../../src/engines/staging.ts';
import type { MergeCounts } from '../../src/engines/run-journal.ts';
import {
  colourCounts,
  colours,
  groups,
  select,
  smallModel,
  thing,
  thingDays,
  thingHistories,
  things,
  withDataDir,
} from './small-model.ts';

type Harvest = readonly [Entity, readonly StagedRow[], Completeness?];

/** Publishes one run and returns what each merge did. */
function runDay(dataDir: string, day: number, harvests: readonly Harvest[], model: Model = smallModel) {
  const minutePast = new Date(midnightOf(day).getTime() + 60_000);
  const build = openSqliteWarehouse({ dataDir, model }).beginBuild(day, minutePast);
  const merged: Record<string, MergeCounts> = {};
  for (const [entity, rows, completeness = 'complete'] of harvests) {
    build.staging.append(entity, rows);
    merged[entity.name] = build.merge(entity, completeness);
  }
  expect(build.verify().filter(({ isBroken }) => isBroken)).toEqual([]);
  build.publish();
  return merged;
}

const state = (naturalKey: string, thingName: string | null): StagedRow => ({
  values: { thingKey: naturalKey, thingName },
});
const onDay = (naturalKey: string, thingName: string | null, colourKey = 1): StagedRow => ({
  values: { thingKey: naturalKey, thingName, colourKey },
});

describe('current: the latest state', () => {
  const row = (dataDir: string) =>
    select(
      dataDir,
      `SELECT thingKey, thingName, isDeleted, deletedAt, firstSeen, seenUntil, isCurrent, modified
       FROM things WHERE thingId = 'b'`,
    )[0];
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
  const gone = {
    ...born,
    isDeleted: 1,
    deletedAt: '2026-01-03T00:00:00',
    seenUntil: '2026-01-03T00:00:00',
    isCurrent: 0,
    modified: '2026-01-03T00:01:00',
  };

  test('a thing gets its key once, is marked as deleted when it disappears, and is no longer marked when it reappears', () => {
    withDataDir((dataDir) => {
      expect(runDay(dataDir, 20260101, [[things, [thing('b'), thing('a')]]])).toMatchObject({
        things: { seen: 2, inserted: 2, changed: 0, deleted: 0, orphans: 0 },
      });
      expect(row(dataDir)).toEqual(born);
      expect(runDay(dataDir, 20260103, [[things, [thing('a')]]])).toMatchObject({ things: { deleted: 1 } });
      expect(row(dataDir)).toEqual(gone);
      expect(runDay(dataDir, 20260104, [[things, [thing('a')]]])).toMatchObject({ things: { deleted: 0 } });
      expect(row(dataDir)).toEqual(gone);
      runDay(dataDir, 20260105, [[things, [thing('a'), thing('b'), thing('0')]]]);
      expect(row(dataDir)).toEqual({ ...born, modified: '2026-01-05T00:01:00' });
      expect(select(dataDir, `SELECT thingKey FROM things WHERE thingId = '0'`)).toEqual([{ thingKey: 3 }]);
    });
  });

  test('a row is written only when one of its values changed, null and 2^53 + 1 included', () => {
    withDataDir((dataDir) => {
      const last = { thingName: null, bytes: 9_007_199_254_740_993n };
      runDay(dataDir, 20260101, [[things, [thing('a'), thing('b')]]]);
      expect(runDay(dataDir, 20260102, [[things, [thing('b', last), thing('a')]]])).toMatchObject({
        things: { changed: 1 },
      });
      expect(runDay(dataDir, 20260103, [[things, [thing('a'), thing('b', last)]]])).toMatchObject({
        things: { inserted: 0, changed: 0, deleted: 0 },
      });
      expect(row(dataDir)).toEqual({ ...born, thingName: null, modified: '2026-01-02T00:01:00' });
      const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(
        20260104,
        midnightOf(20260104),
      );
      expect([...build.staging.baseRows(things)][1]).toMatchObject({
        ...last,
        thingKey: 2,
        isDeleted: false,
        isCurrent: true,
      });
      build.discard();
    });
  });

  test.each<Completeness>(['partial', 'failed'])(
    'a thing that is absent from a %s harvest is not deleted',
    (completeness) => {
      withDataDir((dataDir) => {
        runDay(dataDir, 20260101, [[things, [thing('a'), thing('b')]]]);
        runDay(dataDir, 20260102, [[things, [], completeness]]);
        expect(row(dataDir)).toEqual(born);
      });
    },
  );

  test('a version stays current until another one is seen, also in a partial harvest', () => {
    const versions = { ...things, versionsOf: 'thingName' } as const;
    const model = makeModel('Versioned', [colours, groups, versions]);
    const version = (of: string, number: number) => thing(`${of}:${number}`, { thingName: of });
    const currentVersions = (dataDir: string) =>
      select(dataDir, 'SELECT thingId FROM things WHERE isCurrent ORDER BY 1').map(({ thingId }) => thingId);
    withDataDir((dataDir) => {
      runDay(dataDir, 20260101, [[versions, [version('a', 1), version('b', 1), version('c', 1)]]], model);
      const seen = [version('a', 2), version('b', 1)];
      expect(runDay(dataDir, 20260102, [[versions, seen, 'partial']], model)).toMatchObject({
        things: { inserted: 1, changed: 0, deleted: 1 },
      });
      expect(currentVersions(dataDir)).toEqual(['a:2', 'b:1', 'c:1']);
      runDay(dataDir, 20260103, [[versions, seen]], model);
      expect(currentVersions(dataDir)).toEqual(['a:2', 'b:1']);
    });
  });

  test('rows of a failed harvest are not merged', () => {
    withDataDir((dataDir) => {
      expect(runDay(dataDir, 20260101, [[things, [thing('a')], 'failed']])).toMatchObject({
        things: { inserted: 0 },
      });
      expect(select(dataDir, 'SELECT * FROM things')).toEqual([]);
    });
  });

  test('of two rows with the same natural key the last one counts', () => {
    withDataDir((dataDir) => {
      const duplicates = Array.from({ length: 250 }, (_, index) => thing('b', { thingName: String(index) }));
      expect(runDay(dataDir, 20260101, [[things, duplicates]])).toMatchObject({
        things: { seen: 1, inserted: 1 },
      });
      expect(row(dataDir)).toMatchObject({ thingName: '249' });
    });
  });

  test('rows of the model are never changed or deleted by a harvest, and keep their key', () => {
    withDataDir((dataDir) => {
      const group = (id: string, groupName: string): StagedRow => ({
        naturalKey: id,
        values: { groupId: id, groupName },
      });
      runDay(dataDir, 20260101, [[groups, [group('0000', 'Unbekannt'), group('g', 'G')]]]);
      runDay(dataDir, 20260102, [[groups, []]]);
      expect(select(dataDir, 'SELECT groupId, groupKey, groupName, isDeleted FROM groups')).toEqual([
        { groupId: '0000', groupKey: -1, groupName: 'None', isDeleted: 0 },
        { groupId: 'g', groupKey: 1, groupName: 'G', isDeleted: 1 },
      ]);
      expect(select(dataDir, 'SELECT colourKey FROM colours')).toEqual([
        { colourKey: -1 },
        { colourKey: 1 },
        { colourKey: 2 },
      ]);
    });
  });
});

describe('references', () => {
  test('become surrogate keys; a broken one becomes null where that is allowed, else -1, and drops the row where it is part of the key', () => {
    withDataDir((dataDir) => {
      const merged = runDay(dataDir, 20260101, [
        [groups, [{ naturalKey: 'g', values: { groupId: 'g', groupName: 'G' } }]],
        [
          things,
          [
            thing('a', { groupKey: 'g', parentKey: 'b' }),
            thing('b', { groupKey: 'nowhere', parentKey: 'nobody' }),
            thing('c', { groupKey: null, parentKey: null }),
          ],
        ],
        [thingDays, [onDay('a', 'A'), onDay('nobody', 'N')]],
      ]);
      expect(select(dataDir, 'SELECT thingKey, groupKey, parentKey FROM things')).toEqual([
        { thingKey: 1, groupKey: 1, parentKey: 2 },
        { thingKey: 2, groupKey: -1, parentKey: null },
        { thingKey: 3, groupKey: -1, parentKey: null },
      ]);
      expect(merged['thingDays']).toMatchObject({ seen: 2, inserted: 1, orphans: 1 });
    });
  });
});

describe('history: states from a first day to a last', () => {
  test('the history of a user has the rows that the vendor documents', () => {
    withDataDir((dataDir) => {
      const model = makeModel('Users', [dates, users, userHistories]);
      const profile: Record<string, Value> = {
        userId: 'john',
        userEmail: 'john@contoso.com',
        userPrincipalName: 'john@contoso.com',
        displayName: 'John Smith',
        intuneLicensed: true,
      };
      const runOn = (day: number, present: boolean): void => {
        runDay(
          dataDir,
          day,
          [
            [users, present ? [{ naturalKey: 'john', values: profile }] : []],
            [userHistories, present ? [{ values: { ...profile, userKey: 'john' } }] : []],
          ],
          model,
        );
      };
      const lifetime = () =>
        select(
          dataDir,
          `SELECT displayName, isDeleted, startDateInclusiveUTC AS start, endDateExclusiveUTC AS end, isCurrent
           FROM userHistories ORDER BY userKey, startDateKey`,
        ).map((row) => Object.values(row).join(' '));

      runOn(20170601, true);
      runOn(20170725, true);
      expect(lifetime()).toEqual(['John Smith 0 2017-06-01T00:00:00 9999-12-31T00:00:00 1']);
      runOn(20170726, false);
      const whileHere = 'John Smith 0 2017-06-01T00:00:00 2017-07-26T00:00:00 0';
      expect(lifetime()).toEqual([whileHere, 'John Smith 1 2017-07-26T00:00:00 9999-12-31T00:00:00 1']);
      runOn(20170830, false);
      runOn(20170831, true);
      expect(lifetime()).toEqual([
        whileHere,
        'John Smith 1 2017-07-26T00:00:00 2017-08-31T00:00:00 0',
        'John Smith 0 2017-08-31T00:00:00 9999-12-31T00:00:00 1',
      ]);
      expect(select(dataDir, 'SELECT userKey, displayName, isDeleted FROM users')).toEqual([
        { userKey: 1, displayName: 'John Smith', isDeleted: 0 },
      ]);
    });
  });

  test('a change closes one state and opens the next; the counts tell new, changed and deleted rows apart', () => {
    withDataDir((dataDir) => {
      const all: Harvest = [things, [thing('a'), thing('b'), thing('c')]];
      runDay(dataDir, 20260101, [all, [thingHistories, [state('a', 'A'), state('b', 'B')]]]);
      expect(
        runDay(dataDir, 20260102, [all, [thingHistories, [state('a', 'AA'), state('c', 'C')]]])[
          'thingHistories'
        ],
      ).toMatchObject({ seen: 2, inserted: 1, changed: 1, deleted: 1 });
      expect(
        select(dataDir, 'SELECT thingKey, startDay, thingName, isDeleted FROM thingHistories').map(
          Object.values,
        ),
      ).toEqual([
        [1, 20260101, 'A', 0],
        [1, 20260102, 'AA', 0],
        [2, 20260101, 'B', 0],
        [2, 20260102, 'B', 1],
        [3, 20260102, 'C', 0],
      ]);
    });
  });
});

describe('daily: one row per thing and day', () => {
  const all: Harvest = [things, [thing('a'), thing('b')]];
  const shown = (dataDir: string) =>
    select(dataDir, 'SELECT dateKey, thingKey, thingName FROM thingDays ORDER BY 1, 2').map((row) =>
      Object.values(row).join(' '),
    );
  const intervals = (dataDir: string) =>
    select(dataDir, 'SELECT period, thingKey, fromKey, toKey FROM thingDaysSpans ORDER BY 1, 2, 3').map(
      (row) => Object.values(row).join(' '),
    );

  test('days without a change share one interval; a missed run and a failed one have no rows', () => {
    withDataDir((dataDir) => {
      runDay(dataDir, 20260110, [all, [thingDays, [onDay('a', 'A'), onDay('b', 'B')]]]);
      runDay(dataDir, 20260112, [all, [thingDays, [onDay('a', 'A')], 'failed']]);
      runDay(dataDir, 20260113, [all, [thingDays, [onDay('a', 'A'), onDay('b', 'B')]]]);
      expect(shown(dataDir)).toEqual(['20260110 1 A', '20260110 2 B', '20260113 1 A', '20260113 2 B']);
      expect(intervals(dataDir)).toEqual(['202601 1 20260110 99991231', '202601 2 20260110 99991231']);
    });
  });

  test('a partial run shows what it did not see as it was before', () => {
    withDataDir((dataDir) => {
      runDay(dataDir, 20260110, [all, [thingDays, [onDay('a', 'A'), onDay('b', 'B')]]]);
      runDay(dataDir, 20260111, [all, [thingDays, [onDay('a', 'AA')], 'partial']]);
      runDay(dataDir, 20260112, [all, [thingDays, [onDay('a', 'AA')]]]);
      expect(shown(dataDir).slice(2)).toEqual(['20260111 1 AA', '20260111 2 B', '20260112 1 AA']);
    });
  });

  test('intervals end with the month and continue in the next, also over a partial first run', () => {
    withDataDir((dataDir) => {
      runDay(dataDir, 20251230, [all, [thingDays, [onDay('a', 'A'), onDay('b', 'B')]]]);
      for (const again of [1, 2]) {
        const merged = runDay(dataDir, 20260102, [all, [thingDays, [onDay('a', `A${again}`)], 'partial']]);
        expect(merged['thingDays']).toMatchObject({ inserted: 0, changed: 1 });
      }
      expect(shown(dataDir)).toEqual(['20251230 1 A', '20251230 2 B', '20260102 1 A2', '20260102 2 B']);
      expect(intervals(dataDir)).toEqual([
        '202512 1 20251230 20260101',
        '202512 2 20251230 20260101',
        '202601 1 20260102 99991231',
        '202601 2 20260102 99991231',
      ]);
    });
  });
});

describe('event: the events of a day', () => {
  test('a second run of the day replaces its rows and no others', () => {
    withDataDir((dataDir) => {
      const counts = (...rows: readonly (readonly [number, number])[]): Harvest => [
        colourCounts,
        rows.map(([colourKey, count]) => ({ values: { colourKey, count } })),
      ];
      runDay(dataDir, 20260101, [counts([1, 10], [2, 20])]);
      runDay(dataDir, 20260102, [counts([1, 11], [2, 21])]);
      runDay(dataDir, 20260102, [counts([1, 12])]);
      expect(select(dataDir, 'SELECT * FROM colourCounts').map(Object.values)).toEqual([
        [20260101, 1, 10],
        [20260101, 2, 20],
        [20260102, 1, 12],
      ]);
    });
  });
});
