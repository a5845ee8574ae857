// The real schedule. It looks every second instead of every quarter of an hour, by a clock that the test sets.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newRunRecord } from '../../src/engines/new-run-record.ts';
import { isRunDue } from '../../etl/schedule/is-run-due.ts';
import { scheduleRuns, type Schedule, type ScheduleOptions } from '../../etl/schedule/schedule-runs.ts';
import { dateKeyOf } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observation } from '../../src/base/observation.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { RunOutcome, RunRecord } from '../../src/engines/run-journal.ts';
import type { Warehouse } from '../../src/engines/warehouse.ts';
import { smallModel } from '../50-engines/small-model.ts';

const EVERY_SECOND = '* * * * * *';

let dataDir: string;
let warehouse: Warehouse;
let now: Date;
let observations: Observation[];
let schedule: Schedule | undefined;
const clock = { now: () => now };
const isDue = (): boolean => isRunDue(warehouse, clock);

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-schedule-'));
  warehouse = openSqliteWarehouse({ dataDir, model: smallModel });
  now = new Date('2026-11-20T00:00:05Z');
  observations = [];
});
afterEach(() => {
  schedule?.stop();
  schedule = undefined;
  rmSync(dataDir, { recursive: true });
});

function start(options: Partial<ScheduleOptions>): void {
  const observe = (observation: Observation): number => observations.push(observation);
  const defaults = { isDue, clock, observe, jitterMinutes: 0, cronPattern: EVERY_SECOND };
  schedule = scheduleRuns({ run: publish, ...defaults, ...options });
}

/** A run without a harvest. */
function publish(): Promise<unknown> {
  const build = warehouse.beginBuild(dateKeyOf(now), now);
  return Promise.resolve(
    build.publish(
      newRunRecord({
        runId: String(now),
        dateKey: dateKeyOf(now),
        outcome: 'published',
        startedAt: now,
        endedAt: now,
      }),
    ),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 4000; !isSo() && performance.now() < end;) await wait(20);
  expect(isSo()).toBe(true);
}

const served = (): number | undefined => warehouse.current()?.dateKey;

describe('the schedule', () => {
  test('runs a missed day at once, and says when the next run is', () => {
    now = new Date('2026-11-20T17:00:00Z');
    start({});
    expect(served()).toBe(20261120);
    const next = { kind: 'schedule.next', at: '2026-11-21T00:00:00.000Z' };
    expect(observations).toContainEqual(next);
  });

  test('runs once a day, whatever the clock does', async () => {
    let runs = 0;
    start({ run: () => publish().then(() => (runs += 1)) });
    now = new Date('2026-11-20T23:59:59Z');
    await wait(1200);
    expect(runs).toBe(1);

    now = new Date('2026-11-21T00:00:01Z');
    await until(() => served() === 20261121);

    // Set back by two days: those days are over.
    now = new Date('2026-11-19T08:00:00Z');
    await wait(1200);
    expect([runs, served()]).toEqual([2, 20261121]);
    expect(observations.filter(({ kind }) => kind === 'run.problem')).toEqual([]);

    // Asleep for two midnights: the day of waking is run, the days before are missing.
    now = new Date('2026-11-24T09:30:00Z');
    await until(() => served() === 20261124);
    expect(runs).toBe(3);
    expect(warehouse.journal.recent(3).map(({ dateKey, outcome }) => [dateKey, outcome])).toEqual([
      [20261124, 'published'],
      [20261123, 'missing'],
      [20261122, 'missing'],
    ]);
  });

  test('continues after a failed run, and reports it', async () => {
    const answers = [Promise.reject(new Error('No network.')), Promise.resolve()];
    answers[0]?.catch(() => undefined);
    start({ isDue: () => answers.length > 0, run: () => answers.shift() ?? Promise.resolve() });
    await until(() => answers.length === 0);
    expect(observations).toContainEqual({
      kind: 'run.problem',
      run: 'schedule',
      source: 'schedule',
      message: 'The scheduled run failed: No network.',
    });
  });

  test('leaves the run to a process that is already at it, without a problem', async () => {
    let attempts = 0;
    const run = (): Promise<unknown> => {
      attempts += 1;
      return Promise.reject(new FeedError('feed.night-running', 'Another run is under way.'));
    };
    start({ run });
    await until(() => attempts > 1);
    expect(observations.filter(({ kind }) => kind === 'run.problem')).toEqual([]);
  });

  test('never has two runs at once, and none after it was stopped', async () => {
    let [running, most, started] = [0, 0, 0];
    const run = async (): Promise<void> => {
      started += 1;
      running += 1;
      most = Math.max(most, running);
      await wait(1500);
      running -= 1;
    };
    start({ isDue: () => true, run });
    await wait(2600);
    schedule?.stop();
    const before = started;
    expect(most).toBe(1);
    expect(before).toBeGreaterThan(1);
    await wait(1600);
    expect(started).toBe(before);
  });
});

describe('a run is due', () => {
  const ended = (outcome: RunOutcome, at: string, runId = at): RunRecord =>
    newRunRecord({
      runId,
      dateKey: dateKeyOf(new Date(at)),
      outcome,
      startedAt: new Date(at),
      endedAt: new Date(at),
    });
  const many = Array.from({ length: 5 }, (_, hour) => ended('failed', `2026-11-20T0${hour}:00:00Z`));

  test.each<[string, boolean, readonly RunRecord[]]>([
    ['when there was none today', true, []],
    ['an hour after it failed', true, [ended('failed', '2026-11-20T08:00:00Z')]],
    ['not sooner', false, [ended('failed', '2026-11-20T08:00:01Z')]],
    ['not after the fifth failure', false, many],
    ['when the process of the last try was killed', true, [ended('killed', '2026-11-20T08:59:00Z')]],
    ['not when an operator has to look first', false, [ended('refused', '2026-11-20T00:10:00Z')]],
    ['not when an operator rolled it back', false, [ended('withdrawn', '2026-11-20T00:10:00Z')]],
    ['whatever happened the day before', true, [ended('refused', '2026-11-19T23:59:00Z')]],
  ])('%s: %p', (_, due, runs) => {
    now = new Date('2026-11-20T09:00:00Z');
    for (const run of runs) warehouse.journal.write(run);
    expect(isDue()).toBe(due);
  });
});
