// A run of the ETL: it is published whole or not at all, and the journal records it either way.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FeedError } from '../../src/base/feed-error.ts';
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
import {
  RUN_STARTED_AT,
  day,
  harvestOf,
  harvestOfThings,
  observedKinds,
  smallRuns,
  type Harvest,
} from './small-runs.ts';

const { dataDir, warehouse, journal, outcomes, served, runDay } = smallRuns();

describe('a run', () => {
  test('goes from harvest to publication, and merges dimensions before facts', async () => {
    const result = await runDay(harvestOf([day('a'), day('b')]));
    expect(observedKinds(result)).toEqual([
      'run.started',
      'harvest',
      'merge',
      'trim',
      'erase',
      'verify',
      'publish',
      'run.published',
    ]);
    expect(result.report).toMatchObject({
      generation: { id: 1, dateKey: 20261120 },
      steps: [
        { entity: 'things', inserted: 2 },
        { entity: 'thingDays', inserted: 2, orphans: 0 },
      ],
    });
    expect(select(dataDir(), 'SELECT dateKey, thingKey FROM thingDays')).toHaveLength(2);
  });

  test('is a row of the feed, with its steps and its problems', async () => {
    await runDay(harvestOf([day('a'), day('nobody')], 'partial'));
    expect(select(dataDir(), 'SELECT * FROM runs')).toEqual([
      {
        runId: 'run-1',
        dateKey: 20261120,
        outcome: 'published',
        startedDateTimeUTC: '2026-11-20T00:00:05.25',
        endedDateTimeUTC: '2026-11-20T00:00:05.25',
        durationInMilliseconds: expect.any(Number),
        isComplete: 0,
        generation: 1,
        reason: null,
      },
    ]);
    expect(
      select(
        dataDir(),
        'SELECT collection, completeness, rowsSeen, rowsInserted, rowsOrphaned FROM runSteps',
      ).map(Object.values),
    ).toEqual([
      ['thingDays', 'partial', 2, 1, 1],
      ['things', 'complete', 2, 2, 0],
    ]);
    expect(select(dataDir(), 'SELECT source, message FROM runProblems')).toEqual([
      { source: 'things', message: 'One page was missing.' },
    ]);
    expect(journal()).toMatchObject([
      { runId: 'run-1', outcome: 'published', generation: 1, isComplete: false, steps: [{}, {}] },
    ]);
  });

  test('whose harvest throws leaves the last generation served, records the reason, and does not block the next run', async () => {
    await runDay(harvestOf([day('a')]));
    const refusal = new FeedError('feed.source-refused', 'No.', { hint: 'Ask the admin.' });
    const result = await runDay(() => Promise.reject(refusal), { run: 'run-2', at: '2026-11-21T00:00:00Z' });
    expect(result.report).toBe(refusal);
    expect(result.observations.at(-1)).toEqual({
      kind: 'run.failed',
      run: 'run-2',
      dateKey: 20261121,
      error: refusal,
    });
    expect(warehouse().current()).toMatchObject({ id: 1 });
    expect(journal()[0]).toMatchObject({ runId: 'run-2', outcome: 'failed', reason: 'No. Ask the admin.' });
  });

  test('that starts before the last one of its day, by a clock that went back, never dates a row before that', async () => {
    await runDay(harvestOf([day('a')]));
    const renamed = harvestOfThings([thing('a', { thingName: 'renamed' }), thing('b')]);
    await runDay(renamed, { run: 'run-2', at: '2026-11-20T00:00:01Z' });
    expect(select(dataDir(), `SELECT modified FROM things WHERE thingName = 'renamed'`)).toEqual([
      { modified: '2026-11-20T00:00:05.25' },
    ]);
    expect(warehouse().current()).toMatchObject({ id: 2, publishedAt: '2026-11-20T00:00:05.25Z' });
  });

  test('that finds another one active fails, and is not recorded as a run', async () => {
    const other = warehouse().beginBuild(20261120, new Date(RUN_STARTED_AT));
    const result = await runDay(harvestOf([]));
    expect(result.report).toMatchObject({ code: 'feed.night-running' });
    expect(observedKinds(result)).toEqual(['run.started', 'run.failed']);
    other.discard();
    expect(journal()).toEqual([]);
  });

  test('of a day before the last one, by a clock that went back, changes nothing and is recorded as failed', async () => {
    await runDay(harvestOf([day('a')]));
    const result = await runDay(harvestOf([]), { run: 'run-2', at: '2026-11-19T23:59:59Z' });
    expect(result.report).toMatchObject({ code: 'feed.night-refused' });
    expect(outcomes()).toEqual([
      [20261120, 'published'],
      [20261119, 'failed'],
    ]);
    expect(served()).toBe(2);
  });
});

