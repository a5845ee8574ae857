// The rules of retention as the settings have them, held against the collections there are.
import { checkRetention } from '../../../etl/trim/trim-all.ts';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { KEEP_FOREVER, parseRetention, type Retention } from '../../base/retention.ts';
import type { Settings } from '../../settings/settings.ts';

/** For ever where they do not say. */
export interface RetentionSettings {
  readonly retention?: Settings['retention'] | undefined;
}

/** Throws `setup.bad-setting` where a rule names what is no collection with days. */
export function retentionOf({ retention: rules = [] }: RetentionSettings): Retention {
  // What cannot be read as rules never came to be a setting.
  const retention = parseRetention(rules) ?? KEEP_FOREVER;
  checkRetention(MODEL, retention);
  return retention;
}
