// Whether a device could be encrypted by policy, derived from what it is; Graph's own answer is kept beside it, since the two differ.
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

/** `notApplicable` where the platform is out of the report's scope or too little is known to tell. */
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

// From which build an edition can be encrypted by policy.
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
  // Without a TPM, or on so old a build, no edition would do.
  if (hasTpm === false || build < WINDOWS_BUILD.encryptsByPolicy) return 'notReady';
  if (hasTpm === null || edition === null) return 'notApplicable';
  return build >= FIRST_BUILD[edition] ? 'ready' : 'notReady';
}
