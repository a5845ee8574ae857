// Random runs against a warehouse of plain maps: what every day shows, and that past days never change.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, midnightOf, monthPartitionOf } from '../../src/base/date-key.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness } from '../../src/engines/staging.ts';
import { endOfPeriod } from '../../src/sql/build/merge/merge-scd2.ts';
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

interface Looks {
  readonly name: string | null;
  readonly colour: number;
}
/** What one harvest of one collection saw, by natural key. */
type HarvestedRows = Readonly<Record<string, Looks>>;

interface Harvest {
  readonly completeness: Completeness;
  readonly rows: HarvestedRows;
}

interface RandomRun {
  /** Days since the run before; 0 runs the same day again. */
  readonly gap: number;
  readonly discarded: boolean;
  readonly things: Harvest;
  readonly histories: Harvest;
  readonly days: Harvest;
  readonly counts: Harvest;
}

const looks = fc.record({ name: fc.constantFrom(null, 'x', 'y'), colour: fc.constantFrom(1, 2) });
const harvest: fc.Arbitrary<Harvest> = fc.record({
  completeness: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Completeness>('complete') },
    { weight: 2, arbitrary: fc.constantFrom<Completeness>('partial', 'failed') },
  ),
  rows: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), looks, { noNullPrototype: true }),
});
const randomRunArbitrary: fc.Arbitrary<RandomRun> = fc.record({
  gap: fc.oneof(fc.constantFrom(0, 1, 1, 1, 2, 9), fc.constantFrom(15, 31, 62)),
  discarded: fc.nat({ max: 7 }).map((die) => die === 0),
  things: harvest,
  histories: harvest,
  days: harvest,
  counts: harvest,
});

/** One collection as it was after each run that harvested it; a second run of a day replaces the entry of the first. */
class Memory<State> {
  readonly entries: { day: number; state: State }[] = [];

  remember(day: number, next: (before: State | undefined) => State): void {
    if (this.entries.at(-1)?.day === day) this.entries.pop();
    this.entries.push({ day, state: next(this.entries.at(-1)?.state) });
  }
}

interface ThingState extends Looks {
  readonly deleted: boolean;
}

/** The same warehouse in its simplest form. */
class Oracle {
  readonly keys = new Map<string, number>();
  readonly things = new Map<string, ThingState & { firstSeen: number }>();
  readonly days = new Memory<HarvestedRows>();
  readonly histories = new Memory<Readonly<Record<string, ThingState>>>();
  readonly counts = new Map<number, HarvestedRows>();

  apply(day: number, randomRun: RandomRun): void {
    this.seeThings(day, randomRun.things);
    const known = ({ completeness, rows }: Harvest): Harvest => ({
      completeness,
      rows: Object.fromEntries(Object.entries(rows).filter(([naturalKey]) => this.keys.has(naturalKey))),
    });
    const days = known(randomRun.days);
    if (days.completeness !== 'failed') {
      this.days.remember(day, (before) => ({
        ...(days.completeness === 'partial' ? before : {}),
        ...days.rows,
      }));
    }
    const histories = known(randomRun.histories);
    if (histories.completeness !== 'failed') {
      const gone = histories.completeness === 'complete';
      this.histories.remember(day, (before = {}) => ({
        ...mapValues(before, (state) => (gone ? { ...state, deleted: true } : state)),
        ...mapValues(histories.rows, (seen) => ({ ...seen, deleted: false })),
      }));
    }
    if (randomRun.counts.completeness !== 'failed') this.counts.set(day, randomRun.counts.rows);
  }

  private seeThings(day: number, { completeness, rows }: Harvest): void {
    if (completeness === 'failed') return;
    for (const naturalKey of Object.keys(rows).sort()) {
      if (!this.keys.has(naturalKey)) this.keys.set(naturalKey, this.keys.size + 1);
    }
    if (completeness === 'complete') {
      for (const [naturalKey, state] of this.things) this.things.set(naturalKey, { ...state, deleted: true });
    }
    for (const [naturalKey, seen] of Object.entries(rows)) {
      const firstSeen = this.things.get(naturalKey)?.firstSeen ?? day;
      this.things.set(naturalKey, { ...seen, deleted: false, firstSeen });
    }
  }

  thingRows(): string[] {
    return [...this.things]
      .map(([naturalKey, { name, colour, deleted, firstSeen }]) =>
        line(this.keys.get(naturalKey), naturalKey, name, colour, deleted, instant(firstSeen)),
      )
      .sort();
  }

  dayRows(): string[] {
    return this.days.entries
      .flatMap(({ day, state }) =>
        Object.entries(state).map(([naturalKey, { name, colour }]) =>
          line(day, this.keys.get(naturalKey), name, colour),
        ),
      )
      .sort();
  }

