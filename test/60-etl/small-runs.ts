// Runs of a small model through the real ETL. Only the tenant is replaced, by rows at hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { openRunContext, type RunContext } from '../../etl/run-context.ts';
import { runEtl, type EtlOptions, type RunReport } from '../../etl/run-etl.ts';
import { makeModel, type Model } from '../../schema/model.ts';
import { dates } from '../../schema/subjects/dates.ts';
import { runProblems, runSteps, runs } from '../../schema/subjects/runs.ts';
import { fixedClock } from '../../src/base/clock.ts';
import type { DateKey } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observation } from '../../src/base/observation.ts';
import { KEEP_FOREVER, type Retention } from '../../src/base/retention.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { RunOutcome, RunRecord } from '../../src/engines/run-journal.ts';
import type { Completeness, StagedRow, Staging } from '../../src/engines/staging.ts';
import type { Warehouse } from '../../src/engines/warehouse.ts';
import { select, smallModel, thing, thingDays, things } from '../50-engines/small-model.ts';

/** As the corridor calls it, with the run at hand. */
export type Harvest = (staging: Staging, run: RunContext) => ReturnType<EtlOptions['harvest']>;

export const RUN_HISTORY_ENTITIES = [dates, runs, runSteps, runProblems];

/** Of the first run, where no other time is given. */
export const RUN_STARTED_AT = '2026-11-20T00:00:05.250Z';

export interface RunResult {
  readonly report: RunReport | FeedError;
  readonly observations: readonly Observation[];
}

export interface SmallRuns {
  readonly dataDir: () => string;
  readonly warehouse: () => Warehouse;
  readonly journal: () => readonly RunRecord[];
  /** The latest first. */
  readonly outcomes: () => readonly (readonly [DateKey, RunOutcome])[];
  /** The number of things that are not deleted. */
  readonly served: () => unknown;
  readonly runDay: (
    harvest: Harvest,
    when?: { readonly at?: string; readonly run?: string; readonly retention?: Retention },
  ) => Promise<RunResult>;
}

/** A warehouse for each test of the file that calls it. */
export function smallRuns(
  model: Model = makeModel('Journalled', [...smallModel.entities.values(), ...RUN_HISTORY_ENTITIES]),
): SmallRuns {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-night-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });
  // Enough generations for two rollbacks.
  const warehouse = (): Warehouse => openSqliteWarehouse({ dataDir, model, keepGenerations: 9 });
  const journal = (): readonly RunRecord[] => warehouse().journal.recent(100);
  return {
    dataDir: () => dataDir,
    warehouse,
    journal,
    outcomes: () => journal().map(({ dateKey, outcome }) => [dateKey, outcome]),
    served: () => select(dataDir, 'SELECT count(*) AS rows FROM things WHERE NOT isDeleted')[0]?.['rows'],
    async runDay(harvest, { at = RUN_STARTED_AT, run: runId = 'run-1', retention = KEEP_FOREVER } = {}) {
      const observations: Observation[] = [];
      const run = openRunContext({
        runId,
        observe: (observation) => observations.push(observation),
        signal: new AbortController().signal,
      });
      const clock = fixedClock(new Date(at));
      try {
        const report = await runEtl({
          run,
          warehouse: warehouse(),
          model,
          clock,
          harvest: (staging) => harvest(staging, run),
          retention,
        });
        return { report, observations };
      } catch (error) {
        if (error instanceof FeedError) return { report: error, observations };
        throw error;
      }
    },
  };
}

/** Facts first: the run itself has to merge dimensions before what refers to them. */
export function harvestOf(days: readonly StagedRow[], completeness: Completeness = 'complete'): Harvest {
  return (staging, run) => {
    staging.append(thingDays, days);
    staging.append(things, [thing('a'), thing('b')]);
    if (completeness !== 'complete')
      run.reportProblem({ source: 'things', message: 'One page was missing.' });
    return Promise.resolve(
      new Map<string, Completeness>([
        ['thingDays', completeness],
        ['things', 'complete'],
      ]),
    );
  };
}

export function day(thingKey: string, colourKey = 1): StagedRow {
  return { values: { thingKey, thingName: null, colourKey } };
}

/** These things, and nothing else. */
export function harvestOfThings(rows: readonly StagedRow[]): Harvest {
  return (staging) => {
    staging.append(things, rows);
    return Promise.resolve(new Map([[things.name, 'complete']]));
  };
}

export const observedKinds = ({ observations }: RunResult): readonly string[] =>
  observations.map((each) => (each.kind === 'run.phase' ? each.phase : each.kind));
