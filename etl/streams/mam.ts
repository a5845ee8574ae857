// Where app protection comes from: the copies of protected apps that registered with Intune, and the policies that protect them.
import {
  mamApplicationInstances,
  mamApplications,
  mamCheckins,
  mamDeviceHealths,
  mamEffectivePolicies,
  mamPlatforms,
} from '../../schema/subjects/mam.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { KeyOf, Lookup } from '../transform/lookups.ts';
import { idOf, instantOf, textOf } from '../transform/graph-values.ts';

/** Beta, since v1.0 does not have the name of the device. */
export const APP_REGISTRATIONS = '/beta/deviceAppManagement/managedAppRegistrations';

export type GraphAppRegistration = Resource<
  | '@odata.type'
  | 'appIdentifier'
  | 'applicationVersion'
  | 'createdDateTime'
  | 'deviceName'
  | 'deviceTag'
  | 'deviceType'
  | 'flaggedReasons'
  | 'lastSyncDateTime'
  | 'managementSdkVersion'
  | 'platformVersion'
  | 'userId'
>;

export function appliedPoliciesAddress(registrationId: string): string {
  return `${APP_REGISTRATIONS}/${encodeURIComponent(registrationId)}/appliedPolicies`;
}

/** Lists protection policies and configuration policies. */
export type GraphAppliedPolicy = Resource<'@odata.type'>;

export function isProtectionPolicy(policy: GraphAppliedPolicy): boolean {
  return policy['@odata.type'] !== '#microsoft.graph.targetedManagedAppConfiguration';
}

const PLATFORM: Lookup = {
  entity: mamPlatforms,
  properties: { id: 'platform', key: 'platformKey', name: 'platformName' },
};

const HEALTH: Lookup = {
  entity: mamDeviceHealths,
  properties: { id: 'deviceHealth', key: 'deviceHealthKey', name: 'deviceHealthName' },
};

/** Bundle, package or Windows id of the app of a registration; null when it has none. */
export function appIdOf({ appIdentifier }: GraphAppRegistration): string | null {
  if (typeof appIdentifier !== 'object' || appIdentifier === null) return null;
  const { bundleId, packageId, windowsAppId } = appIdentifier as Readonly<Record<string, unknown>>;
  return textOf(bundleId) ?? textOf(packageId) ?? textOf(windowsAppId);
}

// From a type name such as `#microsoft.graph.iosManagedAppRegistration`.
function platformOf(registration: GraphAppRegistration, keyOf: KeyOf): number {
  const type = textOf(registration['@odata.type']) ?? '';
  return keyOf(PLATFORM, /^#microsoft\.graph\.(\w+)ManagedAppRegistration$/.exec(type)?.[1]);
}

// Healthy means that no reason was flagged. Without the property, the health is unknown.
function healthOf({ flaggedReasons }: GraphAppRegistration, keyOf: KeyOf): number {
  if (!Array.isArray(flaggedReasons)) return keyOf(HEALTH, null);
  return keyOf(HEALTH, flaggedReasons.every((reason) => reason === 'none') ? 'Healthy' : 'Unhealthy');
}

export interface MamAppRecord {
  readonly appId: string;
  readonly name: string | null;
}

export const mamApplicationStream = streamOf<MamAppRecord>()(mamApplications, {
  naturalKey: ({ appId }) => appId,
  sources: {
    mamApplicationName: ({ name }) => name,
    mamApplicationId: ({ appId }) => appId,
  },
});

export interface RegistrationRecord {
  readonly registration: GraphAppRegistration;
  readonly keyOf: KeyOf;
}

export const mamApplicationInstanceStream = streamOf<RegistrationRecord>()(mamApplicationInstances, {
  naturalKey: ({ registration }) => registration.id,
  sources: {
    userId: ({ registration }) => idOf(registration.userId),
    applicationInstanceId: ({ registration }) => registration.id,
    mamApplicationId: ({ registration }) => appIdOf(registration),
    applicationVersion: ({ registration }) => textOf(registration.applicationVersion),
    createdDate: ({ registration }) => instantOf(registration.createdDateTime),
    platform: ({ registration, keyOf }) => platformOf(registration, keyOf),
    platformVersion: ({ registration }) => textOf(registration.platformVersion),
    sdkVersion: ({ registration }) => textOf(registration.managementSdkVersion),
    mamDeviceId: ({ registration }) => textOf(registration.deviceTag),
    mamDeviceType: ({ registration }) => textOf(registration.deviceType),
    mamDeviceName: ({ registration }) => textOf(registration.deviceName),
  },
});

/** The policy that protects a copy: a single one, or several merged into one. */
export interface EffectivePolicy {
  readonly naturalKey: string;
  /** Null for several policies. */
  readonly realPolicyNaturalKey: string | null;
}

/** `policyNaturalKeys` are those of current versions, at least one. */
export function effectivePolicy(policyNaturalKeys: readonly string[]): EffectivePolicy {
  const [only = null, ...more] = policyNaturalKeys;
  return {
    naturalKey: [...new Set(policyNaturalKeys)].sort().join('+'),
    realPolicyNaturalKey: more.length === 0 ? only : null,
  };
}

export const mamEffectivePolicyStream = streamOf<EffectivePolicy>()(mamEffectivePolicies, {
  naturalKey: ({ naturalKey }) => naturalKey,
  sources: { realPolicyKey: ({ realPolicyNaturalKey }) => realPolicyNaturalKey },
});

export interface CheckinRecord extends RegistrationRecord {
  /** Null when no policy applies, and when the policies were not read. */
  readonly effectivePolicyNaturalKey: string | null;
}

export const mamCheckinStream = streamOf<CheckinRecord>()(mamCheckins, {
  sources: {
    applicationInstanceKey: ({ registration }) => registration.id,
    userKey: ({ registration }) => idOf(registration.userId),
    mamApplicationKey: ({ registration }) => appIdOf(registration),
    deviceHealthKey: ({ registration, keyOf }) => healthOf(registration, keyOf),
    platformKey: ({ registration, keyOf }) => platformOf(registration, keyOf),
    effectiveAppliedPolicyKey: ({ effectivePolicyNaturalKey }) => effectivePolicyNaturalKey,
    lastCheckInDate: ({ registration }) => instantOf(registration.lastSyncDateTime),
  },
});
