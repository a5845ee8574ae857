// A tenant behind the emulator, harvested over HTTP into a staging area that records: for tests of the harvest.
import { openGraphClient } from '../../etl/graph/graph-client.ts';
import { makeTokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { harvest, type HarvestOptions } from '../../etl/harvest/harvest.ts';
import { openRunContext } from '../../etl/run-context.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { Fault } from '../../fixtures/graph-emulator/faults.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant, type TenantOptions } from '../../fixtures/tenant/make-tenant.ts';
import type { Tenant } from '../../fixtures/tenant/tenant.ts';
import type { Row } from '../../schema/entity.ts';
import type { Observation } from '../../src/base/observation.ts';
import type { RunProblem } from '../../src/engines/run-journal.ts';
import type { Completeness } from '../../src/engines/staging.ts';
import { recordingStaging, type RecordingStaging } from './recording-staging.ts';

export interface TenantHarvest {
  readonly staging: RecordingStaging;
  readonly report: {
    readonly completeness: ReadonlyMap<string, Completeness>;
    readonly problems: readonly RunProblem[];
  };
  readonly observations: readonly Observation[];
  /** Requests to Graph: method and address. */
  readonly requests: readonly string[];
}

export interface TenantHarvestOptions {
  readonly faults?: readonly Fault[];
  /** The base generation, by collection. */
  readonly existing?: Readonly<Record<string, readonly Row[]>>;
  readonly context?: HarvestOptions;
}

export interface HarvestedTenant {
  readonly tenant: Tenant;
  readonly url: string;
  readonly harvestDay: (options?: TenantHarvestOptions) => Promise<TenantHarvest>;
  readonly close: () => Promise<void>;
}

/** The tenant as it is on the day, in short pages. */
export async function openTenant(
  options: TenantOptions,
  day: number,
  pageRows = 20,
): Promise<HarvestedTenant> {
  let requests: string[] = [];
  const tenant = makeTenant(options);
  const emulator = await startGraphEmulator({
    tenant,
    pageRows,
    onRequest: (method, url) => requests.push(`${method} ${url}`),
  });
  emulator.setDay(day);

  // The policies of each app instance would be most of the requests of a run.
  const defaults: HarvestOptions = { mostAppsAsked: 0 };
  const harvestDay = async ({
    faults = [],
    existing = {},
    context = defaults,
  }: TenantHarvestOptions = {}) => {
    requests = [];
    for (const fault of faults) emulator.faults.add(fault);
    const observations: Observation[] = [];
    const run = openRunContext({
      runId: 'run-1',
      observe: (observation) => observations.push(observation),
      signal: new AbortController().signal,
    });
    const graph = openGraphClient({
      rootUrl: emulator.url,
      token: makeTokenSource({ ...DEMO_CREDENTIALS, loginUrl: emulator.url, graphUrl: emulator.url }),
      run,
      retryPolicy: { maxAttempts: 3, initialDelayMs: 1, maxDelayMs: 20, requestTimeoutMs: 5_000 },
    });
    const staging = { ...recordingStaging(existing), dateKey: day };
    try {
      const completeness = await harvest({ graph, run }, staging, context);
      return { staging, report: { completeness, problems: run.problems }, observations, requests };
    } finally {
      emulator.faults.clear();
    }
  };
  return { tenant, url: emulator.url, harvestDay, close: emulator.close };
}

/** A fault that lasts for the whole run. */
export const permanentFault = (match: Fault['match'], answer: Fault['answer']): Fault => ({
  match,
  answer,
  times: 1_000,
});
