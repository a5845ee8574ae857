// Runs of the edge-case tenant from Graph over HTTP into a real warehouse. Each starts from the same good first run.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openGraphClient } from '../../etl/graph/graph-client.ts';
import { DEFAULT_EXPORT_TIMING } from '../../etl/graph/export/export-job.ts';
import { openExportJobStore } from '../../etl/graph/export/export-job-store.ts';
import { DEFAULT_LIST_OPTIONS, type ListOptions } from '../../etl/graph/list-address.ts';
import { makeTokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { harvest, type HarvestOptions } from '../../etl/harvest/harvest.ts';
import { openRunContext } from '../../etl/run-context.ts';
import { runEtl, type RunReport } from '../../etl/run-etl.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { Fault } from '../../fixtures/graph-emulator/faults.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Observation } from '../../src/base/observation.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Completeness } from '../../src/engines/staging.ts';

export const FIRST_DAY = 20261119;
export const SECOND_DAY = 20261120;

export interface RepeatableRun {
  /** The report of the run, or its error when nothing was published. */
  readonly outcome: RunReport | FeedError;
  /** Queries the generation that is served after the run. */
  readonly select: (
    sql: string,
    ...values: readonly unknown[]
  ) => readonly Readonly<Record<string, unknown>>[];
  readonly completenessOf: (collection: string) => Completeness | undefined;
  /** `source: message`. */
  readonly problems: readonly string[];
  readonly retries: number;
  /** Requests to Graph: method and address. */
  readonly requests: readonly string[];
}

export interface RepeatableRunOptions {
  readonly faults?: readonly Fault[];
  readonly requestOptions?: Partial<ListOptions>;
  readonly exports?: 'auto' | 'off';
  readonly mostAppsAsked?: number;
  readonly deviceDetails?: 'on';
}

export interface RepeatableRuns {
  readonly runSecondDay: (words?: RepeatableRunOptions) => Promise<RepeatableRun>;
  readonly close: () => Promise<void>;
}

/** The first run is complete, exports included. Pages are short, so that the small tenant has several. */
export async function openRepeatableRuns(devices: number, pageRows: number): Promise<RepeatableRuns> {
  const root = mkdtempSync(join(tmpdir(), 'fleetfeed-kept-'));
  let requests: string[] = [];
  const emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices, firstDateKey: FIRST_DAY }),
    pageRows,
    onRequest: (method, url) => requests.push(`${method} ${url}`),
  });

  const runDay = async (
    dataDir: string,
    day: number,
    options: RepeatableRunOptions,
  ): Promise<RepeatableRun> => {
    const {
      faults = [],
      requestOptions: asking,
      exports = 'off',
      mostAppsAsked = 0,
      deviceDetails,
    } = options;
    requests = [];
    for (const fault of faults) emulator.faults.add(fault);
    const observations: Observation[] = [];
    const run = openRunContext({
      runId: `run-${day}`,
      observe: (observation) => observations.push(observation),
      signal: new AbortController().signal,
    });
    const graph = openGraphClient({
      rootUrl: emulator.url,
      token: makeTokenSource({ ...DEMO_CREDENTIALS, loginUrl: emulator.url, graphUrl: emulator.url }),
      run,
      retryPolicy: { maxAttempts: 4, initialDelayMs: 1, maxDelayMs: 20, requestTimeoutMs: 5_000 },
      listOptions: { ...DEFAULT_LIST_OPTIONS, ...asking },
    });
    const memory = openExportJobStore(join(dataDir, 'exports.json'));
    const harvestOptions: HarvestOptions = {
      mostAppsAsked,
      deviceDetails,
      ...(exports === 'auto' && {
        exports: { jobStore: memory, timing: { ...DEFAULT_EXPORT_TIMING, initialPollMs: 1 } },
      }),
    };
    const outcome = await runEtl({
      run,
      warehouse: openSqliteWarehouse({ dataDir, model: MODEL }),
      model: MODEL,
      clock: fixedClock(midnightOf(day)),
      harvest: (staging) => harvest({ graph, run }, staging, harvestOptions),
    }).catch((error: unknown) => {
      if (error instanceof FeedError) return error;
      throw error;
    });
    emulator.faults.clear();
    const steps = outcome instanceof FeedError ? [] : outcome.steps;
    return {
      outcome,
      select(sql, ...values) {
        const database = new Database(listGenerations(dataDir)[0]!.path, { readonly: true });
        try {
          return database.prepare<unknown[], Record<string, unknown>>(sql).all(...values);
        } finally {
          database.close();
        }
      },
      completenessOf: (collection) => steps.find(({ entity }) => entity === collection)?.completeness,
      problems: observations.flatMap((each) =>
        each.kind === 'run.problem' ? [`${each.source}: ${each.message}`] : [],
      ),
      retries: observations.filter(({ kind }) => kind === 'run.retry').length,
      requests,
    };
  };

  emulator.setDay(FIRST_DAY);
  const good = join(root, 'good');
  await runDay(good, FIRST_DAY, { exports: 'auto' });
  emulator.setDay(SECOND_DAY);
  let runCount = 0;
  return {
    runSecondDay(options = {}) {
      const dataDir = join(root, `run-${++runCount}`);
      cpSync(good, dataDir, { recursive: true });
      return runDay(dataDir, SECOND_DAY, options);
    },
    async close() {
      await emulator.close();
      rmSync(root, { recursive: true });
    },
  };
}
