// The ETL of one tenant: settings and a credential → a function that runs it for the day of a clock.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openGraphClient } from '../../../etl/graph/graph-client.ts';
import { DEFAULT_EXPORT_TIMING, type ExportTiming } from '../../../etl/graph/export/export-job.ts';
import { openExportJobStore } from '../../../etl/graph/export/export-job-store.ts';
import type { Credential } from '../../../etl/graph/sign-in/credential.ts';
import { makeProxyFetch } from '../../network/proxy-fetch.ts';
import { makeTokenSource } from '../../../etl/graph/sign-in/token-source.ts';
import { harvest, type HarvestOptions } from '../../../etl/harvest/harvest.ts';
import { openRunContext } from '../../../etl/run-context.ts';
import { runEtl, type RunReport } from '../../../etl/run-etl.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import type { Clock } from '../../base/clock.ts';
import type { Observer } from '../../base/observation.ts';
import { openSqliteWarehouse, type SqliteWarehouse } from '../../engines/sqlite/sqlite-warehouse.ts';
import type { SettingName, Settings } from '../../settings/settings.ts';
import { CREDENTIAL_SETTINGS } from './credential-of.ts';
import { PRIVACY_SETTINGS, privacyOf } from './privacy-of.ts';
import { retentionOf } from './retention-of.ts';

/** Those of a run, whatever proves who reads the tenant. */
export const ETL_SETTINGS = [
  'data',
  'keepGenerations',
  'maxDrop',
  'maxRise',
  'maxOrphans',
  'retention',
  'mostAppsAsked',
  'exports',
  'exportMinutes',
  'deviceDetails',
  'proxy',
  'noProxy',
  'select',
  'graphPageRows',
  'requestsAtOnce',
  ...PRIVACY_SETTINGS,
] as const satisfies readonly SettingName[];

export const TENANT_SETTINGS = [
  ...ETL_SETTINGS,
  'today',
  ...CREDENTIAL_SETTINGS,
] as const satisfies readonly SettingName[];

export type EtlSettings = Pick<Settings, (typeof ETL_SETTINGS)[number]>;

export interface TenantEtlOptions {
  readonly credential: Credential;
  readonly settings: EtlSettings;
  readonly observe: Observer;
  /** Ends a run under way; nothing of it is published then. */
  readonly signal: AbortSignal;
  /** How often reports are polled; by default as Intune needs it. */
  readonly exportPace?: ExportTiming;
}

/** Runs the ETL for the clock's day. The token is kept from run to run. */
export type RunTenantEtl = (clock: Clock) => Promise<RunReport>;

export function tenantEtl({
  credential,
  settings,
  observe,
  signal,
  exportPace,
}: TenantEtlOptions): RunTenantEtl {
  const { requestsAtOnce, select, graphPageRows, maxDrop, maxRise, maxOrphans } = settings;
  const fetch = makeProxyFetch(settings);
  const token = makeTokenSource(credential, fetch);
  const retention = retentionOf(settings);
  const warehouse = openTenantWarehouse(settings);
  const harvestOptions = harvestOptionsOf(settings, exportPace);
  return (clock) => {
    const { graphUrl: rootUrl } = credential;
    const run = openRunContext({ runId: randomUUID(), observe, signal });
    const graph = openGraphClient({
      rootUrl,
      token,
      run,
      fetch,
      listOptions: { select: select === 'on', pageRows: graphPageRows },
      concurrencyPerArea: requestsAtOnce,
    });
    return runEtl({
      run,
      warehouse,
      model: MODEL,
      clock,
      thresholds: { maxDrop, maxRise, maxOrphans },
      privacy: privacyOf(settings),
      retention,
      harvest: (staging) => harvest({ graph, run }, staging, harvestOptions),
    });
  };
}

function harvestOptionsOf(settings: EtlSettings, timing = DEFAULT_EXPORT_TIMING): HarvestOptions {
  const { mostAppsAsked, deviceDetails, exports, exportMinutes } = settings;
  if (exports === 'off') return { mostAppsAsked, deviceDetails };
  const jobStore = openExportJobStore(join(settings.data, 'exports.json'));
  return {
    mostAppsAsked,
    deviceDetails,
    exports: { jobStore, timing: { ...timing, jobTimeoutMs: exportMinutes * 60_000 } },
  };
}

export function openTenantWarehouse({
  data,
  keepGenerations,
}: Pick<Settings, 'data' | 'keepGenerations'>): SqliteWarehouse {
  return openSqliteWarehouse({ dataDir: data, model: MODEL, keepGenerations });
}
