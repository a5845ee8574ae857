// What an operator overrules: a run that verification refused is released, a published one is rolled back.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Completeness } from '../../src/engines/staging.ts';
import { select, thing, thingDays, things } from '../50-engines/small-model.ts';
import { day, harvestOf, harvestOfThings, observedKinds, smallRuns, type Harvest } from './small-runs.ts';

const { dataDir, warehouse, journal, outcomes, served, runDay } = smallRuns();

/** So many things and no other rows. */
const harvestOfMany = (count: number): Harvest =>
  harvestOfThings(Array.from({ length: count }, (_, index) => thing(`thing ${index}`)));

describe('a run that verification refuses', () => {
  const later = { run: 'run-2', at: '2026-11-21T00:00:05Z' };

  test('is quarantined, and all its findings are recorded', async () => {
    const result = await runDay(harvestOf([day('a', 77)]));
    expect(result.report).toMatchObject({ code: 'feed.night-refused', target: 'thingDays' });
    expect(observedKinds(result)).toEqual([
      'run.started',
      'harvest',
      'merge',
      'trim',
      'erase',
      'verify',
      'run.problem',
      'run.failed',
    ]);
    expect(readdirSync(dataDir()).sort()).toEqual([
      'journal.sqlite',
      'night.lock',
      'refused-20261120.sqlite',
    ]);
    const message = 'thingDays: rows have a colourKey that colours does not know (1).';
    expect(journal()).toMatchObject([
      { outcome: 'refused', reason: message, problems: [{ source: 'thingDays', message }] },
    ]);
  });

  test('cannot be released when it is broken', async () => {
    await runDay(harvestOf([day('a', 77)]));
    expect(() => warehouse().release(new Date('2026-11-22T08:03:00Z'))).toThrow(
      'is broken and cannot be released',
    );
    expect(warehouse().current()).toBeNull();
    expect(readdirSync(dataDir())).toContain('refused-20261120.sqlite');
  });

  test.each([
    [100, 49, 'things: 49 rows, where 100 stood before: a fall of 51 %, more than 50 %.'],
    [100, 501, 'things: 501 rows, where 100 stood before: a rise of 401 %, more than 400 %.'],
  ])(
    'for a change from %d rows to %d is published once an operator releases it',
    async (before, now, message) => {
      await runDay(harvestOfMany(before));
      const { report } = await runDay(harvestOfMany(now), later);
      expect(report).toMatchObject({ code: 'feed.night-refused', hint: expect.stringContaining('--accept') });
      expect(served()).toBe(before);
      expect(warehouse().release(new Date('2026-11-21T08:00:00Z'))).toEqual({
        id: 2,
        dateKey: 20261121,
        publishedAt: '2026-11-21T00:00:05Z',
      });
      expect(served()).toBe(now);
      const reason = `${message} Accepted on 2026-11-21T08:00:00.000Z.`;
      expect(journal()[0]).toMatchObject({ runId: 'run-2', outcome: 'accepted', generation: 2, reason });
      expect(select(dataDir(), `SELECT outcome, generation FROM runs WHERE runId = 'run-2'`)).toEqual([
        { outcome: 'accepted', generation: 2 },
      ]);
      expect(readdirSync(dataDir()).filter((name) => name.startsWith('refused'))).toEqual([]);
    },
  );

  test('may have lost half of its daily rows, or have mostly broken references', async () => {
    const daysOf = (known: number, unknown: number): Harvest => {
      const naturalKeys = (count: number, prefix: string) =>
        Array.from({ length: count }, (_, at) => `${prefix}${at}`);
      return (staging) => {
        staging.append(
          things,
          naturalKeys(100, 'thing').map((each) => thing(each)),
        );
        staging.append(
          thingDays,
          [...naturalKeys(known, 'thing'), ...naturalKeys(unknown, 'unknown')].map((each) => day(each)),
        );
        const completeness = new Map<string, Completeness>([
          [things.name, 'complete'],
          [thingDays.name, 'complete'],
        ]);
        return Promise.resolve(completeness);
      };
    };
    await runDay(daysOf(100, 0));
    await runDay(daysOf(49, 51), later);
    expect(journal()[0]?.problems.map(({ message }) => message)).toEqual([
      'thingDays: 49 rows, where 100 stood before: a fall of 51 %, more than 50 %.',
      'thingDays: 51 of 100 rows refer to things that are not there, more than 50 %.',
    ]);
    await runDay(daysOf(50, 50), { run: 'run-3', at: '2026-11-21T01:00:00Z' });
    expect(journal()[0]).toMatchObject({ runId: 'run-3', outcome: 'published' });
  });

  test.each([
    ['half of many rows', 100, 50],
    ['a small collection that nearly vanishes', 99, 1],
    ['five times as many rows', 100, 500],
  ])('is not one with %s', async (_, before, now) => {
    await runDay(harvestOfMany(before));
    expect((await runDay(harvestOfMany(now), later)).report).toMatchObject({ generation: { id: 2 } });
  });

  test('is removed by the next good run, and cannot be released after it', async () => {
    await runDay(harvestOfMany(200));
    await runDay(harvestOfMany(20), later);
    const quarantined = join(dataDir(), 'refused-20261121.sqlite');
    const copy = readFileSync(quarantined);
    await runDay(harvestOfMany(200), { run: 'run-3', at: '2026-11-21T09:00:00Z' });
    expect(existsSync(quarantined)).toBe(false);
    expect(() => warehouse().release(new Date('2026-11-22T08:03:00Z'))).toThrow(
      'No quarantined run is stored',
    );
    writeFileSync(quarantined, copy);
    expect(() => warehouse().release(new Date('2026-11-22T08:03:00Z'))).toThrow('it no longer follows');
    expect(served()).toBe(200);
  });
});

