// Random nights against a warehouse of plain maps: what every day shows, and that days that are over stay as they were.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, midnightOf, monthPartitionOf } from '../../src/base/date-key.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness } from '../../src/engines/staging.ts';
import { endOfPeriod } from '../../src/engines/sqlite/build/build-context.ts';
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
/** What one harvest of one collection saw, by natural text. */
type Sight = Readonly<Record<string, Looks>>;

interface Harvest {
  readonly completeness: Completeness;
  readonly sight: Sight;
}

interface RandomNight {
  /** Days since the night before; 0 runs it again. */
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
  sight: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), looks, { noNullPrototype: true }),
});
const randomNight: fc.Arbitrary<RandomNight> = fc.record({
  gap: fc.oneof(fc.constantFrom(0, 1, 1, 1, 2, 9), fc.constantFrom(15, 31, 62)),
  discarded: fc.nat({ max: 7 }).map((die) => die === 0),
  things: harvest,
  histories: harvest,
  days: harvest,
  counts: harvest,
});

/** One collection as it was after each night that harvested it; the night run again replaces its own entry. */
class Memory<State> {
  readonly entries: { day: number; state: State }[] = [];

  remember(day: number, next: (before: State | undefined) => State): void {
    if (this.entries.at(-1)?.day === day) this.entries.pop();
    this.entries.push({ day, state: next(this.entries.at(-1)?.state) });
  }
}

interface Lived extends Looks {
  readonly deleted: boolean;
}

/** The same warehouse, as simple as it can be said. */
class Oracle {
  readonly keys = new Map<string, number>();
  readonly things = new Map<string, Lived & { firstSeen: number }>();
  readonly days = new Memory<Sight>();
  readonly histories = new Memory<Readonly<Record<string, Lived>>>();
  readonly counts = new Map<number, Sight>();

  live(day: number, night: RandomNight): void {
    this.seeThings(day, night.things);
    const known = ({ completeness, sight }: Harvest): Harvest => ({
      completeness,
      sight: Object.fromEntries(Object.entries(sight).filter(([natural]) => this.keys.has(natural))),
    });
    const days = known(night.days);
    if (days.completeness !== 'failed') {
      this.days.remember(day, (before) => ({
        ...(days.completeness === 'partial' ? before : {}),
        ...days.sight,
      }));
    }
    const histories = known(night.histories);
    if (histories.completeness !== 'failed') {
      const gone = histories.completeness === 'complete';
      this.histories.remember(day, (before = {}) => ({
        ...mapValues(before, (lived) => (gone ? { ...lived, deleted: true } : lived)),
        ...mapValues(histories.sight, (seen) => ({ ...seen, deleted: false })),
      }));
    }
    if (night.counts.completeness !== 'failed') this.counts.set(day, night.counts.sight);
  }

  private seeThings(day: number, { completeness, sight }: Harvest): void {
    if (completeness === 'failed') return;
    for (const natural of Object.keys(sight).sort()) {
      if (!this.keys.has(natural)) this.keys.set(natural, this.keys.size + 1);
    }
    if (completeness === 'complete') {
      for (const [natural, lived] of this.things) this.things.set(natural, { ...lived, deleted: true });
    }
    for (const [natural, seen] of Object.entries(sight)) {
      const firstSeen = this.things.get(natural)?.firstSeen ?? day;
      this.things.set(natural, { ...seen, deleted: false, firstSeen });
    }
  }

  thingRows(): string[] {
    return [...this.things]
      .map(([natural, { name, colour, deleted, firstSeen }]) =>
        line(this.keys.get(natural), natural, name, colour, deleted, instant(firstSeen)),
      )
      .sort();
  }

  dayRows(): string[] {
    return this.days.entries
      .flatMap(({ day, state }) =>
        Object.entries(state).map(([natural, { name, colour }]) =>
          line(day, this.keys.get(natural), name, colour),
        ),
      )
      .sort();
  }

  /** States by run length: a row begins where the state differs from the night before. */
  historyRows(): string[] {
    const rows: { natural: string; lived: Lived; from: number; to: number }[] = [];
    for (const { day, state } of this.histories.entries) {
      for (const [natural, lived] of Object.entries(state)) {
        const open = rows.find((row) => row.natural === natural && row.to === 99991231);
        if (open?.lived.name === lived.name && open.lived.deleted === lived.deleted) continue;
        if (open) open.to = day;
        rows.push({ natural, lived, from: day, to: 99991231 });
      }
    }
    return rows
      .map(({ natural, lived: { name, deleted }, from, to }) =>
        line(this.keys.get(natural), from, name, deleted, instant(from), instant(to), to === 99991231),
      )
      .sort();
  }

  countRows(): string[] {
    return [...this.counts]
      .flatMap(([day, sight]) => [...countsOf(sight)].map(([colour, count]) => line(day, colour, count)))
      .sort();
  }
}

function countsOf(sight: Sight): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { colour } of Object.values(sight)) counts.set(colour, (counts.get(colour) ?? 0) + 1);
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

function run(dataDir: string, day: number, night: RandomNight): void {
  const build = openSqliteWarehouse({ dataDir, model: smallModel }).beginBuild(day, midnightOf(day));
  const facts = (sight: Sight, coloured: boolean) =>
    Object.entries(sight).map(([thingKey, { name, colour }]) => ({
      values: { thingKey, thingName: name, ...(coloured ? { colourKey: colour } : {}) },
    }));
  build.staging.append(
    things,
    Object.entries(night.things.sight).map(([natural, { name, colour }]) =>
      thing(natural, { thingName: name, colourKey: colour }),
    ),
  );
  build.staging.append(thingHistories, facts(night.histories.sight, false));
  build.staging.append(thingDays, facts(night.days.sight, true));
  build.staging.append(
    colourCounts,
    [...countsOf(night.counts.sight)].map(([colourKey, count]) => ({ values: { colourKey, count } })),
  );
  build.merge(things, night.things.completeness);
  build.merge(thingHistories, night.histories.completeness);
  build.merge(thingDays, night.days.completeness);
  build.merge(colourCounts, night.counts.completeness);
  expect(build.verify()).toEqual([]);
  if (night.discarded) build.discard();
  else build.publish();
}

const rowsOf = (dataDir: string, sql: string): string[] =>
  select(dataDir, sql)
    .map((row) => line(...Object.values(row as Record<string, string | number | null>)))
    .sort();

describe('any sequence of nights', () => {
  test('shows for every day what was harvested, and never changes a day that is over', () => {
    fc.assert(
      fc.property(fc.array(randomNight, { minLength: 1, maxLength: 7 }), (nights) => {
        withDataDir((dataDir) => {
          const oracle = new Oracle();
          let day = 20251127;
          let published = false;
          let daysBefore: string[] = [];
          for (const night of nights) {
            if (published) day = addDays(day, night.gap);
            run(dataDir, day, night);
            if (night.discarded && !published) continue;
            if (!night.discarded) oracle.live(day, night);
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
            // Frames of months that are over are closed at their ends.
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

describe('cutOf', () => {
  test.each([
    [202601, 20260201],
    [202602, 20260301],
    [202402, 20240301],
    [202604, 20260501],
    [202612, 20270101],
  ])('the spans of %i are cut on %i', (period, cut) => {
    expect(endOfPeriod(period)).toBe(cut);
  });
});
