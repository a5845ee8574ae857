// Reads the tenant's devices and their categories, and keeps of each device the little that the other sources need.
import type { Completeness } from '../../src/engines/stage.ts';
import { listOf, pagesOf, singletonOf } from '../graph/pages.ts';
import { DEVICE_CATEGORIES, DEVICE_LOOKUPS, deviceCategoryStream } from '../streams/device-lookups.ts';
import type { GraphDeviceCategory } from '../streams/device-lookups.ts';
import {
  belongsInWarehouse,
  devicePropertyHistoryStream,
  deviceStream,
  MANAGED_DEVICE_OVERVIEW,
  MANAGED_DEVICES,
} from '../streams/devices.ts';
import type { DeviceRecord, ManagedDevice, ManagedDeviceOverview } from '../streams/devices.ts';
import { dayBefore, isWithin } from '../transform/day-before.ts';
import type { DayBefore } from '../transform/day-before.ts';
import { makeDetailsDue } from '../transform/details-due.ts';
import type { DeviceTimes } from '../transform/details-due.ts';
import { encryptingPlatformOf } from '../transform/os-version.ts';
import type { EncryptingPlatform } from '../transform/os-version.ts';
import { countOf, idOf, instantOf, textOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import { windowsEditionOf } from '../transform/windows-edition.ts';
import type { WindowsEdition } from '../transform/windows-edition.ts';
import { isWhole } from './is-whole.ts';
import { makeSame } from './same.ts';
import type { Same } from './same.ts';
import type { Tools } from './tools.ts';

/** What is remembered of a device until the end of the night: some hundred bytes, of which others share the texts. */
export interface KnownDevice {
  readonly deviceTypeKey: number;
  readonly platform: EncryptingPlatform | null;
  readonly osVersion: string | null;
  /** What a Windows device is called; some reports tell it by nothing else. Null for others. */
  readonly windowsName: string | null;
  readonly edition: WindowsEdition | null;
  readonly joinType: string | null;
  /** In the words of health attestation; null where the device was never attested. */
  readonly secureBoot: string | null;
  /** Its id in Entra. */
  readonly entraId: string | null;
  readonly userId: string | null;
  /** Key of the way it was enrolled, if that was on the day before the night; else null. */
  readonly enrolledBy: number | null;
  /** Its turn to be asked by itself has come. */
  readonly detailsDue: boolean;
}

export interface KnownDevices {
  /** By device id. */
  readonly byId: ReadonlyMap<string, KnownDevice>;
  readonly completeness: Completeness;
}

const toDevice = rowMaker(deviceStream);
const toHistory = rowMaker(devicePropertyHistoryStream);
const toCategory = rowMaker(deviceCategoryStream);

export async function harvestDevices(tools: Tools): Promise<KnownDevices> {
  const { graph, stage, ledger, keyOf } = tools;
  const categories = await harvestCategories(tools);
  const enrolled = await enrolledDevices(tools);
  const byId = new Map<string, KnownDevice>();
  const listed = new Set<string>();
  const entities = [deviceStream.entity, devicePropertyHistoryStream.entity];
  const night: Tonight = {
    yesterday: dayBefore(stage.dateKey),
    detailsDue: makeDetailsDue(stage.dateKey),
    same: makeSame(),
  };

  const completeness = await ledger.attempt(entities, MANAGED_DEVICES, async (gained) => {
    for await (const page of pagesOf<ManagedDevice>(graph, MANAGED_DEVICES, enrolled)) {
      for (const { id } of page) listed.add(id);
      const records = page
        .filter(belongsInWarehouse)
        .map((device) => ({ device, keyOf, categoryId: categoryOf(device, categories) }));
      for (const record of records) byId.set(record.device.id, knownDevice(record, night));
      stage.append(deviceStream.entity, records.map(toDevice));
      stage.append(devicePropertyHistoryStream.entity, records.map(toHistory));
      gained();
    }
    const listing = {
      address: MANAGED_DEVICES,
      things: 'enrolled devices',
      listed: listed.size,
      counted: enrolled,
    };
    return isWhole(listing, ledger) ? 'complete' : 'partial';
  });
  return { byId, completeness };
}

/** By lower-case name, which is all that a device tells of its category. */
async function harvestCategories({ graph, stage, ledger }: Tools): Promise<ReadonlyMap<string, string>> {
  const { entity } = deviceCategoryStream;
  const byName = new Map<string, string>();
  // Those of the last night, should the list fail tonight.
  for (const { deviceCategoryID, deviceCategoryName, isDeleted } of stage.existing(entity)) {
    if (!isDeleted && idOf(deviceCategoryID) !== null) {
      byName.set(String(deviceCategoryName).toLowerCase(), String(deviceCategoryID));
    }
  }
  await ledger.attempt([entity], DEVICE_CATEGORIES, async (gained) => {
    const categories = await listOf<GraphDeviceCategory>(graph, DEVICE_CATEGORIES);
    stage.append(entity, categories.map(toCategory));
    for (const { id, displayName } of categories) byName.set(String(displayName).toLowerCase(), id);
    gained();
    return 'complete';
  });
  return byName;
}

function categoryOf(
  { deviceCategoryDisplayName }: ManagedDevice,
  byName: ReadonlyMap<string, string>,
): string | null {
  return byName.get(textOf(deviceCategoryDisplayName)?.toLowerCase() ?? '') ?? null;
}

async function enrolledDevices({ graph, ledger }: Tools): Promise<number | null> {
  let enrolled: number | null = null;
  await ledger.attempt([], MANAGED_DEVICE_OVERVIEW, async () => {
    const overview = await singletonOf<ManagedDeviceOverview>(graph, MANAGED_DEVICE_OVERVIEW);
    enrolled =
      typeof overview.enrolledDeviceCount === 'number' ? countOf(overview.enrolledDeviceCount) : null;
    return 'complete';
  });
  return enrolled;
}

interface Tonight {
  readonly yesterday: DayBefore;
  readonly detailsDue: (device: DeviceTimes) => boolean;
  readonly same: Same;
}

function knownDevice({ device, keyOf }: DeviceRecord, { yesterday, detailsDue, same }: Tonight): KnownDevice {
  const platform = encryptingPlatformOf(textOf(device.operatingSystem));
  const enrolled = instantOf(device.enrolledDateTime);
  return {
    deviceTypeKey: keyOf(DEVICE_LOOKUPS.deviceType, device.deviceType),
    platform,
    osVersion: same(textOf(device.osVersion)),
    windowsName: platform === 'windows' ? textOf(device.deviceName) : null,
    edition: windowsEditionOf(textOf(device.skuFamily), countOf(device.skuNumber)),
    joinType: same(textOf(device.joinType)),
    secureBoot: same(secureBootOf(device)),
    entraId: idOf(device.azureADDeviceId),
    userId: same(idOf(device.userId)),
    enrolledBy: isWithin(yesterday, enrolled)
      ? keyOf(DEVICE_LOOKUPS.enrollmentType, device.deviceEnrollmentType)
      : null,
    detailsDue: detailsDue({ id: device.id, enrolled, lastSync: instantOf(device.lastSyncDateTime) }),
  };
}

function secureBootOf({ deviceHealthAttestationState: state }: ManagedDevice): string | null {
  if (typeof state !== 'object' || state === null || !('secureBoot' in state)) return null;
  return textOf(state.secureBoot);
}
