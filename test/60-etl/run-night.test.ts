// The snapshot's corridor: a night is published whole, refused and kept aside, or forgotten; the journal tells which.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openGraph } from '../../etl/graph/client.ts';
import type { Graph } from '../../etl/graph/client.ts';
import { runNight } from '../../etl/run.ts';
import type { Night, NightReport } from '../../etl/run.ts';
import { makeModel } from '../../schema/model.ts';
import { dates } from '../../schema/subjects/dates.ts';
import { runProblems, runSteps, runs } from '../../schema/subjects/runs.ts';
import { userHistories, users } from '../../schema/subjects/users.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observation } from '../../src/base/observation.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness, RunRecord, StagedRow, Warehouse } from '../../src/engines/stage.ts';
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
} from '../50-engines/stage-small-model.ts';

const journalled = [runs, runSteps, runProblems];
const model = makeModel('Journalled', [...smallModel.entities.values(), dates, ...journalled]);

/** Nobody listens there: the harvests below bring rows of their own. */
function graphNobodyAsks(run: string, observe: (observation: Observation) => void): Graph {
  const token = { accessToken: () => Promise.resolve(''), renewedToken: () => Promise.resolve('') };
  const signal = new AbortController().signal;
  return openGraph({ rootUrl: 'http://127.0.0.1:9', token, run, observe, signal });
}

/** Facts first: the corridor itself must put dimensions before what refers to them. */
function harvestOf(
  days: readonly StagedRow[],
  completeness: Completeness = 'complete',
): NonNullable<Night['harvest']> {
  return (_, stage) => {
    stage.append(thingDays, days);
    stage.append(things, [thing('a'), thing('b')]);
    return Promise.resolve({
      completeness: new Map<string, Completeness>([
        ['thingDays', completeness],
        ['things', 'complete'],
      ]),
      problems: completeness === 'complete' ? [] : [{ source: 'things', message: 'One page was missing.' }],
    });
  };
}

/** So many things, and nothing else. */
function harvestOfMany(count: number): NonNullable<Night['harvest']> {
  return (_, stage) => {
    stage.append(
      things,
      Array.from({ length: count }, (_each, index) => thing(`thing ${index}`)),
    );
    return Promise.resolve({ completeness: new Map([['things', 'complete']]), problems: [] });
  };
}

const day = (thingKey: string, colourKey = 1): StagedRow => ({
  values: { thingKey, thingName: null, colourKey },
});

interface Told {
  readonly report: NightReport | FeedError;
  readonly observations: readonly Observation[];
}

const NIGHT = '2026-11-20T00:00:05.250Z';

async function tonight(
  harvest: NonNullable<Night['harvest']>,
  { at = NIGHT, run = 'run-1' }: { readonly at?: string; readonly run?: string } = {},
): Promise<Told> {
  const observations: Observation[] = [];
  const graph = graphNobodyAsks(run, (observation) => observations.push(observation));
  const clock = fixedClock(new Date(at));
  try {
    const report = await runNight({ graph, warehouse: warehouse(), model, clock, harvest });
    return { report, observations };
  } catch (error) {
    if (error instanceof FeedError) return { report: error, observations };
    throw error;
  }
}

const warehouse = (): Warehouse => openSqliteWarehouse({ dataDir, model });
const journal = (): readonly RunRecord[] => warehouse().journal.recent(100);
const outcomes = () => journal().map(({ dateKey, outcome }) => [dateKey, outcome]);
const served = () => select(dataDir, 'SELECT count(*) AS rows FROM things WHERE NOT isDeleted')[0]!['rows'];
const kinds = ({ observations }: Told) =>
  observations.map((each) => (each.kind === 'night.stage' ? each.stage : each.kind));

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-night-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

