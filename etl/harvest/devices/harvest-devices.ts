// Reads the tenant's devices and their categories, and collects what other sources need to know about each device.
import type { Completeness } from '../../../src/engines/staging.ts';
import { readList, readPages, readSingleton } from '../../graph/read-pages.ts';
import {
  DEVICE_CATEGORIES,
  DEVICE_LOOKUPS,
  deviceCategoryStream,
  type GraphDeviceCategory,
} from '../../streams/device-lookups.ts';
import {
  isWarehouseDevice,
  devicePropertyHistoryStream,
  deviceStream,
  MANAGED_DEVICE_OVERVIEW,
  MANAGED_DEVICES,
  type DeviceRecord,
  type ManagedDevice,
  type ManagedDeviceOverview,
} from '../../streams/devices.ts';
import { dayBefore, isWithin, type DayBefore } from '../../transform/day-before.ts';
import { makeIsDetailsDue, type DeviceTimes } from '../../transform/details-due.ts';
import { encryptingPlatformOf } from '../../transform/encryption/os-version.ts';
import { countOf, idOf, instantOf, textOf } from '../../transform/graph-values.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import { windowsEditionOf } from '../../transform/encryption/windows-edition.ts';
import { makeFleet, type DeviceIdentity, type SharedDeviceTraits, type Fleet } from '../memory/fleet.ts';
import { isCompleteList } from '../is-complete-list.ts';
import type { HarvestContext } from '../harvest-context.ts';

export interface KnownDevices {
  readonly fleet: Fleet;
  readonly completeness: Completeness;
}

const toDevice = makeRowMapper(deviceStream);
const toHistory = makeRowMapper(devicePropertyHistoryStream);
const toCategory = makeRowMapper(deviceCategoryStream);

export async function harvestDevices(context: HarvestContext): Promise<KnownDevices> {
  const { staging, results, keyOf, entraIds } = context;
  const categories = await harvestCategories(context);
  const enrolledCount = await countEnrolledDevices(context);
  const fleet = makeFleet(entraIds);
  /** Listed devices that the warehouse does not store. */
  const excludedIds = new Set<string>();
  const entities = [deviceStream.entity, devicePropertyHistoryStream.entity];
  const dayRules: DayRules = {
    yesterday: dayBefore(staging.dateKey),
    isDetailsDue: makeIsDetailsDue(staging.dateKey),
  };

  const completeness = await results.readSource(entities, MANAGED_DEVICES, async (onRows) => {
    for await (const page of readPages<ManagedDevice>(context, MANAGED_DEVICES, enrolledCount)) {
      for (const device of page) if (!isWarehouseDevice(device)) excludedIds.add(device.id);
      const records = page
        .filter(isWarehouseDevice)
        .map((device) => ({ device, keyOf, categoryId: categoryIdOf(device, categories) }));
      for (const record of records) fleet.put(identityOf(record), traitsOf(record, dayRules));
      staging.append(deviceStream.entity, records.map(toDevice));
      staging.append(devicePropertyHistoryStream.entity, records.map(toHistory));
      onRows();
    }
    const listCounts = {
      address: MANAGED_DEVICES,
      noun: 'enrolled devices',
      listed: fleet.size + excludedIds.size,
      counted: enrolledCount,
    };
    return isCompleteList(listCounts, results) ? 'complete' : 'partial';
  });
  return { fleet, completeness };
}

/** Ids by lower-case name, since a device has only the name of its category. */
async function harvestCategories(context: HarvestContext): Promise<ReadonlyMap<string, string>> {
  const { staging, results } = context;
  const { entity } = deviceCategoryStream;
  const byName = new Map<string, string>();
  // Start with those in the warehouse, in case the list fails.
  for (const { deviceCategoryID, deviceCategoryName, isDeleted } of staging.baseRows(entity)) {
    if (!isDeleted && idOf(deviceCategoryID) !== null) {
      byName.set(String(deviceCategoryName).toLowerCase(), String(deviceCategoryID));
    }
  }
  await results.readSource([entity], DEVICE_CATEGORIES, async (onRows) => {
    const categories = await readList<GraphDeviceCategory>(context, DEVICE_CATEGORIES);
    staging.append(entity, categories.map(toCategory));
    for (const { id, displayName } of categories) byName.set(String(displayName).toLowerCase(), id);
    onRows();
    return 'complete';
  });
  return byName;
}

function categoryIdOf(
  { deviceCategoryDisplayName }: ManagedDevice,
  byName: ReadonlyMap<string, string>,
): string | null {
  return byName.get(textOf(deviceCategoryDisplayName)?.toLowerCase() ?? '') ?? null;
}

async function countEnrolledDevices({ graph, results }: HarvestContext): Promise<number | null> {
  let enrolled: number | null = null;
  await results.readSource([], MANAGED_DEVICE_OVERVIEW, async () => {
    const overview = await readSingleton<ManagedDeviceOverview>(graph, MANAGED_DEVICE_OVERVIEW);
    enrolled =
      typeof overview.enrolledDeviceCount === 'number' ? countOf(overview.enrolledDeviceCount) : null;
    return 'complete';
  });
  return enrolled;
}

interface DayRules {
  readonly yesterday: DayBefore;
  readonly isDetailsDue: (device: DeviceTimes) => boolean;
}

const platformOf = (device: ManagedDevice) => encryptingPlatformOf(textOf(device.operatingSystem));

function identityOf({ device }: DeviceRecord): DeviceIdentity {
  return {
    deviceId: device.id,
    windowsName: platformOf(device) === 'windows' ? textOf(device.deviceName) : null,
    entraId: idOf(device.azureADDeviceId),
    userId: idOf(device.userId),
  };
}

function traitsOf(
  { device, keyOf }: DeviceRecord,
  { yesterday, isDetailsDue }: DayRules,
): SharedDeviceTraits {
  const enrolled = instantOf(device.enrolledDateTime);
  return {
    deviceTypeKey: keyOf(DEVICE_LOOKUPS.deviceType, device.deviceType),
    platform: platformOf(device),
    osVersion: textOf(device.osVersion),
    edition: windowsEditionOf(textOf(device.skuFamily), countOf(device.skuNumber)),
    joinType: textOf(device.joinType),
    secureBoot: secureBootOf(device),
    newEnrollmentTypeKey: isWithin(yesterday, enrolled)
      ? keyOf(DEVICE_LOOKUPS.enrollmentType, device.deviceEnrollmentType)
      : null,
    isDetailsDue: isDetailsDue({ id: device.id, enrolled, lastSync: instantOf(device.lastSyncDateTime) }),
  };
}

function secureBootOf({ deviceHealthAttestationState: state }: ManagedDevice): string | null {
  if (typeof state !== 'object' || state === null || !('secureBoot' in state)) return null;
  return textOf(state.secureBoot);
}
