// What a plan depends on besides the request itself.
import type { Catalogue } from '../../schema/derive/catalogue.ts';
import type { FeedVersion } from '../../schema/words.ts';
import type { Limits } from '../base/limits.ts';
import type { SkipToken } from '../odata/cursor/skip-token.ts';

export interface PlanContext {
  readonly version: FeedVersion;
  readonly exposedModels: Readonly<Record<FeedVersion, Catalogue>>;
  /** What `now()` and maxhistorydays mean. */
  readonly now: Date;
  readonly limits: Limits;
  /** Where the page chain goes on, read from $skiptoken; null at its beginning. */
  readonly continuation: SkipToken | null;
}
