// Why a device is not encrypted as it should be: from the flags that Graph writes as text to bits and to rows.
import { NOT_AVAILABLE_KEY } from '../../../schema/entity.ts';
import { type EncryptingPlatform, WINDOWS_BUILD, windowsBuildOf } from './os-version.ts';

/** One reason, as the dimension of status details describes it. */
export interface StatusDetail {
  readonly key: number;
  readonly platform: EncryptingPlatform;
  /** Null for a reason that no flag stands for. */
  readonly flagName: string | null;
  readonly bit: number | null;
}

export interface StatusFlags {
  /** Flag names joined by commas, as the source writes them; null where it sent nothing. */
  readonly text: string | null;
  /** Sum of the bits of the known flags; null where the source sent nothing. */
  readonly mask: number | null;
  /** Keys of the details, rising; -1 once for all flags that nobody has described yet. */
  readonly detailKeys: readonly number[];
}

/** The flag that stands for "nothing is amiss"; has no bit. */
const SUCCESS = 'success';

/**
 * Reads a flags property. It has been seen as `a,b`, with blanks, as "", null, a sum of bits, also as text, and as an array of names.
 * `catalogue` holds the details of all platforms.
 */
export function statusFlags(
  value: unknown,
  platform: EncryptingPlatform,
  knownDetails: readonly StatusDetail[],
): StatusFlags {
  const platformDetails = knownDetails.filter(
    (detail) => detail.platform === platform && detail.flagName !== null,
  );
  const numericMask = maskOf(value);
  const names = numericMask === null ? namesOf(value) : namesOfMask(numericMask, platformDetails);
  if (names === null) return { text: null, mask: null, detailKeys: [] };
  const known = platformDetails.filter(({ flagName }) => names.includes(flagName ?? ''));
  const unknownNames = names.filter(
    (name) => name !== SUCCESS && !known.some(({ flagName }) => flagName === name),
  );
  const keys = [...(unknownNames.length > 0 ? [NOT_AVAILABLE_KEY] : []), ...known.map(({ key }) => key)];
  return {
    text: names.join(','),
    mask: known.reduce((mask, { bit }) => mask | (bit ?? 0), 0),
    detailKeys: keys.toSorted((a, b) => a - b),
  };
}

/** Windows tells its reasons from version 1903 on; what older ones send is not to be believed. */
export function reportsDetails(platform: EncryptingPlatform, osVersion: string | null): boolean {
  return platform === 'macOS' || (windowsBuildOf(osVersion) ?? 0) >= WINDOWS_BUILD.reportsDetails;
}

function maskOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null;
}

function namesOf(value: unknown): readonly string[] | null {
  const parts: readonly unknown[] =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  const names = parts.flatMap((part) =>
    typeof part === 'string' && part.trim() !== '' ? [part.trim()] : [],
  );
  return names.length > 0 ? [...new Set(names)] : null;
}

function namesOfMask(mask: number, platformDetails: readonly StatusDetail[]): readonly string[] {
  const names = platformDetails.flatMap(({ flagName, bit }) =>
    flagName !== null && bit !== null && (mask & bit) !== 0 ? [flagName] : [],
  );
  return names.length > 0 ? names : [SUCCESS];
}
