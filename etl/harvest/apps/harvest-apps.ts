// Reads the apps, and counts the devices by the state of each app's installation.
import { NOT_AVAILABLE_KEY } from '../../../schema/entity.ts';
import type { Completeness } from '../../../src/engines/staging.ts';
import { readList } from '../../graph/read-pages.ts';
import {
  appNaturalKey,
  appRevisionStream,
  isWarehouseApp,
  installCountsOf,
  INSTALL_COUNTS_REPORT,
  INSTALL_STATUS_REPORT,
  installCountStream,
  MOBILE_APPS,
  installOutcomeOf,
  revisionOf,
  type GraphMobileApp,
  type InstallCount,
  type InstallOutcome,
} from '../../streams/apps.ts';
import { idOf, textOf } from '../../transform/graph-values.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import type { Fleet } from '../memory/fleet.ts';
import type { KnownDevices } from '../devices/harvest-devices.ts';
import type { ReportExports } from '../report-exports.ts';
import type { HarvestContext } from '../harvest-context.ts';

export interface KnownApps {
  /** Natural key of the current revision by app id; the last known one if the list could not be read. */
  readonly naturalKeys: ReadonlyMap<string, string>;
  /** Names of apps by bundle or package id. */
  readonly names: ReadonlyMap<string, string>;
  readonly completeness: Completeness;
}

const toRevision = makeRowMapper(appRevisionStream);
const toCount = makeRowMapper(installCountStream);

export async function harvestApps(context: HarvestContext): Promise<KnownApps> {
  const { staging, results, keyOf } = context;
  const { entity } = appRevisionStream;
  const naturalKeys = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { applicationId, revision, isCurrent } of staging.baseRows(entity)) {
    if (isCurrent === true)
      naturalKeys.set(String(applicationId), appNaturalKey(String(applicationId), Number(revision)));
  }
  const completeness = await results.readSource([entity], MOBILE_APPS, async () => {
    const listed = await readList<GraphMobileApp>(context, MOBILE_APPS);
    const apps = listed.filter(isWarehouseApp);
    staging.append(
      entity,
      apps.map((app) => toRevision({ app, keyOf })),
    );
    for (const app of apps) naturalKeys.set(app.id, appNaturalKey(app.id, revisionOf(app)));
    for (const { displayName, bundleId, packageId } of listed) {
      const [name, appId] = [textOf(displayName), textOf(bundleId) ?? textOf(packageId)];
      if (name !== null && appId !== null) names.set(appId, name);
    }
    return 'complete';
  });
  return { naturalKeys, names, completeness };
}

/** Each app on each device is held in memory until all are read, so with more devices only counts are read. */
const MAX_DEVICES = 50_000;

/** Reports are the only source of these counts: without exports there are none. */
export async function harvestInstallations(
  context: HarvestContext,
  { naturalKeys, completeness }: KnownApps,
  { fleet }: KnownDevices,
): Promise<void> {
  const { reportExports, staging, results } = context;
  if (!reportExports) return;
  const counts =
    (fleet.size <= MAX_DEVICES
      ? await countInstallations(reportExports, context, naturalKeys, fleet)
      : null) ?? (await readCounts(reportExports, context, naturalKeys));
  const { entity } = installCountStream;
  if (counts) staging.append(entity, counts.map(toCount));
  results.mark([entity], counts ? completeness : 'failed');
}

/** Null when the report could not be read. If the report has a device several times, its last row counts. */
async function countInstallations(
  reportExports: ReportExports,
  { keyOf }: HarvestContext,
  naturalKeys: ReadonlyMap<string, string>,
  fleet: Fleet,
): Promise<readonly InstallCount[] | null> {
  const poolOutcome = makeOutcomePool();
  /** By app, then by the index of the device. */
  const byApp = new Map<string, Map<number, InstallOutcome>>();
  const isReadWhole = await reportExports.readRows(INSTALL_STATUS_REPORT, (rows) => {
    for (const row of rows) {
      const naturalKey = naturalKeys.get(idOf(row.ApplicationId) ?? '');
      const device = fleet.indexOf(idOf(row.DeviceId) ?? '');
      // Win32 apps, and devices that are not in the warehouse.
      if (naturalKey === undefined || device < 0) continue;
      let outcomesOfApp = byApp.get(naturalKey);
      if (!outcomesOfApp) byApp.set(naturalKey, (outcomesOfApp = new Map<number, InstallOutcome>()));
      outcomesOfApp.set(device, poolOutcome(installOutcomeOf(row, keyOf)));
    }
  });
  if (!isReadWhole) return null;
  const deviceTypes = Array.from(fleet, ({ deviceTypeKey }) => deviceTypeKey);
  return [...byApp].flatMap(([naturalKey, outcomesOfApp]) => {
    const counts = new Map<string, InstallCount>();
    for (const [device, outcome] of outcomesOfApp) {
      const deviceTypeKey = deviceTypes[device] ?? NOT_AVAILABLE_KEY;
      const key = `${deviceTypeKey} ${outcome.stateKey} ${outcome.errorCode}`;
      const devices = (counts.get(key)?.devices ?? 0) + 1;
      counts.set(key, { appNaturalKey: naturalKey, deviceTypeKey, ...outcome, devices });
    }
    return [...counts.values()];
  });
}

/** There are few distinct outcomes, so devices share their objects. */
function makeOutcomePool(): (outcome: InstallOutcome) => InstallOutcome {
  const known = new Map<string, InstallOutcome>();
  return (outcome) => {
    const key = `${outcome.stateKey} ${outcome.errorCode}`;
    const shared = known.get(key) ?? outcome;
    known.set(key, shared);
    return shared;
  };
}

async function readCounts(
  reportExports: ReportExports,
  { keyOf }: HarvestContext,
  naturalKeys: ReadonlyMap<string, string>,
): Promise<readonly InstallCount[] | null> {
  const counts: InstallCount[] = [];
  const isReadWhole = await reportExports.readRows(INSTALL_COUNTS_REPORT, (rows) => {
    for (const row of rows) {
      const naturalKey = naturalKeys.get(idOf(row.ApplicationId) ?? '');
      if (naturalKey !== undefined) counts.push(...installCountsOf(row, naturalKey, keyOf));
    }
  });
  return isReadWhole ? counts : null;
}
