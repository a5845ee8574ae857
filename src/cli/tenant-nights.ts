// The nights of one tenant: its Graph, its warehouse, and a night of them whenever one is wanted.
import { randomUUID } from 'node:crypto';
import { openGraph } from '../../etl/graph/client.ts';
import { makeTokenSource, type Credential } from '../../etl/graph/token.ts';
import { runNight, type NightReport } from '../../etl/run.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { Clock } from '../base/clock.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Observer } from '../base/observation.ts';
import { openSqliteWarehouse } from '../engines/sqlite/sqlite-warehouse.ts';
import { SETTINGS, variableOf, type SettingName, type Settings } from '../settings/settings.ts';
import { isDemoFolder } from './demo-history.ts';

export const TENANT_SETTINGS = [
  'data',
  'keepGenerations',
  'today',
  'tenantId',
  'clientId',
  'clientSecret',
  'graphUrl',
  'loginUrl',
] as const satisfies readonly SettingName[];

export interface NightWords {
  readonly credential: Credential;
  readonly settings: Pick<Settings, 'data' | 'keepGenerations'>;
  readonly observe: Observer;
  /** Ends a night under way; nothing of it is published then. */
  readonly signal: AbortSignal;
}

/** Runs the night of the clock's day. The token is kept from night to night. */
export type RunNight = (clock: Clock) => Promise<NightReport>;

export function nightsOf({ credential, settings, observe, signal }: NightWords): RunNight {
  const token = makeTokenSource(credential);
  const { data: dataDir, keepGenerations } = settings;
  const warehouse = openSqliteWarehouse({ dataDir, model: MODEL, keepGenerations });
  return (clock) => {
    const graph = openGraph({ rootUrl: credential.graphUrl, token, run: randomUUID(), observe, signal });
    return runNight({ graph, warehouse, model: MODEL, clock });
  };
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
