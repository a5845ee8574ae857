// The retention of days: what the rules mean for each lifetime, and what a run removes.
import { describe, expect, test } from '@jest/globals';
import { checkRetention } from '../../etl/trim/check-retention.ts';
import { makeModel } from '../../schema/model.ts';
import type { Entity } from '../../schema/entity.ts';
import { parseRetention, type Retention } from '../../src/base/retention.ts';
import type { Completeness } from '../../src/engines/staging.ts';
import {
  colourCounts,
  colours,
  groups,
  select,
  thing,
  thingDays,
  thingHistories,
  things,
} from '../50-engines/small-model.ts';
import { RUN_HISTORY_ENTITIES, smallRuns, type Harvest } from './small-runs.ts';

// The hosted feed keeps some facts longer than others.
const longerDays: Entity = { ...thingDays, vendorDays: 60 };
const everything = [colours, groups, things, thingHistories, longerDays, colourCounts];
const model = makeModel('Kept', [...everything, ...RUN_HISTORY_ENTITIES]);
const { dataDir, runDay, journal } = smallRuns(model);

const rules = (...written: readonly string[]): Retention => {
  const retention = parseRetention(written);
  if (retention === null) throw new TypeError(written.join());
  return retention;
};

/** A state that changes every day. */
const harvest =
  (name: string): Harvest =>
  (staging) => {
    staging.append(things, [thing('a')]);
    staging.append(thingHistories, [{ values: { thingKey: 'a', thingName: name } }]);
    staging.append(thingDays, [{ values: { thingKey: 'a', thingName: name, colourKey: 1 } }]);
    staging.append(colourCounts, [{ values: { colourKey: 1, count: 7 } }]);
    const completeness = everything.map((each): [string, Completeness] => [each.name, 'complete']);
    return Promise.resolve(new Map(completeness));
  };

const DATES = ['2026-09-20', '2026-09-25', '2026-10-20', '2026-10-25', '2026-11-19', '2026-11-20'];

describe('after runs in three months', () => {
  const valuesOf = (sql: string): readonly unknown[] => select(dataDir(), sql).flatMap(Object.values);

  test.each([
    { keep: rules(), days: 6, states: 6, counts: 6, trimmed: 0 },
    // The first of its days is removed; the interval reaches into days that are kept.
    { keep: rules('vendor'), days: 5, states: 6, counts: 3, trimmed: 3 },
    { keep: rules('vendor', 'thingDays=forever'), days: 6, states: 6, counts: 3, trimmed: 3 },
    { keep: rules('40d', 'colourCounts=vendor'), days: 4, states: 5, counts: 3, trimmed: 3 + 2 + 1 },
    { keep: rules('thingHistories=2d'), days: 6, states: 3, counts: 6, trimmed: 3 },
  ])('$keep keeps what it says', async ({ keep, days, states, counts, trimmed }) => {
    for (const [index, date] of DATES.entries()) {
      const isLast = index === DATES.length - 1;
      const when = { run: date, at: `${date}T00:00:00Z`, ...(isLast ? { retention: keep } : {}) };
      expect((await runDay(harvest(date), when)).report).toMatchObject({ generation: { id: index + 1 } });
    }
    expect(valuesOf('SELECT DISTINCT dateKey FROM thingDays')).toHaveLength(days);
    expect(valuesOf('SELECT startDay FROM thingHistories')).toHaveLength(states);
    expect(valuesOf('SELECT dateKey FROM colourCounts')).toHaveLength(counts);
    const journalled = journal()[0]?.steps.reduce((rows, step) => rows + step.trimmed, 0);
    expect(journalled).toBe(trimmed);
    expect(valuesOf('SELECT sum(rowsTrimmed) FROM runSteps')).toEqual([trimmed]);
  });
});

describe('a rule', () => {
  test.each([['1d'], ['0d'], ['30'], ['thirty'], ['forever', '40d'], ['a=2d', 'a=3d'], ['a=b=2d'], ['']])(
    '%j is no rule',
    (...written) => expect(parseRetention(written)).toBeNull(),
  );

  test.each([
    [
      'thingDay=40d',
      "--retention names 'thingDay', and there is no such collection.",
      "Did you mean 'thingDays'?",
    ],
    [
      'elephants=40d',
      "--retention names 'elephants', and there is no such collection.",
      "'fleetfeed print collections' lists them.",
    ],
    ['things=40d', "--retention names 'things', which does not store days.", undefined],
  ])('%s is refused', (rule, message, hint) => {
    expect(() => checkRetention(model, rules(rule))).toThrow(
      expect.objectContaining({ code: 'setup.bad-setting', message, hint }),
    );
  });

  test('for days or states is accepted', () => {
    checkRetention(model, rules('vendor', 'thingDays=2d', 'colourCounts=forever', 'thingHistories=40d'));
  });
});
