// The snapshot's corridor: a night is published whole with its journal, or refused and forgotten.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openGraph } from '../../etl/graph/client.ts';
import type { Graph } from '../../etl/graph/client.ts';
import { runNight } from '../../etl/run.ts';
import type { Night, NightReport } from '../../etl/run.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observation } from '../../src/base/observation.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness, StagedRow } from '../../src/engines/stage.ts';
import { select, smallModel, thing, thingDays, things } from '../50-engines/stage-small-model.ts';

/** Nobody listens there: the harvests below bring rows of their own. */
function graphNobodyAsks(observe: (observation: Observation) => void): Graph {
  const token = { accessToken: () => Promise.resolve(''), renewedToken: () => Promise.resolve('') };
  const signal = new AbortController().signal;
  return openGraph({ rootUrl: 'http://127.0.0.1:9', token, run: 'run-1', observe, signal });
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

const day = (thingKey: string, colourKey = 1): StagedRow => ({
  values: { thingKey, thingName: null, colourKey },
});

interface Told {
  readonly report: NightReport | FeedError;
  readonly observations: readonly Observation[];
}

async function tonight(harvest: NonNullable<Night['harvest']>): Promise<Told> {
  const observations: Observation[] = [];
  const warehouse = openSqliteWarehouse({ dataDir, model: smallModel });
  const graph = graphNobodyAsks((observation) => observations.push(observation));
  const clock = fixedClock(new Date('2026-11-20T00:00:05.250Z'));
  try {
    const report = await runNight({ graph, warehouse, model: smallModel, clock, harvest });
    return { report, observations };
  } catch (error) {
    if (error instanceof FeedError) return { report: error, observations };
    throw error;
  }
}

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

  test('leaves its journal in the generation, beside those of the nights before', async () => {
    await tonight(harvestOf([day('a'), day('nobody')], 'partial'));
    expect(select(dataDir, 'SELECT run, dateKey, startedAtUTC, verdict FROM runs')).toEqual([
      { run: 'run-1', dateKey: 20261120, startedAtUTC: '2026-11-20T00:00:05.25', verdict: 'partial' },
    ]);
    expect(
      select(dataDir, 'SELECT collection, completeness, seen, inserted, orphans FROM runSteps').map(
        Object.values,
      ),
    ).toEqual([
      ['thingDays', 'partial', 2, 1, 1],
      ['things', 'complete', 2, 2, 0],
    ]);
    expect(select(dataDir, 'SELECT source, message FROM runProblems')).toEqual([
      { source: 'things', message: 'One page was missing.' },
    ]);
  });

  test('that verification refuses is forgotten, with every finding told', async () => {
    const told = await tonight(harvestOf([day('a', 77)]));
    expect(told.report).toMatchObject({ code: 'feed.night-refused', target: 'thingDays' });
    expect(kinds(told)).toEqual(['night.started', 'extract', 'stage', 'night.problem', 'night.failed']);
    expect(readdirSync(dataDir)).toEqual(['night.lock']);
  });

  test('whose harvest throws leaves the last one served, and the next can run', async () => {
    await tonight(harvestOf([day('a')]));
    const refusal = new FeedError('feed.source-refused', 'No.');
    const told = await tonight(() => Promise.reject(refusal));
    expect(told.report).toBe(refusal);
    expect(told.observations.at(-1)).toEqual({
      kind: 'night.failed',
      run: 'run-1',
      dateKey: 20261120,
      error: refusal,
    });
    expect(openSqliteWarehouse({ dataDir, model: smallModel }).current()).toMatchObject({ id: 1 });
  });

  test('that finds another one running says so', async () => {
    const other = openSqliteWarehouse({ dataDir, model: smallModel }).begin(20261120, new Date());
    const told = await tonight(harvestOf([]));
    expect(told.report).toMatchObject({ code: 'feed.night-running' });
    expect(kinds(told)).toEqual(['night.started', 'night.failed']);
    other.discard();
  });
});