describe('a night', () => {
  test('goes from harvest to publication, dimensions before facts', async () => {
    const told = await tonight(harvestOf([day('a'), day('b')]));
    expect(kinds(told)).toEqual([
      'night.started',
      'extract',
      'stage',
      'verify',
      'publish',
      'night.published',
    ]);
    expect(told.report).toMatchObject({
      generation: { id: 1, dateKey: 20261120 },
      steps: [
        { entity: 'things', inserted: 2 },
        { entity: 'thingDays', inserted: 2, orphans: 0 },
      ],
    });
    expect(select(dataDir, 'SELECT dateKey, thingKey FROM thingDays')).toHaveLength(2);
  });

  test('is a row of the feed, with its steps and its problems', async () => {
    await tonight(harvestOf([day('a'), day('nobody')], 'partial'));
    expect(select(dataDir, 'SELECT * FROM runs')).toEqual([
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
        dataDir,
        'SELECT collection, completeness, rowsSeen, rowsInserted, rowsOrphaned FROM runSteps',
      ).map(Object.values),
    ).toEqual([
      ['thingDays', 'partial', 2, 1, 1],
      ['things', 'complete', 2, 2, 0],
    ]);
    expect(select(dataDir, 'SELECT source, message FROM runProblems')).toEqual([
      { source: 'things', message: 'One page was missing.' },
    ]);
    expect(journal()).toMatchObject([
      { run: 'run-1', outcome: 'published', generation: 1, isComplete: false, steps: [{}, {}] },
    ]);
  });

  test('whose harvest throws leaves the last one served, says why, and the next can run', async () => {
    await tonight(harvestOf([day('a')]));
    const refusal = new FeedError('feed.source-refused', 'No.', { hint: 'Ask the admin.' });
    const told = await tonight(() => Promise.reject(refusal), { run: 'run-2', at: '2026-11-21T00:00:00Z' });
    expect(told.report).toBe(refusal);
    expect(told.observations.at(-1)).toEqual({
      kind: 'night.failed',
      run: 'run-2',
      dateKey: 20261121,
      error: refusal,
    });
    expect(warehouse().current()).toMatchObject({ id: 1 });
    expect(journal()[0]).toMatchObject({ run: 'run-2', outcome: 'failed', reason: 'No. Ask the admin.' });
  });

  test('run again by a clock that went back never writes a row before the last', async () => {
    await tonight(harvestOf([day('a')]));
    const renamed: NonNullable<Night['harvest']> = (_, stage) => {
      stage.append(things, [thing('a', { thingName: 'renamed' }), thing('b')]);
      return Promise.resolve({ completeness: new Map([['things', 'complete']]), problems: [] });
    };
    await tonight(renamed, { run: 'run-2', at: '2026-11-20T00:00:01Z' });
    expect(select(dataDir, `SELECT modified FROM things WHERE thingName = 'renamed'`)).toEqual([
      { modified: '2026-11-20T00:00:05.25' },
    ]);
    expect(warehouse().current()).toMatchObject({ id: 2, publishedAt: '2026-11-20T00:00:05.25Z' });
  });

  test('that finds another one running says so, and is no run of its own', async () => {
    const other = warehouse().begin(20261120, new Date());
    const told = await tonight(harvestOf([]));
    expect(told.report).toMatchObject({ code: 'feed.night-running' });
    expect(kinds(told)).toEqual(['night.started', 'night.failed']);
    other.discard();
    expect(journal()).toEqual([]);
  });

  test('before the last one, by a clock that went back, changes nothing and is told', async () => {
    await tonight(harvestOf([day('a')]));
    const told = await tonight(harvestOf([]), { run: 'run-2', at: '2026-11-19T23:59:59Z' });
    expect(told.report).toMatchObject({ code: 'feed.night-refused' });
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
    (name: string, failed: readonly string[] = []): NonNullable<Night['harvest']> =>
    (_, stage) => {
      stage.append(things, [thing('a', { thingName: name })]);
      stage.append(thingHistories, [{ values: { thingKey: 'a', thingName: name } }]);
      stage.append(thingDays, [{ values: { thingKey: 'a', thingName: name, colourKey: 1 } }]);
      stage.append(colourCounts, [{ values: { colourKey: 1, count: 7 } }]);
      const known = everything.map((each): [string, Completeness] => [
        each.name,
        failed.includes(each.name) ? 'failed' : 'complete',
      ]);
      return Promise.resolve({ completeness: new Map(known), problems: [] });
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
  ])('leaves %s as the night before had it, and the ledger says so', async (name, sql, rows) => {
    await tonight(harvest('old'));
    await tonight(harvest('new', [name]), { run: 'run-2', at: '2026-11-21T00:00:00Z' });
    expect(select(dataDir, sql).map(Object.values)).toEqual(rows);
    expect(
      select(dataDir, `SELECT collection FROM runSteps WHERE runId = 'run-2' AND completeness = 'failed'`),
    ).toEqual([{ collection: name }]);
    expect(journal()[0]).toMatchObject({ outcome: 'published', isComplete: false });
  });
});

describe('the journal', () => {
  test('keeps what a harvest had to say before it threw', async () => {
    const problem = { source: 'users', message: 'Refused.' };
    await tonight((graph) => {
      graph.observe({ kind: 'night.problem', run: graph.run, ...problem });
      return Promise.reject(new FeedError('feed.source-refused', 'All of it was refused.'));
    });
    expect(journal()).toMatchObject([{ outcome: 'failed', problems: [problem] }]);
  });

  test('knows of nights that nobody ran, and each generation carries what was told before it', async () => {
    await tonight(harvestOf([]));
    await tonight(() => Promise.reject(new FeedError('feed.source-unavailable', 'No network.')), {
      run: 'run-2',
      at: '2026-11-22T00:00:00Z',
    });
    await tonight(harvestOf([]), { run: 'run-3', at: '2026-11-24T00:00:00Z' });
    const told = [
      [20261124, 'published'],
      [20261123, 'missing'],
      [20261122, 'failed'],
      [20261121, 'missing'],
      [20261120, 'published'],
    ];
    expect(outcomes()).toEqual(told);
    expect(
      select(dataDir, 'SELECT dateKey, outcome FROM runs ORDER BY dateKey DESC').map(Object.values),
    ).toEqual(told);
  });

  test.each([
    ['is gone', (path: string) => rmSync(path)],
    ['is damaged', (path: string) => writeFileSync(path, 'not a database, but long enough to look at')],
  ])('begins again from the newest generation where it %s', async (_, harm) => {
    await tonight(harvestOf([day('a'), day('nobody')], 'partial'));
    harm(join(dataDir, 'journal.sqlite'));
    expect(journal()).toEqual([]);
    await tonight(harvestOf([]), { run: 'run-2', at: '2026-11-21T00:00:00Z' });
    expect(outcomes()).toEqual([
      [20261121, 'published'],
      [20261120, 'published'],
    ]);
    expect(journal()[1]).toMatchObject({ run: 'run-1', isComplete: false, steps: [{}, {}], problems: [{}] });
  });

  test('marks a run that ended without a word, unless its generation says otherwise', async () => {
    await tonight(harvestOf([]));
    const [published] = journal();
    // As a process that was killed leaves them: in the midst of it, and between the rename and the last word.
    warehouse().journal.write({ ...published!, outcome: 'running', generation: null });
    warehouse().journal.write({ ...published!, run: 'run-2', outcome: 'running', generation: null });
    warehouse().begin(20261120, new Date(NIGHT)).discard();
    expect(new Map(journal().map(({ run, outcome }) => [run, outcome]))).toEqual(
      new Map([
        ['run-1', 'published'],
        ['run-2', 'killed'],
      ]),
    );
  });
});

describe('a night that verification refuses', () => {
  const later = { run: 'run-2', at: '2026-11-21T00:00:05Z' };

  test('is kept aside, with every finding told', async () => {
    const told = await tonight(harvestOf([day('a', 77)]));
    expect(told.report).toMatchObject({ code: 'feed.night-refused', target: 'thingDays' });
    expect(kinds(told)).toEqual([
      'night.started',
      'extract',
      'stage',
      'verify',
      'night.problem',
      'night.failed',
    ]);
    expect(readdirSync(dataDir).sort()).toEqual(['journal.sqlite', 'night.lock', 'refused-20261120.sqlite']);
    const message = 'thingDays: rows have a colourKey that colours does not know (1).';
    expect(journal()).toMatchObject([
      { outcome: 'refused', reason: message, problems: [{ source: 'thingDays', message }] },
    ]);
  });

  test('is not accepted where it is broken', async () => {
    await tonight(harvestOf([day('a', 77)]));
    expect(() => warehouse().accept(new Date())).toThrow('is broken and cannot be accepted');
    expect(warehouse().current()).toBeNull();
    expect(readdirSync(dataDir)).toContain('refused-20261120.sqlite');
  });

  test.each([
    [100, 49, 'things: 49 rows, where 100 stood before: a fall of 51 %, more than 50 %.'],
    [100, 501, 'things: 501 rows, where 100 stood before: a rise of 401 %, more than 400 %.'],
  ])('for going from %d rows to %d is published once someone accepts it', async (before, now, message) => {
    await tonight(harvestOfMany(before));
    const { report } = await tonight(harvestOfMany(now), later);
    expect(report).toMatchObject({ code: 'feed.night-refused', hint: expect.stringContaining('--accept') });
    expect(served()).toBe(before);
    expect(warehouse().accept(new Date('2026-11-21T08:00:00Z'))).toEqual({
      id: 2,
      dateKey: 20261121,
      publishedAt: '2026-11-21T00:00:05Z',
    });
    expect(served()).toBe(now);
    const reason = `${message} Accepted on 2026-11-21T08:00:00.000Z.`;
    expect(journal()[0]).toMatchObject({ run: 'run-2', outcome: 'accepted', generation: 2, reason });
    expect(select(dataDir, `SELECT outcome, generation FROM runs WHERE runId = 'run-2'`)).toEqual([
      { outcome: 'accepted', generation: 2 },
    ]);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('refused'))).toEqual([]);
  });

  test('may have lost a day of its things, or have met mostly strangers', async () => {
    const daysOf = (known: number, strangers: number): NonNullable<Night['harvest']> => {
      const naturals = (count: number, word: string) =>
        Array.from({ length: count }, (_, at) => `${word}${at}`);
      return (_, stage) => {
        stage.append(
          things,
          naturals(100, 'thing').map((each) => thing(each)),
        );
        stage.append(
          thingDays,
          [...naturals(known, 'thing'), ...naturals(strangers, 'stranger')].map((each) => day(each)),
        );
        const completeness = new Map<string, Completeness>([
          [things.name, 'complete'],
          [thingDays.name, 'complete'],
        ]);
        return Promise.resolve({ completeness, problems: [] });
      };
    };
    await tonight(daysOf(100, 0));
    await tonight(daysOf(49, 51), later);
    expect(journal()[0]?.problems.map(({ message }) => message)).toEqual([
      'thingDays: 49 rows, where 100 stood before: a fall of 51 %, more than 50 %.',
      'thingDays: 51 of 100 rows refer to things that are not there, more than 50 %.',
    ]);
    await tonight(daysOf(50, 50), { run: 'run-3', at: '2026-11-21T01:00:00Z' });
    expect(journal()[0]).toMatchObject({ run: 'run-3', outcome: 'published' });
  });

  test('may have lost all of what a tenant always has', async () => {
    const people = makeModel('People', [dates, users, userHistories, ...journalled]);
    const harvest = (names: readonly string[]): NonNullable<Night['harvest']> => {
      const values = { userEmail: null, userPrincipalName: null, displayName: null, intuneLicensed: true };
      const rows = names.map((userId) => ({ natural: userId, values: { userId, ...values } }));
      return (_, stage) => {
        stage.append(users, rows);
        return Promise.resolve({ completeness: new Map([[users.name, 'complete']]), problems: [] });
      };
    };
    const run = (id: string, at: string, names: readonly string[]) => {
      const graph = graphNobodyAsks(id, () => undefined);
      const opened = openSqliteWarehouse({ dataDir, model: people });
      return runNight({
        graph,
        warehouse: opened,
        model: people,
        clock: fixedClock(new Date(at)),
        harvest: harvest(names),
      });
    };
    await run('run-1', NIGHT, ['megan', 'alex']);
    await expect(run('run-2', later.at, [])).rejects.toThrow(
      'users: 0 rows, where 2 stood before: none is left.',
    );
  });

  test.each([
    ['half of many', 100, 50],
    ['a few people more or less', 99, 1],
    ['five times as many', 100, 500],
  ])('is not one of %s', async (_, before, now) => {
    await tonight(harvestOfMany(before));
    expect((await tonight(harvestOfMany(now), later)).report).toMatchObject({ generation: { id: 2 } });
  });

  test('goes when the next one is good, and can no longer be accepted', async () => {
    await tonight(harvestOfMany(200));
    await tonight(harvestOfMany(20), later);
    const kept = join(dataDir, 'refused-20261121.sqlite');
    const copy = readFileSync(kept);
    await tonight(harvestOfMany(200), { run: 'run-3', at: '2026-11-21T09:00:00Z' });
    expect(existsSync(kept)).toBe(false);
    expect(() => warehouse().accept(new Date())).toThrow('No refused night is kept');
    writeFileSync(kept, copy);
    expect(() => warehouse().accept(new Date())).toThrow('it no longer follows');
    expect(served()).toBe(200);
  });
});

