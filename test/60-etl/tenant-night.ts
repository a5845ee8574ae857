// A tenant behind the emulator, harvested over HTTP into a stage that remembers: for tests of what becomes of its odd ones.
import { openGraphClient } from '../../etl/graph/graph-client.ts';
import { makeTokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { harvest, type HarvestOptions, type HarvestReport } from '../../etl/harvest/harvest.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { Fault } from '../../fixtures/graph-emulator/faults.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant, type TenantOptions } from '../../fixtures/tenant/make-tenant.ts';
import type { Tenant } from '../../fixtures/tenant/tenant.ts';
import type { Row } from '../../schema/words.ts';
import type { Observation } from '../../src/base/observation.ts';
import { recordingStage, type RecordingStage } from './recording-stage.ts';

export interface HarvestedNight {
  readonly stage: RecordingStage;
  readonly report: HarvestReport;
  readonly observations: readonly Observation[];
  /** What was asked of Graph: method and address. */
  readonly asked: readonly string[];
}

export interface NightOptions {
  readonly faults?: readonly Fault[];
  /** What the last night left, by collection. */
  readonly existing?: Readonly<Record<string, readonly Row[]>>;
  readonly context?: HarvestOptions;
}

export interface HarvestedTenant {
  readonly tenant: Tenant;
  readonly url: string;
  readonly harvestNight: (options?: NightOptions) => Promise<HarvestedNight>;
  readonly close: () => Promise<void>;
}

/** The tenant as it stands on the night, in short pages. */
export async function openTenant(
  options: TenantOptions,
  night: number,
  pageRows = 20,
): Promise<HarvestedTenant> {
  let asked: string[] = [];
  const tenant = makeTenant(options);
  const emulator = await startGraphEmulator({
    tenant,
    pageRows,
    onRequest: (method, url) => asked.push(`${method} ${url}`),
  });
  emulator.setDay(night);

  // What protects each copy of an app would be most of the requests of a night.
  const usual: HarvestOptions = { mostAppsAsked: 0 };
  const harvestNight = async ({ faults = [], existing = {}, context = usual }: NightOptions = {}) => {
    asked = [];
    for (const fault of faults) emulator.faults.add(fault);
    const observations: Observation[] = [];
    const graph = openGraphClient({
      rootUrl: emulator.url,
      token: makeTokenSource({ ...DEMO_CREDENTIALS, loginUrl: emulator.url, graphUrl: emulator.url }),
      run: 'run-1',
      observe: (observation) => observations.push(observation),
      signal: new AbortController().signal,
      retryPolicy: { maxAttempts: 3, initialDelayMs: 1, maxDelayMs: 20, requestTimeoutMs: 5_000 },
    });
    const stage = { ...recordingStage(existing), dateKey: night };
    try {
      return { stage, report: await harvest(graph, stage, context), observations, asked };
    } finally {
      emulator.faults.clear();
    }
  };
  return { tenant, url: emulator.url, harvestNight, close: emulator.close };
}

/** A fault for as long as the night lasts. */
export const alwaysWith = (match: Fault['match'], answer: Fault['answer']): Fault => ({
  match,
  answer,
  times: 1_000,
});
