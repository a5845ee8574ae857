// Which personal values the warehouse stores, masks or drops.
import { PERSONAL_KINDS, type PersonalKind } from './entity.ts';

/**
 * - `full`: the value as the source has it.
 * - `masked`: a hash, equal for equal values, so that rows can still be joined and counted by it.
 * - `dropped`: nothing. Ids are masked instead, because rows are joined by them.
 */
export const TREATMENTS = ['full', 'masked', 'dropped'] as const;

export type Treatment = (typeof TREATMENTS)[number];

export type PrivacyProfile = Readonly<Record<PersonalKind, Treatment>>;

/** The same treatment for every kind, except for the exceptions. */
export function profileOf(
  treatment: Treatment,
  exceptions: Readonly<Partial<Record<PersonalKind, Treatment>>> = {},
): PrivacyProfile {
  const all = PERSONAL_KINDS.map((kind) => [kind, exceptions[kind] ?? treatment]);
  return Object.fromEntries(all) as Record<PersonalKind, Treatment>;
}

/** `masked`, or with exceptions by kind, as in `masked,name=full,ip=dropped`. Null for anything else. */
export function parseProfile(text: string): PrivacyProfile | null {
  const [first, ...rest] = text.split(',').map((each) => each.trim());
  const treatment = TREATMENTS.find((each) => each === first);
  if (treatment === undefined) return null;
  const exceptions: Partial<Record<PersonalKind, Treatment>> = {};
  for (const exception of rest) {
    const [name, how, ...more] = exception.split('=');
    const kind = PERSONAL_KINDS.find((each) => each === name);
    const other = TREATMENTS.find((each) => each === how);
    if (kind === undefined || other === undefined || more.length > 0) return null;
    exceptions[kind] = other;
  }
  return profileOf(treatment, exceptions);
}
