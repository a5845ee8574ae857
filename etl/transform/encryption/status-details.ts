// Why a device is not encrypted as required: converts Graph's flags to text, to a bit mask and to keys of details.
import { NOT_AVAILABLE_KEY } from '../../../schema/entity.ts';
import { type EncryptingPlatform, WINDOWS_BUILD, windowsBuildOf } from './os-version.ts';

/** One reason, a row of the dimension of status details. */
export interface StatusDetail {
  readonly key: number;
  readonly platform: EncryptingPlatform;
  /** Null for a reason without a flag. */
  readonly flagName: string | null;
  readonly bit: number | null;
}

export interface StatusFlags {
  /** Flag names joined by commas, as the source spells them; null when it sent nothing. */
  readonly text: string | null;
  /** Sum of the bits of the known flags; null when the source sent nothing. */
  readonly mask: number | null;
  /** Keys of the details, ascending; -1 once for all unknown flags. */
  readonly detailKeys: readonly number[];
}

/** The flag for "no problem"; it has no bit. */
const SUCCESS = 'success';

/**
 * Reads a flags property. Graph sends it as `a,b`, with blanks, as "", null, an array of names, or a sum of bits, also as
 * text. `knownDetails` are the details of all platforms.
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

/** Windows reports details from version 1903 on; those of older versions are not reliable. */
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
