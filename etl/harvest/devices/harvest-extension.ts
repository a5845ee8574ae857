// Reads the health of the management extension, and finds the device of each record.
import { readPages } from '../../graph/read-pages.ts';
import {
  EXTENSION_STATES,
  extensionStream,
  extensionVersionStream,
  type GraphExtensionState,
} from '../../streams/extension.ts';
import { textOf } from '../../transform/graph-values.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import type { Fleet } from '../memory/fleet.ts';
import type { KnownDevices } from './harvest-devices.ts';
import { makeInt32List } from '../memory/int32-list.ts';
import { makeStringPool } from '../memory/string-pool.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toExtension = makeRowMapper(extensionStream);
const toVersion = makeRowMapper(extensionVersionStream);

/** Skips records of deleted devices, and of names that several devices share. */
export async function harvestExtension(context: HarvestContext, devices: KnownDevices): Promise<void> {
  const { staging, results, keyOf } = context;
  const findDevice = makeDeviceFinder(devices);
  const versions = new Set<string>();

  const entities = [extensionStream.entity, extensionVersionStream.entity];
  await results.readSource(entities, EXTENSION_STATES, async (onRows) => {
    for await (const page of readPages<GraphExtensionState>(context, EXTENSION_STATES)) {
      const records = page.flatMap((state) => {
        const deviceId = findDevice(state);
        return deviceId === null ? [] : [{ deviceId, state, keyOf }];
      });
      for (const { state } of records) {
        const version = textOf(state.installedVersion);
        if (version !== null) versions.add(version);
      }
      staging.append(extensionStream.entity, records.map(toExtension));
      onRows();
    }
    return devices.completeness;
  });
  staging.append(extensionVersionStream.entity, [...versions].map(toVersion));
}

const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** By a device id in the id of the record, else by its name, if only one device has it. */
function makeDeviceFinder({ fleet }: KnownDevices): (state: GraphExtensionState) => string | null {
  let findByName: ((name: string) => string | null) | null = null;
  return ({ id, deviceName }) => {
    const contained = id
      .toLowerCase()
      .match(GUID)
      ?.find((guid) => fleet.indexOf(guid) >= 0);
    if (contained !== undefined) return contained;
    const name = textOf(deviceName);
    if (name === null) return null;
    findByName ??= makeNameFinder(fleet);
    return findByName(name);
  };
}

/** Null for a name that no device has, or several have. Ignores case. */
function makeNameFinder(fleet: Fleet): (name: string) => string | null {
  const names = makeStringPool();
  /** By the number of the name: the index of the device plus one, or AMBIGUOUS. */
  const devices = makeInt32List();
  for (const { index, windowsName } of fleet) {
    if (windowsName === null) continue;
    const name = names.add(windowsName.toLowerCase());
    devices.set(name, devices.at(name) === 0 ? index + 1 : AMBIGUOUS);
  }
  return (name) => {
    const device = devices.at(names.find(name.toLowerCase()));
    return device > 0 ? fleet.at(device - 1).deviceId : null;
  };
}

const AMBIGUOUS = -1;
