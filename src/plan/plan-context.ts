// What a plan depends on besides the request itself.
import type { ExposedModel } from '../../schema/derive/exposed-model.ts';
import type { FeedVersion } from '../../schema/entity.ts';
import type { Limits } from '../base/limits.ts';
import type { SkipToken } from '../odata/cursor/skip-token.ts';

export interface PlanContext {
  readonly version: FeedVersion;
  readonly exposedModels: Readonly<Record<FeedVersion, ExposedModel>>;
  /** What `now()` and maxhistorydays mean. */
  readonly now: Date;
  readonly limits: Limits;
  /** Where the page chain goes on, read from $skiptoken; null at its beginning. */
  readonly continuation: SkipToken | null;
}
