// Where the state of the management extension comes from: the health that it reported at its last check-in.
import {
  intuneManagementExtensionHealthStates,
  intuneManagementExtensions,
  intuneManagementExtensionVersions,
} from '../../schema/subjects/extension.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { KeyOf, Lookup } from '../transform/lookups.ts';
import { textOf } from '../transform/graph-values.ts';

/** Beta only, and not offered to every tenant. */
export const EXTENSION_STATES = '/beta/deviceAppManagement/windowsManagementApp/healthStates';

/** `id` is documented as that of the record, but it can be that of the device, or contain it. */
export type GraphExtensionState = Resource<'deviceName' | 'healthState' | 'installedVersion'>;

const HEALTH: Lookup = {
  entity: intuneManagementExtensionHealthStates,
  properties: { id: 'extensionStateKey', key: 'extensionStateKey', name: 'extensionState' },
};

/** A warehouse holds one tenant. */
const TENANT_KEY = 1;

export const extensionVersionStream = streamOf<string>()(intuneManagementExtensionVersions, {
  naturalKey: (version) => version,
  sources: { extensionVersion: (version) => version },
});

export interface ExtensionRecord {
  readonly deviceId: string;
  readonly state: GraphExtensionState;
  readonly keyOf: KeyOf;
}

export const extensionStream = streamOf<ExtensionRecord>()(intuneManagementExtensions, {
  sources: {
    tenantKey: () => TENANT_KEY,
    deviceKey: ({ deviceId }) => deviceId,
    extensionVersionKey: ({ state }) => textOf(state.installedVersion),
    extensionStateKey: ({ keyOf, state }) => keyOf(HEALTH, state.healthState),
  },
});
