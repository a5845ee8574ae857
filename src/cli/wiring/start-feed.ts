// Starts and stops the feed: engine, application and server together.
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import type { Clock } from '../../base/clock.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Observer } from '../../base/observation.ts';
import { SQLITE_DIALECT } from '../../engines/sqlite/sqlite-dialect.ts';
import { openSqliteEngine } from '../../engines/sqlite/sqlite-engine.ts';
import { openSqliteRunJournal } from '../../engines/sqlite/journal/sqlite-run-journal.ts';
import { makeApp } from '../../http/server/make-app.ts';
import { listen } from '../../http/server/listen.ts';
import { FEED_ROOT } from '../../http/request/service-roots.ts';
import { openMetrics } from '../../observe/metrics.ts';
import type { SettingName, Settings } from '../../settings/settings.ts';
import { withAudit } from './with-audit.ts';
import { migrateWarehouse } from './migrate-warehouse.ts';
import { authenticatorOf } from './authenticator-of.ts';

export const FEED_SETTINGS = [
  'host',
  'port',
  'data',
  'keepGenerations',
  'publicUrl',
  'trustedProxies',
  'anonymous',
  'audiences',
  'tenantId',
  'cloud',
  'loginUrl',
  'proxy',
  'noProxy',
  'roles',
  'usualRole',
  'roleClaims',
  'keyParameter',
  'audit',
  'auditDays',
  'tlsCert',
  'tlsKey',
  'corsOrigins',
  'budgetSeconds',
  'budgetMegabytes',
  'readsAtOnce',
  'pageRows',
  'workers',
  'readyHours',
  'today',
  'logFormat',
] as const satisfies readonly SettingName[];

export type FeedSettings = Pick<Settings, (typeof FEED_SETTINGS)[number]>;

export interface RunningFeed {
  /** The address to paste. */
  readonly url: string;
  /** For runs in the background, so that they are among the metrics of the feed. */
  readonly observe: Observer;
  stop(): Promise<void>;
}

// SIGTERM has five seconds; the threads take one of them.
const GRACE_MS = 3000;

export async function startFeed(settings: FeedSettings, clock: Clock, log: Observer): Promise<RunningFeed> {
  const metrics = openMetrics();
  const { authenticator, observe, close } = withAudit(settings, {
    authenticator: authenticatorOf(settings, clock),
    observe: (observation) => {
      log(observation);
      metrics.observe(observation);
    },
    clock,
  });
  migrateWarehouse(settings);
  const engine = openSqliteEngine({
    dataDir: settings.data,
    workers: settings.workers,
    observe,
    limits: LIMITS,
  });
  const options = { model: MODEL, engine, dialect: SQLITE_DIALECT, clock, limits: LIMITS, observe, settings };
  const app = makeApp(
    options,
    { journal: openSqliteRunJournal(settings.data), metrics },
    authenticator,
    settings,
  );
  try {
    const server = await listen(app, settings, observe);
    observe({ kind: 'server.listening', url: server.url });
    return {
      url: `${settings.publicUrl ?? server.url}${FEED_ROOT}`,
      observe,
      stop: async () => {
        await server.stop(GRACE_MS);
        await engine.close();
        close();
        observe({ kind: 'server.stopped' });
      },
    };
  } catch (error) {
    await engine.close();
    close();
    throw error;
  }
}
