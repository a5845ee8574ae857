// Brings a warehouse that an earlier release wrote to the model before it is read.
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Generation } from '../../engines/engine.ts';
import { openSqliteWarehouse } from '../../engines/sqlite/sqlite-warehouse.ts';
import type { Settings } from '../../settings/settings.ts';

/** The generation that was published for it; null where the newest one fits the model, or a run under way will bring one. */
export function migrateWarehouse({
  data,
  keepGenerations,
}: Pick<Settings, 'data' | 'keepGenerations'>): Generation | null {
  try {
    return openSqliteWarehouse({ dataDir: data, model: MODEL, keepGenerations }).migrateToModel();
  } catch (error) {
    if (!(error instanceof FeedError) || error.code !== 'feed.night-running') throw error;
    return null;
  }
}
