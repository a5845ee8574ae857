// Days that are no longer kept go, and nothing else does: random nights in two warehouses, one of which keeps them all.
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

const NATURALS = ['a', 'b', 'c'];

const seen = fc.record({
  completeness: fc.constantFrom<Completeness>('complete', 'complete', 'partial', 'failed'),
  names: fc.dictionary(fc.constantFrom(...NATURALS), fc.constantFrom('x', 'y'), { noNullPrototype: true }),
});
type Seen = typeof seen extends fc.Arbitrary<infer Value> ? Value : never;
const nights = fc.array(
  // Days since the night before; 0 runs it again.
  fc.record({ gap: fc.constantFrom(0, 1, 1, 1, 2, 9, 31), days: seen, histories: seen, counts: seen }),
  { minLength: 8, maxLength: 14 },
);
type Night = (typeof nights extends fc.Arbitrary<infer Value> ? Value : never)[number];

/** Publishes the night; of a warehouse that trims, `first` is the first day it keeps. */
function live(dataDir: string, day: DateKey, night: Night, first: DateKey | null): void {
  const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
  build.staging.append(
    things,
    NATURALS.map((natural) => thing(natural)),
  );
  build.merge(things, 'complete');
  const bring = (
    entity: typeof thingDays | typeof thingHistories | typeof colourCounts,
    { names, completeness }: Seen,
    rowOf: (natural: string, name: string) => StagedRow,
  ): void => {
    build.staging.append(
      entity,
      Object.entries(names).map(([natural, name]) => rowOf(natural, name)),
    );
    build.merge(entity, completeness);
    if (first !== null) build.trim(entity, first);
  };
  bring(thingDays, night.days, (thingKey, thingName) => ({ values: { thingKey, thingName, colourKey: 1 } }));
  bring(thingHistories, night.histories, (thingKey, thingName) => ({ values: { thingKey, thingName } }));
  bring(colourCounts, night.counts, (natural, name) => ({
    values: { colourKey: NATURALS.indexOf(natural), count: name.length },
  }));
  expect(build.verify()).toEqual([]);
  build.publish();
  expect(orphanedTexts(dataDir)).toEqual([]);
}

describe('trimming', () => {
  test('leaves every other day as it is, and the nights that follow as they would have been', () => {
    fc.assert(
      fc.property(nights, fc.constantFrom(2, 10, 40), (lived, keptDays) =>
        withDataDir((all) =>
          withDataDir((trimmed) => {
            let day = 20260110;
            for (const night of lived) {
              day = addDays(day, night.gap);
              const first = addDays(day, 1 - keptDays);
              live(all, day, night, null);
              live(trimmed, day, night, first);
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

              // The last day before tonight stays, however long ago it was.
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

  test('makes the file smaller once much of it is free, and only then', () =>
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

  test('of a collection without days is a mistake', () =>
    withDataDir((dataDir) => {
      const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(
        20260101,
        midnightOf(20260101),
      );
      expect(() => build.trim(things, 20260101)).toThrow('things has no days.');
      build.discard();
    }));
});