describe('a rollback', () => {
  const runOn = (date: number, count: number) =>
    runDay(harvestOfMany(count), { run: `run-${date}`, at: `2026-11-${date}T00:00:05Z` });

  test('serves the day before as a new generation, and the next run builds on it', async () => {
    await runOn(20, 3);
    await runOn(21, 5);
    const keys = () => select(dataDir(), 'SELECT thingId, thingKey FROM things ORDER BY 1');
    const given = keys();
    expect(warehouse().rollback(null, new Date('2026-11-21T09:00:00Z'))).toEqual({
      id: 3,
      dateKey: 20261120,
      publishedAt: '2026-11-20T00:00:05Z',
    });
    expect(served()).toBe(3);
    expect(outcomes()).toEqual([
      [20261120, 'rollback'],
      [20261121, 'withdrawn'],
      [20261120, 'published'],
    ]);
    expect(select(dataDir(), 'SELECT outcome FROM runs ORDER BY 1').map(Object.values).flat()).toEqual([
      'published',
      'rollback',
      'withdrawn',
    ]);
    await runDay(harvestOfMany(6), { run: 'run-4', at: '2026-11-21T10:00:00Z' });
    expect(warehouse().current()).toMatchObject({ id: 4, dateKey: 20261121 });
    expect(served()).toBe(6);
    // Keys that the reverted run assigned stay with their things.
    expect(keys().slice(0, 5)).toEqual(given);
  });

  test('reaches readers who load only what changed since the reverted run', async () => {
    const named = (...names: readonly string[]): Harvest =>
      harvestOfThings(names.map((thingName, index) => thing(`thing ${index}`, { thingName })));
    await runDay(named('as it was', 'always so'), { at: '2026-11-20T00:00:05Z' });
    await runDay(named('wrong', 'always so'), { run: 'run-2', at: '2026-11-21T00:00:05Z' });
    warehouse().rollback(null, new Date('2026-11-21T09:00:00Z'));
    expect(select(dataDir(), 'SELECT thingName, modified FROM things').map(Object.values)).toEqual([
      ['as it was', '2026-11-21T09:00:00'],
      ['always so', '2026-11-20T00:00:05'],
    ]);
  });

  test('repeated goes back further, and never to a reverted run', async () => {
    for (const [index, date] of [20, 21, 22].entries()) await runOn(date, index + 1);
    warehouse().rollback(null, new Date('2026-11-22T08:00:00Z'));
    expect(served()).toBe(2);
    warehouse().rollback(null, new Date('2026-11-22T08:01:00Z'));
    expect(served()).toBe(1);
    expect(() => warehouse().rollback(null, new Date('2026-11-22T08:03:00Z'))).toThrow(
      'No earlier generation is kept',
    );
    expect(warehouse().rollback(3, new Date('2026-11-22T08:02:00Z'))).toMatchObject({
      id: 6,
      dateKey: 20261122,
    });
    expect(served()).toBe(3);
    expect(() => warehouse().rollback(99, new Date('2026-11-22T08:03:00Z'))).toThrow(
      'Generation 99 is not an earlier one that is kept',
    );
  });
});
