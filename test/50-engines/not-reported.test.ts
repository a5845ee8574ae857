// What a source does not tell: a supplement tells it, or what was known stays, in every lifetime that remembers.
import { describe, expect, test } from '@jest/globals';
import type { Entity } from '../../schema/entity.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { NOT_REPORTED, type Completeness, type StagedRow } from '../../src/engines/staging.ts';
import {
  colourCounts,
  select,
  smallModel,
  thing,
  thingDays,
  thingHistories,
  things,
  withDataDir,
} from './small-model.ts';

interface Brought {
  readonly rows: readonly StagedRow[];
  readonly supplement?: readonly StagedRow[];
  readonly completeness?: Completeness;
}

/** One published night of things and what they were like, each with or without a supplement. */
function night(dataDir: string, day: number, brought: readonly (readonly [Entity, Brought])[]): void {
  const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
  for (const [entity, { rows, supplement, completeness = 'complete' }] of brought) {
    if (supplement) build.staging.enrich(entity, supplement);
    build.staging.append(entity, rows);
    build.merge(entity, completeness);
  }
  expect(build.verify()).toEqual([]);
  build.publish();
}

const untold = (natural: string): StagedRow =>
  thing(natural, { thingName: NOT_REPORTED, bytes: NOT_REPORTED });
const told = (natural: string, values: StagedRow['values']): StagedRow => ({ naturalKey: natural, values });
const onNight = (natural: string, thingName: StagedRow['values'][string]): StagedRow => ({
  values: { thingKey: natural, thingName, colourKey: 1 },
});

describe('a latest state', () => {
  const row = (dataDir: string) =>
    select(dataDir, `SELECT thingName, bytes, modified FROM things WHERE thingId = 'a'`)[0];

  test('keeps what an earlier night told, and is not written for it', () =>
    withDataDir((dataDir) => {
      night(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: 7 })] }]]);
      night(dataDir, 20260102, [[things, { rows: [untold('a'), untold('b')] }]]);
      expect(row(dataDir)).toEqual({ thingName: 'a', bytes: 7, modified: '2026-01-01T00:00:00' });
      expect(select(dataDir, `SELECT thingName, bytes FROM things WHERE thingId = 'b'`)).toEqual([
        { thingName: null, bytes: null },
      ]);
    }));

  test('takes null for an answer where it is told', () =>
    withDataDir((dataDir) => {
      night(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: 7 })] }]]);
      night(dataDir, 20260102, [[things, { rows: [thing('a', { bytes: null, thingName: NOT_REPORTED })] }]]);
      expect(row(dataDir)).toMatchObject({ thingName: 'a', bytes: null });
    }));

  test('is filled by supplements, column by column, the last told winning', () =>
    withDataDir((dataDir) => {
      night(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: 7 })] }]]);
      night(dataDir, 20260102, [
        [
          things,
          {
            rows: [untold('a')],
            supplement: [
              told('a', { thingName: 'first', bytes: 8n }),
              told('a', { thingName: 'second' }),
              told('a', { thingName: NOT_REPORTED }),
            ],
          },
        ],
      ]);
      expect(row(dataDir)).toEqual({ thingName: 'second', bytes: 8, modified: '2026-01-02T00:00:00' });
    }));

  test('is what its own source says, whatever a supplement tells', () =>
    withDataDir((dataDir) => {
      const supplement = [told('a', { thingName: 'other', bytes: null })];
      night(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: NOT_REPORTED })], supplement }]]);
      expect(row(dataDir)).toMatchObject({ thingName: 'a', bytes: null });
    }));

  test('is neither made nor kept alive by a supplement', () =>
    withDataDir((dataDir) => {
      night(dataDir, 20260101, [[things, { rows: [thing('a'), thing('b')] }]]);
      const supplement = [told('b', { bytes: 9 }), told('stranger', { bytes: 9 })];
      night(dataDir, 20260102, [[things, { rows: [thing('a')], supplement }]]);
      expect(select(dataDir, 'SELECT thingId, bytes, isDeleted FROM things ORDER BY thingId')).toEqual([
        { thingId: 'a', bytes: null, isDeleted: 0 },
        { thingId: 'b', bytes: null, isDeleted: 1 },
      ]);
    }));
});

describe('a state on each night', () => {
  const days = (dataDir: string) =>
    select(dataDir, 'SELECT dateKey, thingName FROM thingDays ORDER BY dateKey').map(Object.values);

  test('goes on as it was known, also into the next month and when the night is run again', () =>
    withDataDir((dataDir) => {
      const a: readonly [Entity, Brought] = [things, { rows: [thing('a')] }];
      night(dataDir, 20260130, [a, [thingDays, { rows: [onNight('a', 'known')] }]]);
      night(dataDir, 20260131, [a, [thingDays, { rows: [onNight('a', NOT_REPORTED)] }]]);
      night(dataDir, 20260201, [a, [thingDays, { rows: [onNight('a', NOT_REPORTED)] }]]);
      night(dataDir, 20260201, [a, [thingDays, { rows: [onNight('a', NOT_REPORTED)] }]]);
      const supplement = [{ values: { thingKey: 'a', thingName: 'told again' } }];
      night(dataDir, 20260202, [a, [thingDays, { rows: [onNight('a', NOT_REPORTED)], supplement }]]);
      expect(days(dataDir)).toEqual([
        [20260130, 'known'],
        [20260131, 'known'],
        [20260201, 'known'],
        [20260202, 'told again'],
      ]);
      expect(select(dataDir, 'SELECT count(*) AS spans FROM thingDaysSpans')).toEqual([{ spans: 3 }]);
    }));

  test('that refers to nobody is an orphan as ever', () =>
    withDataDir((dataDir) => {
      night(dataDir, 20260101, [[thingDays, { rows: [onNight('nobody', NOT_REPORTED)] }]]);
      expect(days(dataDir)).toEqual([]);
    }));
});

test('a history goes on as it was known', () =>
  withDataDir((dataDir) => {
    const a: readonly [Entity, Brought] = [things, { rows: [thing('a')] }];
    const state = (thingName: StagedRow['values'][string]): readonly [Entity, Brought] => [
      thingHistories,
      { rows: [{ values: { thingKey: 'a', thingName } }] },
    ];
    night(dataDir, 20260101, [a, state('known')]);
    night(dataDir, 20260102, [a, state(NOT_REPORTED)]);
    expect(select(dataDir, 'SELECT startDay, thingName, isCurrent FROM thingHistories')).toEqual([
      { startDay: 20260101, thingName: 'known', isCurrent: 1 },
    ]);
  }));

test.each<[string, Entity, StagedRow]>([
  ['what may not be null', things, thing('a', { colourKey: NOT_REPORTED })],
  ['a count', colourCounts, { values: { colourKey: 1, count: NOT_REPORTED } }],
])('%s must be told', (_, entity, row) =>
  withDataDir((dataDir) => {
    const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(
      20260101,
      midnightOf(20260101),
    );
    expect(() => build.staging.append(entity, [row])).toThrow('must be reported');
    expect(() => build.staging.enrich(things, [told('a', { colourKey: 1 })])).toThrow('cannot come from');
    build.discard();
  }),
);

test.each([null, undefined])('a row is refused as it comes where what may not be null is %s', (colourKey) =>
  withDataDir((dataDir) => {
    const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(
      20260101,
      midnightOf(20260101),
    );
    const row = { ...thing('a'), values: { ...thing('a').values, colourKey } } as StagedRow;
    expect(() => build.staging.append(things, [row])).toThrow('A row of things has no value for colourKey');
    build.discard();
  }),
);
