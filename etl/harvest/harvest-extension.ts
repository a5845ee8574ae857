// Reads how the management extension fares, and finds out which device each of its lines is about.
import { pagesOf } from '../graph/pages.ts';
import { EXTENSION_STATES, extensionStream, extensionVersionStream } from '../streams/extension.ts';
import type { GraphExtensionState } from '../streams/extension.ts';
import { textOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { KnownDevices } from './harvest-devices.ts';
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
function deviceFinder({ byId }: KnownDevices): (state: GraphExtensionState) => string | null {
  let byName: ReadonlyMap<string, string | null> | null = null;
  return ({ id, deviceName }) => {
    const held = id
      .toLowerCase()
      .match(GUID)
      ?.find((guid) => byId.has(guid));
    if (held !== undefined) return held;
    byName ??= idsByName(byId);
    return byName.get(textOf(deviceName)?.toLowerCase() ?? '') ?? null;
  };
}

/** By lower-case name; null for a name that several devices have. */
function idsByName(byId: KnownDevices['byId']): ReadonlyMap<string, string | null> {
  const byName = new Map<string, string | null>();
  for (const [id, { windowsName }] of byId) {
    const name = windowsName?.toLowerCase();
    if (name !== undefined) byName.set(name, byName.has(name) ? null : id);
  }
  return byName;
}
