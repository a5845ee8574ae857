// The nights of one tenant: its Graph, its warehouse, and a night of them whenever one is wanted.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openGraphClient } from '../../../etl/graph/graph-client.ts';
import { DEFAULT_EXPORT_TIMING, type ExportTiming } from '../../../etl/graph/export/export-job.ts';
import { openExportJobStore } from '../../../etl/graph/export/export-job-store.ts';
import type { Credential } from '../../../etl/graph/sign-in/credential.ts';
import { makeProxyFetch } from '../../network/proxy-fetch.ts';
import { makeTokenSource } from '../../../etl/graph/sign-in/token-source.ts';
import { harvest, type HarvestOptions } from '../../../etl/harvest/harvest.ts';
import { runEtl, type RunReport } from '../../../etl/run-etl.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { DEFAULT_THRESHOLDS, type VolumeThresholds } from '../../base/volume-thresholds.ts';
import type { Clock } from '../../base/clock.ts';
import type { Observer } from '../../base/observation.ts';
import { openSqliteWarehouse, type SqliteWarehouse } from '../../engines/sqlite/sqlite-warehouse.ts';
import { SETTINGS, type SettingName, type Settings } from '../../settings/settings.ts';
import { CREDENTIAL_SETTINGS } from './credential-of.ts';
import { PRIVACY_SETTINGS, privacyOf, type PrivacyOptions } from './privacy-of.ts';
import { retentionOf, type RetentionSettings } from './retention-of.ts';

/** Those of a night, whosever it is. */
const ETL_SETTINGS = [
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
] as const;

export const TENANT_SETTINGS = [
  ...ETL_SETTINGS,
  'today',
  ...CREDENTIAL_SETTINGS,
] as const satisfies readonly SettingName[];

/** What is left out is as the settings have it by default. */
export type EtlSettings = Pick<Settings, 'data' | 'keepGenerations'> &
  Partial<VolumeThresholds & ExportSettings & GraphSettings & PrivacyOptions> &
  RetentionSettings &
  Pick<HarvestOptions, 'mostAppsAsked' | 'deviceDetails'>;

export type ExportSettings = Pick<Settings, 'exports' | 'exportMinutes'>;

/** How Graph is reached and asked. */
export type GraphSettings = Pick<
  Settings,
  'proxy' | 'noProxy' | 'select' | 'graphPageRows' | 'requestsAtOnce'
>;

export interface TenantEtlOptions {
  readonly credential: Credential;
  readonly settings: EtlSettings;
  readonly observe: Observer;
  /** Ends a night under way; nothing of it is published then. */
  readonly signal: AbortSignal;
  /** How patiently reports are asked after; as Intune needs it unless told. */
  readonly exportPace?: ExportTiming;
}

/** Runs the night of the clock's day. The token is kept from night to night. */
export type RunTenantEtl = (clock: Clock) => Promise<RunReport>;

export function tenantEtl({
  credential,
  settings,
  observe,
  signal,
  exportPace,
}: TenantEtlOptions): RunTenantEtl {
  const { requestsAtOnce, select, graphPageRows, ...network } = graphSettingsOf(settings);
  const requestOptions = { select: select === 'on', pageRows: graphPageRows };
  const fetch = makeProxyFetch(network);
  const token = makeTokenSource(credential, fetch);
  const thresholds = volumeThresholdsOf(settings);
  const retention = retentionOf(settings);
  const warehouse = openTenantWarehouse(settings);
  const harvestOptions = harvestOptionsOf(settings, exportPace);
  return (clock) => {
    const { graphUrl: rootUrl } = credential;
    const run = randomUUID();
    const graph = openGraphClient({
      rootUrl,
      token,
      run,
      observe,
      signal,
      fetch,
      listOptions: requestOptions,
      concurrencyPerArea: requestsAtOnce,
    });
    return runEtl({
      graph,
      warehouse,
      model: MODEL,
      clock,
      thresholds,
      privacy: privacyOf(settings, settings.data),
      retention,
      harvest: (...args) => harvest(...args, harvestOptions),
    });
  };
}

function harvestOptionsOf(settings: EtlSettings, pace = DEFAULT_EXPORT_TIMING): HarvestOptions {
  const { mostAppsAsked, deviceDetails } = settings;
  const { exports, exportMinutes } = exportSettingsOf(settings);
  if (exports === 'off') return { mostAppsAsked, deviceDetails };
  const memory = openExportJobStore(join(settings.data, 'exports.json'));
  return {
    mostAppsAsked,
    deviceDetails,
    exports: { jobStore: memory, timing: { ...pace, jobTimeoutMs: exportMinutes * 60_000 } },
  };
}

/** The usual ones where the settings do not say. */
export function exportSettingsOf({
  exports = SETTINGS.exports.default,
  exportMinutes = SETTINGS.exportMinutes.default,
}: Partial<ExportSettings>): ExportSettings {
  return { exports, exportMinutes };
}

/** The usual ones where the settings do not say. */
export function graphSettingsOf({
  proxy = SETTINGS.proxy.default,
  noProxy = SETTINGS.noProxy.default,
  select = SETTINGS.select.default,
  graphPageRows = SETTINGS.graphPageRows.default,
  requestsAtOnce = SETTINGS.requestsAtOnce.default,
}: Partial<GraphSettings>): GraphSettings {
  return { proxy, noProxy, select, graphPageRows, requestsAtOnce };
}

export function openTenantWarehouse({ data, keepGenerations }: EtlSettings): SqliteWarehouse {
  return openSqliteWarehouse({ dataDir: data, model: MODEL, keepGenerations });
}

/** The usual ones where the settings do not say. */
export function volumeThresholdsOf(settings: Partial<VolumeThresholds>): VolumeThresholds {
  const { maxDrop, maxRise, maxOrphans } = { ...DEFAULT_THRESHOLDS, ...settings };
  return { maxDrop, maxRise, maxOrphans };
}
