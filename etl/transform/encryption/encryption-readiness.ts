// Derives whether a device could be encrypted by policy. Graph's own answer is stored beside it, since the two can differ.
import { isMacFrom, WINDOWS_BUILD, windowsBuildOf, type EncryptingPlatform } from './os-version.ts';
import type { WindowsEdition } from './windows-edition.ts';

export type Readiness = 'ready' | 'notReady' | 'notApplicable';

export interface ReadinessFacts {
  readonly platform: EncryptingPlatform | null;
  readonly osVersion: string | null;
  readonly edition: WindowsEdition | null;
  /** Null when nothing was reported about the device. */
  readonly hasTpm: boolean | null;
}

/** `notApplicable` when the report does not cover the platform, or too little is known. */
export function encryptionReadiness(facts: ReadinessFacts): Readiness {
  switch (facts.platform) {
    case 'macOS':
      return isMacFrom(facts.osVersion, 10, 13) === true ? 'ready' : 'notApplicable';
    case 'windows':
      return windowsReadiness(facts);
    case null:
      return 'notApplicable';
  }
}

// The first build in which an edition can be encrypted by policy.
const FIRST_BUILD: Readonly<Record<WindowsEdition, number>> = {
  business: WINDOWS_BUILD.encryptsByPolicy,
  enterprise: WINDOWS_BUILD.encryptsByPolicy,
  education: WINDOWS_BUILD.encryptsByPolicy,
  pro: WINDOWS_BUILD.encryptsProByPolicy,
  other: Infinity,
};

function windowsReadiness({ osVersion, edition, hasTpm }: ReadinessFacts): Readiness {
  const build = windowsBuildOf(osVersion);
  if (build === null || build < WINDOWS_BUILD.reported) return 'notApplicable';
  // Needed for every edition.
  if (hasTpm === false || build < WINDOWS_BUILD.encryptsByPolicy) return 'notReady';
  if (hasTpm === null || edition === null) return 'notApplicable';
  return build >= FIRST_BUILD[edition] ? 'ready' : 'notReady';
}
