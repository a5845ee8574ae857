// Whether a list is complete: Graph sometimes omits whole pages without an error.
import type { SourceResults } from './source-results.ts';

// Graph's counts lag behind its lists by a few enrolments or people.
const MISSING_TOLERATED = { share: 0.02, records: 5 };

export interface ListCounts {
  /** The address of the list. */
  readonly address: string;
  /** For messages, such as `people`. */
  readonly noun: string;
  /** Distinct records in the list. */
  readonly listed: number;
  /** Graph's count; null when it could not be read. */
  readonly counted: number | null;
}

/** Records that are missing may be marked as deleted only if this is true. Reports a problem when too many are missing. */
export function isCompleteList(
  { address, noun, listed, counted }: ListCounts,
  results: SourceResults,
): boolean {
  if (counted === null) return false;
  const tolerated = Math.max(MISSING_TOLERATED.records, counted * MISSING_TOLERATED.share);
  if (listed >= counted - tolerated) return true;
  const message = `Microsoft Graph listed ${listed} of ${counted} ${noun}; those not listed stay unchanged.`;
  results.reportProblem(address, message);
  return false;
}