describe('a rollback', () => {
  const night = (day: number, count: number) =>
    tonight(harvestOfMany(count), { run: `run-${day}`, at: `2026-11-${day}T00:00:05Z` });

  test('serves the night before as a new generation, and the next night builds on it', async () => {
    await night(20, 3);
    await night(21, 5);
    const keys = () => select(dataDir, 'SELECT thingId, thingKey FROM things ORDER BY 1');
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
    expect(select(dataDir, 'SELECT outcome FROM runs ORDER BY 1').map(Object.values).flat()).toEqual([
      'published',
      'rollback',
      'withdrawn',
    ]);
    await tonight(harvestOfMany(6), { run: 'run-4', at: '2026-11-21T10:00:00Z' });
    expect(warehouse().current()).toMatchObject({ id: 4, dateKey: 20261121 });
    expect(served()).toBe(6);
    // Keys that the withdrawn night gave out stay with their things.
    expect(keys().slice(0, 5)).toEqual(given);
  });

  test('is met by those who load only what changed since the night that it takes back', async () => {
    const named = (...names: readonly string[]): NonNullable<Night['harvest']> => {
      const rows = names.map((thingName, index) => thing(`thing ${index}`, { thingName }));
      return (_, stage) => {
        stage.append(things, rows);
        return Promise.resolve({ completeness: new Map([['things', 'complete']]), problems: [] });
      };
    };
    await tonight(named('as it was', 'always so'), { at: '2026-11-20T00:00:05Z' });
    await tonight(named('wrong', 'always so'), { run: 'run-2', at: '2026-11-21T00:00:05Z' });
    warehouse().rollback(null, new Date('2026-11-21T09:00:00Z'));
    expect(select(dataDir, 'SELECT thingName, modified FROM things').map(Object.values)).toEqual([
      ['as it was', '2026-11-21T09:00:00'],
      ['always so', '2026-11-20T00:00:05'],
    ]);
  });

  test('twice goes back further, and never to what was withdrawn', async () => {
    const open = (): Warehouse => openSqliteWarehouse({ dataDir, model, keepGenerations: 9 });
    for (const [index, day] of [20, 21, 22].entries()) {
      const graph = graphNobodyAsks(`run-${day}`, () => undefined);
      const clock = fixedClock(new Date(`2026-11-${day}T00:00:05Z`));
      await runNight({ graph, warehouse: open(), model, clock, harvest: harvestOfMany(index + 1) });
    }
    open().rollback(null, new Date('2026-11-22T08:00:00Z'));
    expect(served()).toBe(2);
    open().rollback(null, new Date('2026-11-22T08:01:00Z'));
    expect(served()).toBe(1);
    expect(() => open().rollback(null, new Date())).toThrow('No earlier night is kept');
    expect(open().rollback(3, new Date('2026-11-22T08:02:00Z'))).toMatchObject({ id: 6, dateKey: 20261122 });
    expect(served()).toBe(3);
    expect(() => open().rollback(99, new Date())).toThrow('Generation 99 is not one to go back to');
  });
});
