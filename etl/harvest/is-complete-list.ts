// Whether a list came whole: Graph has been seen to leave out whole pages without a word.
import type { SourceResults } from './source-results.ts';

// Counts lag behind the list by some enrolments, or some people.
const MISSING_TOLERATED = { share: 0.02, things: 5 };

export interface ListCounts {
  /** The address of the list. */
  readonly address: string;
  /** Such as `people`. */
  readonly noun: string;
  /** Different ones that came. */
  readonly listed: number;
  /** What Graph counts of them; null where it would not count. */
  readonly counted: number | null;
}

/** Only of a list that is proven whole may absence be read as deletion. */
export function isCompleteList(
  { address, noun, listed, counted }: ListCounts,
  results: SourceResults,
): boolean {
  if (counted === null) return false;
  const tolerated = Math.max(MISSING_TOLERATED.things, counted * MISSING_TOLERATED.share);
  if (listed >= counted - tolerated) return true;
  const message = `Microsoft Graph listed ${listed} of ${counted} ${noun}; those not listed stay as they were.`;
  results.reportProblem(address, message);
  return false;
}
