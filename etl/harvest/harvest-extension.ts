// Reads how the management extension fares, and finds out which device each of its lines is about.
import { pagesOf } from '../graph/pages.ts';
import {
  EXTENSION_STATES,
  extensionStream,
  extensionVersionStream,
  type GraphExtensionState,
} from '../streams/extension.ts';
import { textOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { Fleet } from './fleet.ts';
import type { KnownDevices } from './harvest-devices.ts';
import { makeNumbers } from './numbers.ts';
import { makeTexts } from './texts.ts';
import type { Tools } from './tools.ts';

const toExtension = rowMaker(extensionStream);
const toVersion = rowMaker(extensionVersionStream);

/** Lines about devices that are no more are left out, and so are those whose name several devices share. */
export async function harvestExtension(tools: Tools, devices: KnownDevices): Promise<void> {
  const { graph, stage, ledger, keyOf } = tools;
  const deviceOf = deviceFinder(devices);
  const versions = new Set<string>();

  const entities = [extensionStream.entity, extensionVersionStream.entity];
  await ledger.attempt(entities, EXTENSION_STATES, async (gained) => {
    for await (const page of pagesOf<GraphExtensionState>(graph, EXTENSION_STATES)) {
      const records = page.flatMap((state) => {
        const deviceId = deviceOf(state);
        return deviceId === null ? [] : [{ deviceId, state, keyOf }];
      });
      for (const { state } of records) {
        const version = textOf(state.installedVersion);
        if (version !== null) versions.add(version);
      }
      stage.append(extensionStream.entity, records.map(toExtension));
      gained();
    }
    return devices.completeness;
  });
  stage.append(extensionVersionStream.entity, [...versions].map(toVersion));
}

const GUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** By the id that the line has or holds, else by its name where only one device has it. */
function deviceFinder({ fleet }: KnownDevices): (state: GraphExtensionState) => string | null {
  let idOfName: ((name: string) => string | null) | null = null;
  return ({ id, deviceName }) => {
    const held = id
      .toLowerCase()
      .match(GUID)
      ?.find((guid) => fleet.numberOf(guid) >= 0);
    if (held !== undefined) return held;
    const name = textOf(deviceName);
    if (name === null) return null;
    idOfName ??= nameFinder(fleet);
    return idOfName(name);
  };
}

/** Null for a name that no device has, or several have, in whatever case. */
function nameFinder(fleet: Fleet): (name: string) => string | null {
  const names = makeTexts();
  /** By the number of the name, one more than that of the device; -1 for several. */
  const devices = makeNumbers();
  for (const { number, windowsName } of fleet) {
    if (windowsName === null) continue;
    const name = names.add(windowsName.toLowerCase());
    devices.set(name, devices.at(name) === 0 ? number + 1 : SEVERAL);
  }
  return (name) => {
    const device = devices.at(names.find(name.toLowerCase()));
    return device > 0 ? fleet.at(device - 1).deviceId : null;
  };
}

const SEVERAL = -1;
