// Reads the tenant's devices and their categories, and keeps of each device the little that the other sources need.
import type { Completeness } from '../../src/engines/generation-build.ts';
import { listOf, pagesOf, singletonOf } from '../graph/pages.ts';
import {
  DEVICE_CATEGORIES,
  DEVICE_LOOKUPS,
  deviceCategoryStream,
  type GraphDeviceCategory,
} from '../streams/device-lookups.ts';
import {
  belongsInWarehouse,
  devicePropertyHistoryStream,
  deviceStream,
  MANAGED_DEVICE_OVERVIEW,
  MANAGED_DEVICES,
  type DeviceRecord,
  type ManagedDevice,
  type ManagedDeviceOverview,
} from '../streams/devices.ts';
import { dayBefore, isWithin, type DayBefore } from '../transform/day-before.ts';
import { makeDetailsDue, type DeviceTimes } from '../transform/details-due.ts';
import { encryptingPlatformOf } from '../transform/os-version.ts';
import { countOf, idOf, instantOf, textOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import { windowsEditionOf } from '../transform/windows-edition.ts';
import { makeFleet, type DeviceNames, type DeviceTraits, type Fleet } from './fleet.ts';
import { isWhole } from './is-whole.ts';
import type { Tools } from './tools.ts';

export interface KnownDevices {
  readonly fleet: Fleet;
  readonly completeness: Completeness;
}

const toDevice = rowMaker(deviceStream);
const toHistory = rowMaker(devicePropertyHistoryStream);
const toCategory = rowMaker(deviceCategoryStream);

export async function harvestDevices(tools: Tools): Promise<KnownDevices> {
  const { graph, stage, ledger, keyOf, entraIds } = tools;
  const categories = await harvestCategories(tools);
  const enrolled = await enrolledDevices(tools);
  const fleet = makeFleet(entraIds);
  /** Listed, but none that the warehouse wants. */
  const others = new Set<string>();
  const entities = [deviceStream.entity, devicePropertyHistoryStream.entity];
  const night: Tonight = {
    yesterday: dayBefore(stage.dateKey),
    detailsDue: makeDetailsDue(stage.dateKey),
  };

  const completeness = await ledger.attempt(entities, MANAGED_DEVICES, async (gained) => {
    for await (const page of pagesOf<ManagedDevice>(graph, MANAGED_DEVICES, enrolled)) {
      for (const device of page) if (!belongsInWarehouse(device)) others.add(device.id);
      const records = page
        .filter(belongsInWarehouse)
        .map((device) => ({ device, keyOf, categoryId: categoryOf(device, categories) }));
      for (const record of records) fleet.put(namesOf(record), traitsOf(record, night));
      stage.append(deviceStream.entity, records.map(toDevice));
      stage.append(devicePropertyHistoryStream.entity, records.map(toHistory));
      gained();
    }
    const listing = {
      address: MANAGED_DEVICES,
      things: 'enrolled devices',
      listed: fleet.size + others.size,
      counted: enrolled,
    };
    return isWhole(listing, ledger) ? 'complete' : 'partial';
  });
  return { fleet, completeness };
}

/** By lower-case name, which is all that a device tells of its category. */
async function harvestCategories({ graph, stage, ledger }: Tools): Promise<ReadonlyMap<string, string>> {
  const { entity } = deviceCategoryStream;
  const byName = new Map<string, string>();
  // Those of the last night, should the list fail tonight.
  for (const { deviceCategoryID, deviceCategoryName, isDeleted } of stage.baseRows(entity)) {
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
}

const platformOf = (device: ManagedDevice) => encryptingPlatformOf(textOf(device.operatingSystem));

function namesOf({ device }: DeviceRecord): DeviceNames {
  return {
    deviceId: device.id,
    windowsName: platformOf(device) === 'windows' ? textOf(device.deviceName) : null,
    entraId: idOf(device.azureADDeviceId),
    userId: idOf(device.userId),
  };
}

function traitsOf({ device, keyOf }: DeviceRecord, { yesterday, detailsDue }: Tonight): DeviceTraits {
  const enrolled = instantOf(device.enrolledDateTime);
  return {
    deviceTypeKey: keyOf(DEVICE_LOOKUPS.deviceType, device.deviceType),
    platform: platformOf(device),
    osVersion: textOf(device.osVersion),
    edition: windowsEditionOf(textOf(device.skuFamily), countOf(device.skuNumber)),
    joinType: textOf(device.joinType),
    secureBoot: secureBootOf(device),
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
