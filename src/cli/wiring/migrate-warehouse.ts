// A warehouse that an earlier release wrote is brought to the model before it is read.
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Generation } from '../../engines/engine.ts';
import { openSqliteWarehouse } from '../../engines/sqlite/sqlite-warehouse.ts';
import type { Settings } from '../../settings/settings.ts';

/** What was published for it; null where the newest generation has what the model has, or a night under way brings it. */
export function migrateWarehouse({ data, keepGenerations }: Settings): Generation | null {
  try {
    return openSqliteWarehouse({ dataDir: data, model: MODEL, keepGenerations }).migrateToModel();
  } catch (error) {
    if (!(error instanceof FeedError) || error.code !== 'feed.night-running') throw error;
    return null;
  }
}
