// What a plan depends on besides the request itself.
import type { Catalogue } from '../../schema/derive/catalogue.ts';
import type { FeedVersion } from '../../schema/words.ts';
import type { Limits } from '../base/limits.ts';
import type { LiteralValue } from '../odata/expression.ts';

/** What a skip token says, read but not yet held against the query that it comes with. */
export interface Continuation {
  readonly generation: number;
  /** The order values of the last row sent. */
  readonly after: readonly LiteralValue[];
  /** Rows that the chain still owes; null for all. */
  readonly remaining: number | null;
}

export interface PlanContext {
  readonly version: FeedVersion;
  readonly catalogues: Readonly<Record<FeedVersion, Catalogue>>;
  /** What `now()` and maxhistorydays mean. */
  readonly now: Date;
  readonly limits: Limits;
  readonly continuation: Continuation | null;
}
