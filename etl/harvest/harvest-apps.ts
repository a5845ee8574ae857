// Reads the apps, and counts on how many devices each is installed or not.
import { NOT_AVAILABLE_KEY } from '../../schema/words.ts';
import type { Completeness } from '../../src/engines/generation-build.ts';
import { listOf } from '../graph/pages.ts';
import {
  appNatural,
  appRevisionStream,
  belongsAmongApps,
  countsOfApp,
  INSTALLATION_COUNTS,
  INSTALLATIONS,
  installCountStream,
  MOBILE_APPS,
  outcomeOfInstallation,
  revisionOf,
  type GraphMobileApp,
  type InstallCount,
  type InstallOutcome,
} from '../streams/apps.ts';
import { idOf, textOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { Fleet } from './fleet.ts';
import type { KnownDevices } from './harvest-devices.ts';
import type { Exports } from './exports.ts';
import type { Tools } from './tools.ts';

export interface KnownApps {
  /** How facts refer to the revision in force, by app id; the revisions last seen where the list could not be read. */
  readonly naturals: ReadonlyMap<string, string>;
  /** What apps are called, by bundle or package id. */
  readonly names: ReadonlyMap<string, string>;
  readonly completeness: Completeness;
}

const toRevision = rowMaker(appRevisionStream);
const toCount = rowMaker(installCountStream);

export async function harvestApps({ graph, stage, ledger, keyOf }: Tools): Promise<KnownApps> {
  const { entity } = appRevisionStream;
  const naturals = new Map<string, string>();
  const names = new Map<string, string>();
  for (const { applicationId, revision, isCurrent } of stage.baseRows(entity)) {
    if (isCurrent === true)
      naturals.set(String(applicationId), appNatural(String(applicationId), Number(revision)));
  }
  const completeness = await ledger.attempt([entity], MOBILE_APPS, async () => {
    const listed = await listOf<GraphMobileApp>(graph, MOBILE_APPS);
    const apps = listed.filter(belongsAmongApps);
    stage.append(
      entity,
      apps.map((app) => toRevision({ app, keyOf })),
    );
    for (const app of apps) naturals.set(app.id, appNatural(app.id, revisionOf(app)));
    for (const { displayName, bundleId, packageId } of listed) {
      const [name, appId] = [textOf(displayName), textOf(bundleId) ?? textOf(packageId)];
      if (name !== null && appId !== null) names.set(appId, name);
    }
    return 'complete';
  });
  return { naturals, names, completeness };
}

/** Each app on each device is remembered until all are read: beyond that many devices, only counts are asked for. */
const MOST_DEVICES = 50_000;

/** Reports are the only source of these counts: without them the night has none. */
export async function harvestInstallations(
  tools: Tools,
  { naturals, completeness }: KnownApps,
  { fleet }: KnownDevices,
): Promise<void> {
  const { exports, stage, ledger } = tools;
  if (!exports) return;
  const counts =
    (fleet.size <= MOST_DEVICES ? await countDevices(exports, tools, naturals, fleet) : null) ??
    (await readCounts(exports, tools, naturals));
  const { entity } = installCountStream;
  if (counts) stage.append(entity, counts.map(toCount));
  ledger.mark([entity], counts ? completeness : 'failed');
}

/** Null when the report could not be read. A device that the report has several times counts once, as it was told last. */
async function countDevices(
  exports: Exports,
  { keyOf }: Tools,
  naturals: ReadonlyMap<string, string>,
  fleet: Fleet,
): Promise<readonly InstallCount[] | null> {
  const outcomes = makeShared();
  /** By the number of the device. */
  const byApp = new Map<string, Map<number, InstallOutcome>>();
  const isWhole = await exports.read(INSTALLATIONS, (rows) => {
    for (const row of rows) {
      const natural = naturals.get(idOf(row.ApplicationId) ?? '');
      const device = fleet.numberOf(idOf(row.DeviceId) ?? '');
      // Win32 apps, and devices that the warehouse does not have.
      if (natural === undefined || device < 0) continue;
      let ofApp = byApp.get(natural);
      if (!ofApp) byApp.set(natural, (ofApp = new Map<number, InstallOutcome>()));
      ofApp.set(device, outcomes(outcomeOfInstallation(row, keyOf)));
    }
  });
  if (!isWhole) return null;
  const deviceTypes = Array.from(fleet, ({ deviceTypeKey }) => deviceTypeKey);
  return [...byApp].flatMap(([natural, ofApp]) => {
    const counts = new Map<string, InstallCount>();
    for (const [device, outcome] of ofApp) {
      const deviceTypeKey = deviceTypes[device] ?? NOT_AVAILABLE_KEY;
      const key = `${deviceTypeKey} ${outcome.stateKey} ${outcome.errorCode}`;
      const devices = (counts.get(key)?.devices ?? 0) + 1;
      counts.set(key, { appNatural: natural, deviceTypeKey, ...outcome, devices });
    }
    return [...counts.values()];
  });
}

/** Outcomes are few: each is kept once, however many devices share it. */
function makeShared(): (outcome: InstallOutcome) => InstallOutcome {
  const known = new Map<string, InstallOutcome>();
  return (outcome) => {
    const key = `${outcome.stateKey} ${outcome.errorCode}`;
    const shared = known.get(key) ?? outcome;
    known.set(key, shared);
    return shared;
  };
}

async function readCounts(
  exports: Exports,
  { keyOf }: Tools,
  naturals: ReadonlyMap<string, string>,
): Promise<readonly InstallCount[] | null> {
  const counts: InstallCount[] = [];
  const isWhole = await exports.read(INSTALLATION_COUNTS, (rows) => {
    for (const row of rows) {
      const natural = naturals.get(idOf(row.ApplicationId) ?? '');
      if (natural !== undefined) counts.push(...countsOfApp(row, natural, keyOf));
    }
  });
  return isWhole ? counts : null;
}
