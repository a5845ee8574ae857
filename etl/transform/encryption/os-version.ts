// Parses the parts of an operating system's version that encryption rules compare.

/** The Windows builds that introduced what encryption depends on. */
export const WINDOWS_BUILD = {
  /** 1607, the oldest that the encryption report covers. */
  reported: 14393,
  /** 1709: Business, Enterprise and Education can be encrypted by policy. */
  encryptsByPolicy: 16299,
  /** 1803: silently, when administrators sign in. */
  silentForAdmins: 17134,
  /** 1809: Pro can be encrypted by policy, too. */
  encryptsProByPolicy: 17763,
  /** 1809: silently, also when standard users sign in. */
  silentForStandardUsers: 17763,
  /** 1903: reports why a device is not encrypted. */
  reportsDetails: 18362,
} as const;

export type EncryptingPlatform = 'windows' | 'macOS';

/** The platforms that the encryption report covers; null for all others. */
export function encryptingPlatformOf(operatingSystem: string | null): EncryptingPlatform | null {
  if (operatingSystem === null) return null;
  if (/^windows( 1\d)?$/i.test(operatingSystem)) return 'windows';
  return /^mac ?os( x)?$/i.test(operatingSystem) ? 'macOS' : null;
}

/** 26100 of `10.0.26100.4349`; null for text without a build. */
export function windowsBuildOf(osVersion: string | null): number | null {
  const build = /^\d+\.\d+\.(\d+)/.exec(osVersion ?? '')?.[1];
  return build === undefined ? null : Number(build);
}

/** Whether `15.5 (24F74)` is at least release 10.13; null for text without a release. */
export function isMacFrom(osVersion: string | null, major: number, minor: number): boolean | null {
  const parts = /^(\d+)(?:\.(\d+))?/.exec(osVersion ?? '');
  if (!parts) return null;
  const [ownMajor, ownMinor] = [Number(parts[1]), Number(parts[2] ?? 0)];
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
