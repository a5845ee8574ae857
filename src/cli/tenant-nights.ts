// The nights of one tenant: its Graph, its warehouse, and a night of them whenever one is wanted.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openGraph } from '../../etl/graph/client.ts';
import { EXPORT_PACE, type ExportPace } from '../../etl/graph/export-job.ts';
import { openExportMemory } from '../../etl/graph/export-memory.ts';
import { makeTokenSource, type Credential } from '../../etl/graph/token.ts';
import { harvest, type HarvestContext } from '../../etl/harvest.ts';
import { runNight, type NightReport } from '../../etl/run.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { USUAL_BOUNDS, type Bounds } from '../base/bounds.ts';
import type { Clock } from '../base/clock.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Observer } from '../base/observation.ts';
import { openSqliteWarehouse } from '../engines/sqlite/sqlite-warehouse.ts';
import type { Warehouse } from '../engines/stage.ts';
import { SETTINGS, variableOf, type SettingName, type Settings } from '../settings/settings.ts';
import { isDemoFolder } from './demo-history.ts';

/** Those of a night, whosever it is. */
const NIGHT_SETTINGS = [
  'data',
  'keepGenerations',
  'maxDrop',
  'maxRise',
  'maxOrphans',
  'mostAppsAsked',
  'exports',
  'exportMinutes',
  'deviceDetails',
] as const;

export const TENANT_SETTINGS = [
  ...NIGHT_SETTINGS,
  'today',
  'tenantId',
  'clientId',
  'clientSecret',
  'graphUrl',
  'loginUrl',
] as const satisfies readonly SettingName[];

/** What is left out is as the settings have it by default. */
export type NightSettings = Pick<Settings, 'data' | 'keepGenerations'> &
  Partial<Bounds & ExportSettings> &
  Pick<HarvestContext, 'mostAppsAsked' | 'deviceDetails'>;

export type ExportSettings = Pick<Settings, 'exports' | 'exportMinutes'>;

export interface NightWords {
  readonly credential: Credential;
  readonly settings: NightSettings;
  readonly observe: Observer;
  /** Ends a night under way; nothing of it is published then. */
  readonly signal: AbortSignal;
  /** How patiently reports are asked after; as Intune needs it unless told. */
  readonly exportPace?: ExportPace;
}

/** Runs the night of the clock's day. The token is kept from night to night. */
export type RunNight = (clock: Clock) => Promise<NightReport>;

export function nightsOf({ credential, settings, observe, signal, exportPace }: NightWords): RunNight {
  const token = makeTokenSource(credential);
  const bounds = boundsOf(settings);
  const warehouse = openTenantWarehouse(settings);
  const context = harvestContext(settings, exportPace);
  return (clock) => {
    const graph = openGraph({ rootUrl: credential.graphUrl, token, run: randomUUID(), observe, signal });
    return runNight({
      graph,
      warehouse,
      model: MODEL,
      clock,
      bounds,
      harvest: (...tonight) => harvest(...tonight, context),
    });
  };
}

function harvestContext(settings: NightSettings, pace = EXPORT_PACE): HarvestContext {
  const { mostAppsAsked, deviceDetails } = settings;
  const { exports, exportMinutes } = exportSettingsOf(settings);
  if (exports === 'off') return { mostAppsAsked, deviceDetails };
  const memory = openExportMemory(join(settings.data, 'exports.json'));
  return {
    mostAppsAsked,
    deviceDetails,
    exports: { memory, pace: { ...pace, jobMs: exportMinutes * 60_000 } },
  };
}

/** The usual ones where the settings do not say. */
export function exportSettingsOf({
  exports = SETTINGS.exports.default,
  exportMinutes = SETTINGS.exportMinutes.default,
}: Partial<ExportSettings>): ExportSettings {
  return { exports, exportMinutes };
}

export function openTenantWarehouse({ data, keepGenerations }: NightSettings): Warehouse {
  return openSqliteWarehouse({ dataDir: data, model: MODEL, keepGenerations });
}

/** The usual ones where the settings do not say. */
export function boundsOf(settings: Partial<Bounds>): Bounds {
  const { maxDrop, maxRise, maxOrphans } = { ...USUAL_BOUNDS, ...settings };
  return { maxDrop, maxRise, maxOrphans };
}

/**
 * Throws `setup.bad-setting` naming what is not set, and where a demo's folder would get nights of another tenant.
 */
export function credentialOf(settings: Settings): Credential {
  if (isDemoFolder(settings.data) && settings.graphUrl === SETTINGS.graphUrl.default) {
    throw new FeedError('setup.bad-setting', `The folder '${settings.data}' holds a demo.`, {
      target: '--data',
      hint: 'Choose another with --data for your own tenant.',
    });
  }
  const { tenantId, clientId, clientSecret, graphUrl, loginUrl } = settings;
  if (tenantId !== null && clientId !== null && clientSecret !== null) {
    return { tenantId, clientId, clientSecret, graphUrl, loginUrl };
  }
  const missing = (['tenantId', 'clientId', 'clientSecret'] as const).filter(
    (name) => settings[name] === null,
  );
  throw new FeedError('setup.bad-setting', `Not set: ${missing.map(variableOf).join(', ')}.`, {
    hint:
      'They name the app registration that reads your tenant; the README says how to make one. ' +
      'A feed without nights of its own is served with --schedule off.',
  });
}
