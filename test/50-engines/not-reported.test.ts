// Values that a source does not report: an enrichment source fills them, or the last known value stays, in every lifetime with a past.
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

interface StagedInput {
  readonly rows: readonly StagedRow[];
  readonly enrichment?: readonly StagedRow[];
  readonly completeness?: Completeness;
}

/** One published run. Each collection comes with or without enrichment. */
function runDay(dataDir: string, day: number, inputs: readonly (readonly [Entity, StagedInput])[]): void {
  const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
  for (const [entity, { rows, enrichment, completeness = 'complete' }] of inputs) {
    if (enrichment) build.staging.enrich(entity, enrichment);
    build.staging.append(entity, rows);
    build.merge(entity, completeness);
  }
  expect(build.verify()).toEqual([]);
  build.publish();
}

const unreported = (naturalKey: string): StagedRow =>
  thing(naturalKey, { thingName: NOT_REPORTED, bytes: NOT_REPORTED });
const reported = (naturalKey: string, values: StagedRow['values']): StagedRow => ({ naturalKey, values });
const onDay = (naturalKey: string, thingName: StagedRow['values'][string]): StagedRow => ({
  values: { thingKey: naturalKey, thingName, colourKey: 1 },
});

describe('a value that is not reported, in the latest state', () => {
  const row = (dataDir: string) =>
    select(dataDir, `SELECT thingName, bytes, modified FROM things WHERE thingId = 'a'`)[0];

  test('keeps the value of an earlier run, and the row is not written again', () =>
    withDataDir((dataDir) => {
      runDay(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: 7 })] }]]);
      runDay(dataDir, 20260102, [[things, { rows: [unreported('a'), unreported('b')] }]]);
      expect(row(dataDir)).toEqual({ thingName: 'a', bytes: 7, modified: '2026-01-01T00:00:00' });
      expect(select(dataDir, `SELECT thingName, bytes FROM things WHERE thingId = 'b'`)).toEqual([
        { thingName: null, bytes: null },
      ]);
    }));

  test('becomes null where null is reported', () =>
    withDataDir((dataDir) => {
      runDay(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: 7 })] }]]);
      runDay(dataDir, 20260102, [[things, { rows: [thing('a', { bytes: null, thingName: NOT_REPORTED })] }]]);
      expect(row(dataDir)).toMatchObject({ thingName: 'a', bytes: null });
    }));

  test('is filled from enrichment, column by column, and the last value reported wins', () =>
    withDataDir((dataDir) => {
      runDay(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: 7 })] }]]);
      runDay(dataDir, 20260102, [
        [
          things,
          {
            rows: [unreported('a')],
            enrichment: [
              reported('a', { thingName: 'first', bytes: 8n }),
              reported('a', { thingName: 'second' }),
              reported('a', { thingName: NOT_REPORTED }),
            ],
          },
        ],
      ]);
      expect(row(dataDir)).toEqual({ thingName: 'second', bytes: 8, modified: '2026-01-02T00:00:00' });
    }));

  test('stays what its own source reports, whatever the enrichment says', () =>
    withDataDir((dataDir) => {
      const enrichment = [reported('a', { thingName: 'other', bytes: null })];
      runDay(dataDir, 20260101, [[things, { rows: [thing('a', { bytes: NOT_REPORTED })], enrichment }]]);
      expect(row(dataDir)).toMatchObject({ thingName: 'a', bytes: null });
    }));

  test('belongs to a row that enrichment alone neither creates nor keeps', () =>
    withDataDir((dataDir) => {
      runDay(dataDir, 20260101, [[things, { rows: [thing('a'), thing('b')] }]]);
      const enrichment = [reported('b', { bytes: 9 }), reported('unlisted', { bytes: 9 })];
      runDay(dataDir, 20260102, [[things, { rows: [thing('a')], enrichment }]]);
      expect(select(dataDir, 'SELECT thingId, bytes, isDeleted FROM things ORDER BY thingId')).toEqual([
        { thingId: 'a', bytes: null, isDeleted: 0 },
        { thingId: 'b', bytes: null, isDeleted: 1 },
      ]);
    }));
});

describe('a value that is not reported, in daily rows', () => {
  const days = (dataDir: string) =>
    select(dataDir, 'SELECT dateKey, thingName FROM thingDays ORDER BY dateKey').map(Object.values);

  test('keeps its last known value, also across a month end and in a second run of the day', () =>
    withDataDir((dataDir) => {
      const a: readonly [Entity, StagedInput] = [things, { rows: [thing('a')] }];
      runDay(dataDir, 20260130, [a, [thingDays, { rows: [onDay('a', 'known')] }]]);
      runDay(dataDir, 20260131, [a, [thingDays, { rows: [onDay('a', NOT_REPORTED)] }]]);
      runDay(dataDir, 20260201, [a, [thingDays, { rows: [onDay('a', NOT_REPORTED)] }]]);
      runDay(dataDir, 20260201, [a, [thingDays, { rows: [onDay('a', NOT_REPORTED)] }]]);
      const enrichment = [{ values: { thingKey: 'a', thingName: 'reported again' } }];
      runDay(dataDir, 20260202, [a, [thingDays, { rows: [onDay('a', NOT_REPORTED)], enrichment }]]);
      expect(days(dataDir)).toEqual([
        [20260130, 'known'],
        [20260131, 'known'],
        [20260201, 'known'],
        [20260202, 'reported again'],
      ]);
      expect(select(dataDir, 'SELECT count(*) AS intervals FROM thingDaysSpans')).toEqual([{ intervals: 3 }]);
    }));

  test('does not save a row that refers to nobody: it is an orphan', () =>
    withDataDir((dataDir) => {
      runDay(dataDir, 20260101, [[thingDays, { rows: [onDay('nobody', NOT_REPORTED)] }]]);
      expect(days(dataDir)).toEqual([]);
    }));
});

test('a history keeps the last known value of what is not reported', () =>
  withDataDir((dataDir) => {
    const a: readonly [Entity, StagedInput] = [things, { rows: [thing('a')] }];
    const state = (thingName: StagedRow['values'][string]): readonly [Entity, StagedInput] => [
      thingHistories,
      { rows: [{ values: { thingKey: 'a', thingName } }] },
    ];
    runDay(dataDir, 20260101, [a, state('known')]);
    runDay(dataDir, 20260102, [a, state(NOT_REPORTED)]);
    expect(select(dataDir, 'SELECT startDay, thingName, isCurrent FROM thingHistories')).toEqual([
      { startDay: 20260101, thingName: 'known', isCurrent: 1 },
    ]);
  }));

test.each<[string, Entity, StagedRow]>([
  ['what may not be null', things, thing('a', { colourKey: NOT_REPORTED })],
  ['a count', colourCounts, { values: { colourKey: 1, count: NOT_REPORTED } }],
])('%s must be reported', (_, entity, row) =>
  withDataDir((dataDir) => {
    const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(
      20260101,
      midnightOf(20260101),
    );
    expect(() => build.staging.append(entity, [row])).toThrow('must be reported');
    expect(() => build.staging.enrich(things, [reported('a', { colourKey: 1 })])).toThrow('cannot come from');
    build.discard();
  }),
);

test.each([null, undefined])('append refuses a row whose required value is %s', (colourKey) =>
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
