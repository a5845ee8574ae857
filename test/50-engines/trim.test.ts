// Trimming removes days beyond the retention and nothing else: random runs in two warehouses, one of which keeps all days.
import { statSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, midnightOf, type DateKey } from '../../src/base/date-key.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness, StagedRow } from '../../src/engines/staging.ts';
import {
  colourCounts,
  select,
  smallModel,
  orphanedTexts,
  thing,
  thingDays,
  thingHistories,
  things,
  withDataDir,
} from './small-model.ts';

const NATURAL_KEYS = ['a', 'b', 'c'];

const seen = fc.record({
  completeness: fc.constantFrom<Completeness>('complete', 'complete', 'partial', 'failed'),
  names: fc.dictionary(fc.constantFrom(...NATURAL_KEYS), fc.constantFrom('x', 'y'), {
    noNullPrototype: true,
  }),
});
type Seen = typeof seen extends fc.Arbitrary<infer Value> ? Value : never;
const runsArbitrary = fc.array(
  // Days since the run before; 0 runs the same day again.
  fc.record({ gap: fc.constantFrom(0, 1, 1, 1, 2, 9, 31), days: seen, histories: seen, counts: seen }),
  { minLength: 8, maxLength: 14 },
);
type RandomRun = (typeof runsArbitrary extends fc.Arbitrary<infer Value> ? Value : never)[number];

/** Publishes a run. `first` is the first day that is kept, null where nothing is trimmed. */
function runDay(dataDir: string, day: DateKey, run: RandomRun, first: DateKey | null): void {
  const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
  build.staging.append(
    things,
    NATURAL_KEYS.map((naturalKey) => thing(naturalKey)),
  );
  build.merge(things, 'complete');
  const stageAndMerge = (
    entity: typeof thingDays | typeof thingHistories | typeof colourCounts,
    { names, completeness }: Seen,
    rowOf: (naturalKey: string, name: string) => StagedRow,
  ): void => {
    build.staging.append(
      entity,
      Object.entries(names).map(([naturalKey, name]) => rowOf(naturalKey, name)),
    );
    build.merge(entity, completeness);
    if (first !== null) build.trim(entity, first);
  };
  stageAndMerge(thingDays, run.days, (thingKey, thingName) => ({
    values: { thingKey, thingName, colourKey: 1 },
  }));
  stageAndMerge(thingHistories, run.histories, (thingKey, thingName) => ({
    values: { thingKey, thingName },
  }));
  stageAndMerge(colourCounts, run.counts, (naturalKey, name) => ({
    values: { colourKey: NATURAL_KEYS.indexOf(naturalKey), count: name.length },
  }));
  expect(build.verify()).toEqual([]);
  build.publish();
  expect(orphanedTexts(dataDir)).toEqual([]);
}

describe('trimming', () => {
  test('leaves all other days as they are, and does not affect the runs that follow', () => {
    fc.assert(
      fc.property(runsArbitrary, fc.constantFrom(2, 10, 40), (runs, keptDays) =>
        withDataDir((all) =>
          withDataDir((trimmed) => {
            let day = 20260110;
            for (const run of runs) {
              day = addDays(day, run.gap);
              const first = addDays(day, 1 - keptDays);
              runDay(all, day, run, null);
              runDay(trimmed, day, run, first);
              const bothOf = (sql: string, ...values: unknown[]) =>
                [trimmed, all].map((dataDir) => select(dataDir, sql, ...values));

              const [days, daysOfAll] = bothOf(
                'SELECT * FROM thingDays WHERE dateKey >= ? ORDER BY dateKey, thingKey',
                first,
              );
              expect(days).toEqual(daysOfAll);
              const [counts, countsOfAll] = bothOf(
                'SELECT * FROM colourCounts WHERE dateKey >= ? ORDER BY dateKey, colourKey',
                first,
              );
              expect(counts).toEqual(countsOfAll);
              const ended = midnightOf(first).toISOString().slice(0, 19);
              const [states, statesOfAll] = bothOf(
                'SELECT * FROM thingHistories WHERE end >= ? ORDER BY thingKey, startDay',
                ended,
              );
              expect(states).toEqual(statesOfAll);

              // The last day before this one stays, however long ago it was.
              const before = `SELECT DISTINCT dateKey FROM thingDays WHERE dateKey < ?`;
              expect(select(trimmed, before, first).length).toBeLessThanOrEqual(1);
              expect(select(trimmed, 'SELECT * FROM colourCounts WHERE dateKey < ?', first)).toEqual([]);
              expect(select(trimmed, 'SELECT * FROM thingHistories WHERE end < ?', ended)).toEqual([]);
            }
          }),
        ),
      ),
      { numRuns: 8, endOnFailure: true },
    );
  });

  test('makes the file smaller, but only once much of it is free', () =>
    withDataDir((dataDir) => {
      const sizes: number[] = [];
      for (let day = 20260101; day <= 20260105; day += 1) {
        const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
        const counts = Array.from({ length: 4000 }, (_, colourKey) => ({
          values: { colourKey, count: day },
        }));
        build.staging.append(colourCounts, counts);
        build.merge(colourCounts, 'complete');
        if (day === 20260105) expect(build.trim(colourCounts, 20260104)).toBe(3 * counts.length);
        build.publish();
        sizes.push(statSync(listGenerationFiles(dataDir)[0]!.path).size);
      }
      const [first = 0, second = 0, , fourth = 0, fifth = 0] = sizes;
      expect(second).toBeGreaterThan(first);
      expect(fourth).toBeGreaterThan(second);
      expect(fifth).toBeLessThan(second * 1.1);
      expect(select(dataDir, 'SELECT DISTINCT dateKey FROM colourCounts').map(Object.values)).toEqual([
        [20260104],
        [20260105],
      ]);
    }));

  test('is a mistake for a collection without days', () =>
    withDataDir((dataDir) => {
      const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(
        20260101,
        midnightOf(20260101),
      );
      expect(() => build.trim(things, 20260101)).toThrow('things has no days.');
      build.discard();
    }));
});