  /** States by run length: a row begins where the state differs from the day before. */
  historyRows(): string[] {
    const rows: { naturalKey: string; lived: ThingState; from: number; to: number }[] = [];
    for (const { day, state } of this.histories.entries) {
      for (const [naturalKey, thingState] of Object.entries(state)) {
        const open = rows.find((row) => row.naturalKey === naturalKey && row.to === 99991231);
        if (open?.lived.name === thingState.name && open.lived.deleted === thingState.deleted) continue;
        if (open) open.to = day;
        rows.push({ naturalKey, lived: thingState, from: day, to: 99991231 });
      }
    }
    return rows
      .map(({ naturalKey, lived: { name, deleted }, from, to }) =>
        line(this.keys.get(naturalKey), from, name, deleted, instant(from), instant(to), to === 99991231),
      )
      .sort();
  }

  countRows(): string[] {
    return [...this.counts]
      .flatMap(([day, rows]) => [...countsOf(rows)].map(([colour, count]) => line(day, colour, count)))
      .sort();
  }
}

function countsOf(rows: HarvestedRows): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { colour } of Object.values(rows)) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  return counts;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}

function line(...values: (string | number | boolean | null | undefined)[]): string {
  return values.map((value) => (typeof value === 'boolean' ? Number(value) : (value ?? 'null'))).join(' ');
}

function instant(day: number): string {
  return midnightOf(day).toISOString().slice(0, 19);
}

function run(dataDir: string, day: number, randomRun: RandomRun): void {
  const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
  const facts = (rows: HarvestedRows, coloured: boolean) =>
    Object.entries(rows).map(([thingKey, { name, colour }]) => ({
      values: { thingKey, thingName: name, ...(coloured ? { colourKey: colour } : {}) },
    }));
  build.staging.append(
    things,
    Object.entries(randomRun.things.rows).map(([naturalKey, { name, colour }]) =>
      thing(naturalKey, { thingName: name, colourKey: colour }),
    ),
  );
  build.staging.append(thingHistories, facts(randomRun.histories.rows, false));
  build.staging.append(thingDays, facts(randomRun.days.rows, true));
  build.staging.append(
    colourCounts,
    [...countsOf(randomRun.counts.rows)].map(([colourKey, count]) => ({ values: { colourKey, count } })),
  );
  build.merge(things, randomRun.things.completeness);
  build.merge(thingHistories, randomRun.histories.completeness);
  build.merge(thingDays, randomRun.days.completeness);
  build.merge(colourCounts, randomRun.counts.completeness);
  expect(build.verify()).toEqual([]);
  if (randomRun.discarded) build.discard();
  else build.publish();
}

const rowsOf = (dataDir: string, sql: string): string[] =>
  select(dataDir, sql)
    .map((row) => line(...Object.values(row as Record<string, string | number | null>)))
    .sort();

describe('any sequence of runs', () => {
  test('shows for every day what was harvested, and never changes a past day', () => {
    fc.assert(
      fc.property(fc.array(randomRunArbitrary, { minLength: 1, maxLength: 7 }), (runs) => {
        withDataDir((dataDir) => {
          const oracle = new Oracle();
          let day = 20251127;
          let published = false;
          let daysBefore: string[] = [];
          for (const randomRun of runs) {
            if (published) day = addDays(day, randomRun.gap);
            run(dataDir, day, randomRun);
            if (randomRun.discarded && !published) continue;
            if (!randomRun.discarded) oracle.apply(day, randomRun);
            published = true;
            expect(
              rowsOf(
                dataDir,
                'SELECT thingKey, thingId, thingName, colourKey, isDeleted, firstSeen FROM things',
              ),
            ).toEqual(oracle.thingRows());
            expect(rowsOf(dataDir, 'SELECT * FROM thingHistories')).toEqual(oracle.historyRows());
            expect(rowsOf(dataDir, 'SELECT * FROM colourCounts')).toEqual(oracle.countRows());
            expect(orphanedTexts(dataDir)).toEqual([]);
            const days = rowsOf(dataDir, 'SELECT * FROM thingDays');
            expect(days).toEqual(oracle.dayRows());
            const over = (rows: string[]) => rows.filter((row) => Number(row.slice(0, 8)) < day);
            expect(over(days)).toEqual(over(daysBefore));
            daysBefore = days;
            // The intervals of past months end with their month.
            const last = monthPartitionOf(oracle.days.entries.at(-1)?.day ?? day);
            for (const { period, toKey } of select(dataDir, 'SELECT period, toKey FROM thingDaysSpans')) {
              if (Number(period) < last)
                expect(Number(toKey)).toBeLessThanOrEqual(endOfPeriod(Number(period)));
            }
          }
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('endOfPeriod', () => {
  test.each([
    [202601, 20260201],
    [202602, 20260301],
    [202402, 20240301],
    [202604, 20260501],
    [202612, 20270101],
  ])('the intervals of %i end on %i', (period, cut) => {
    expect(endOfPeriod(period)).toBe(cut);
  });
});
