// What the corridor has worked out by the time it reads: handed to whoever reads a page or a row.
import type { Generation } from '../../engines/engine.ts';
import type { DeltaVersion } from '../../format/odata/delta-row-templates.ts';
import type { ResponseFormat } from '../../odata/headers/negotiate-format.ts';
import type { Preferences } from '../../odata/headers/parse-prefer.ts';
import type { ParsedRequest, Resource } from '../../odata/syntax/parsed-request.ts';
import type { ChangesPlan } from '../../plan/plan-changes.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';

export interface PlannedRead {
  readonly resource: Resource & { readonly kind: 'path' };
  /** The options as they were written: links repeat them. */
  readonly query: ParsedRequest['query'];
  /** Of changes, what is read of the newer generation. */
  readonly plan: ReadPlan;
  /** What is asked for are changes; null where it is rows. */
  readonly changes: RequestedChanges | null;
  /** Whether the last page is to link to the changes from then on; the name of what they are changes of, else null. */
  readonly deltaScope: string | null;
  readonly format: ResponseFormat;
  readonly preferences: Preferences;
  readonly generation: Generation;
  /** The absolute root that contexts are built on, without a slash at its end. */
  readonly root: string;
  /** The first request of the chain: what `now` means on all its pages. */
  readonly startedAt: Date;
  /** Rows on the pages of this chain so far. */
  readonly rowsServed: number;
  /** What stays the same from page to page. */
  readonly cursorScope: string;
}

export interface RequestedChanges {
  readonly plan: ChangesPlan;
  /** The earlier generation. */
  readonly since: Generation;
  /** The version of the protocol that the answer speaks. */
  readonly protocolVersion: DeltaVersion;
}