describe('a collection that failed', () => {
  const everything = [colours, groups, things, thingHistories, thingDays, colourCounts];
  const harvest =
    (name: string, failed: readonly string[] = []): Harvest =>
    (staging) => {
      staging.append(things, [thing('a', { thingName: name })]);
      staging.append(thingHistories, [{ values: { thingKey: 'a', thingName: name } }]);
      staging.append(thingDays, [{ values: { thingKey: 'a', thingName: name, colourKey: 1 } }]);
      staging.append(colourCounts, [{ values: { colourKey: 1, count: 7 } }]);
      const known = everything.map((each): [string, Completeness] => [
        each.name,
        failed.includes(each.name) ? 'failed' : 'complete',
      ]);
      return Promise.resolve(new Map(known));
    };

  test.each([
    [things.name, 'SELECT thingName, isDeleted FROM things', [['old', 0]]],
    [
      thingHistories.name,
      'SELECT thingName, startDay, isCurrent FROM thingHistories',
      [['old', 20261120, 1]],
    ],
    [thingDays.name, 'SELECT dateKey, thingName FROM thingDays', [[20261120, 'old']]],
    [colourCounts.name, 'SELECT dateKey, count FROM colourCounts', [[20261120, 7]]],
  ])('leaves %s as it was the day before, and the run record says so', async (name, sql, rows) => {
    await runDay(harvest('old'));
    await runDay(harvest('new', [name]), { run: 'run-2', at: '2026-11-21T00:00:00Z' });
    expect(select(dataDir(), sql).map(Object.values)).toEqual(rows);
    expect(
      select(dataDir(), `SELECT collection FROM runSteps WHERE runId = 'run-2' AND completeness = 'failed'`),
    ).toEqual([{ collection: name }]);
    expect(journal()[0]).toMatchObject({ outcome: 'published', isComplete: false });
  });
});

describe('the journal', () => {
  test('keeps the problems of a harvest that threw', async () => {
    const problem = { source: 'users', message: 'Refused.' };
    await runDay((_staging, run) => {
      run.reportProblem(problem);
      return Promise.reject(new FeedError('feed.source-refused', 'All of it was refused.'));
    });
    expect(journal()).toMatchObject([{ outcome: 'failed', problems: [problem] }]);
  });

  test('has a row for each missed day, and every generation carries the runs before it', async () => {
    await runDay(harvestOf([]));
    await runDay(() => Promise.reject(new FeedError('feed.source-unavailable', 'No network.')), {
      run: 'run-2',
      at: '2026-11-22T00:00:00Z',
    });
    await runDay(harvestOf([]), { run: 'run-3', at: '2026-11-24T00:00:00Z' });
    const expected = [
      [20261124, 'published'],
      [20261123, 'missing'],
      [20261122, 'failed'],
      [20261121, 'missing'],
      [20261120, 'published'],
    ];
    expect(outcomes()).toEqual(expected);
    expect(
      select(dataDir(), 'SELECT dateKey, outcome FROM runs ORDER BY dateKey DESC').map(Object.values),
    ).toEqual(expected);
  });

  test.each([
    ['is gone', (path: string) => rmSync(path)],
    ['is damaged', (path: string) => writeFileSync(path, 'not a database, but long enough to look at')],
  ])('is rebuilt from the newest generation where it %s', async (_, harm) => {
    await runDay(harvestOf([day('a'), day('nobody')], 'partial'));
    harm(join(dataDir(), 'journal.sqlite'));
    expect(journal()).toEqual([]);
    await runDay(harvestOf([]), { run: 'run-2', at: '2026-11-21T00:00:00Z' });
    expect(outcomes()).toEqual([
      [20261121, 'published'],
      [20261120, 'published'],
    ]);
    expect(journal()[1]).toMatchObject({
      runId: 'run-1',
      isComplete: false,
      steps: [{}, {}],
      problems: [{}],
    });
  });

  test('marks a run without an end as killed, unless its generation was published', async () => {
    await runDay(harvestOf([]));
    const [published] = journal();
    // As a killed process leaves them: in the middle of the run, and between the rename and the last record.
    warehouse().journal.write({ ...published!, outcome: 'running', generation: null });
    warehouse().journal.write({ ...published!, runId: 'run-2', outcome: 'running', generation: null });
    warehouse().beginBuild(20261120, new Date(RUN_STARTED_AT)).discard();
    expect(new Map(journal().map(({ runId: run, outcome }) => [run, outcome]))).toEqual(
      new Map([
        ['run-1', 'published'],
        ['run-2', 'killed'],
      ]),
    );
  });
});
