// Settings → the rules of retention, checked against the collections there are.
import { checkRetention } from '../../../etl/trim/check-retention.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { KEEP_FOREVER, parseRetention, type Retention } from '../../base/retention.ts';
import type { Settings } from '../../settings/settings.ts';

/** Throws `setup.bad-setting` where a rule names something other than a collection with days. */
export function retentionOf({ retention: rules }: Pick<Settings, 'retention'>): Retention {
  // The setting was parsed as rules already.
  const retention = parseRetention(rules) ?? KEEP_FOREVER;
  checkRetention(MODEL, retention);
  return retention;
}
