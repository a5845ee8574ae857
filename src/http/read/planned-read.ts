// The second value of the corridor: all that is decided about a read before the database is asked.
import type { Generation } from '../../engines/engine.ts';
import type { DeltaVersion } from '../../format/odata/delta-row-templates.ts';
import type { ResponseFormat } from '../../odata/headers/negotiate-format.ts';
import type { Preferences } from '../../odata/headers/parse-prefer.ts';
import type { SplitOption } from '../../odata/parse/split-query.ts';
import type { Resource } from '../../odata/syntax/parsed-request.ts';
import type { Advice } from '../../plan/advice.ts';
import type { ChangesPlan } from '../../plan/plan-changes.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';

export interface PlannedRead {
  readonly resource: Resource & { readonly kind: 'path' };
  /** For changes: the plan for the newer generation. */
  readonly plan: ReadPlan;
  /** Null for a read of rows. */
  readonly changes: RequestedChanges | null;
  readonly format: ResponseFormat;
  readonly preferences: Preferences;
  readonly advice: readonly Advice[];
  readonly generation: Generation;
  /** The absolute root that contexts are built on, without a slash at its end. */
  readonly root: string;
  readonly paging: Paging;
}

/** What the links from page to page repeat. */
export interface Paging {
  /** The absolute address of the read, without its query. */
  readonly address: string;
  readonly query: readonly SplitOption[];
  /** When the first page was requested: what `now()` means on all pages. */
  readonly startedAt: Date;
  /** Rows on the pages before this one. */
  readonly rowsServed: number;
  /** What must not change from page to page. */
  readonly cursorScope: string;
  /** What must not change from one read of changes to the next; null where the last page does not link to changes. */
  readonly deltaScope: string | null;
}

export interface RequestedChanges {
  readonly plan: ChangesPlan;
  /** The earlier generation. */
  readonly since: Generation;
  /** The version of the protocol that the answer is written in. */
  readonly protocolVersion: DeltaVersion;
}
