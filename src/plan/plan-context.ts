// What a plan depends on besides the request itself.
import type { ExposedModel } from '../../schema/derive/exposed-model.ts';
import type { FeedVersion } from '../../schema/entity.ts';
import type { Limits } from '../base/limits.ts';
import type { SkipToken } from '../odata/cursor/skip-token.ts';

export interface PlanContext {
  readonly version: FeedVersion;
  readonly exposedModels: Readonly<Record<FeedVersion, ExposedModel>>;
  /** The time of `now()` and maxhistorydays. */
  readonly now: Date;
  readonly limits: Limits;
  /** Where the paging cursor continues, from $skiptoken; null on the first page. */
  readonly continuation: SkipToken | null;
}
