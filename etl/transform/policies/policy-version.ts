// The version of a policy: Graph's own number, or a count of the edits that the warehouse saw.
import { instantOf } from '../graph-values.ts';

export interface SeenVersion {
  readonly version: number;
  /** Canonical instant at which the warehouse wrote that version. */
  readonly writtenAt: string;
}

/** `seen` is the newest version that the warehouse has, null for a policy it does not know. */
export function policyVersion(version: unknown, lastModified: unknown, seen: SeenVersion | null): number {
  if (typeof version === 'number') return version;
  if (seen === null) return 1;
  const editedAt = instantOf(lastModified);
  return editedAt !== null && editedAt > seen.writtenAt ? seen.version + 1 : seen.version;
}
