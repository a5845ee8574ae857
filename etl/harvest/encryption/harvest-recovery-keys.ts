// Counts the recovery keys that the directory holds for each device, without reading a key.
import { readPages } from '../../graph/read-pages.ts';
import { isSourceFailure } from '../../graph/source-failure.ts';
import { RECOVERY_KEYS, type GraphRecoveryKey } from '../../streams/encryption.ts';
import { idOf } from '../../transform/graph-values.ts';
import { makeInt32List } from '../memory/int32-list.ts';
import { makeStringPool } from '../memory/string-pool.ts';
import type { HarvestContext } from '../harvest-context.ts';

export interface RecoveryKeyCounts {
  /** `entraId` is the device's id in Entra. */
  countOf(entraId: string): number;
}

/** Null when the app has no permission to count keys, which is the tenant's choice and not a problem. */
export async function harvestRecoveryKeys(context: HarvestContext): Promise<RecoveryKeyCounts | null> {
  const { results, entraIds } = context;
  const counts = makeInt32List();
  // A restarted list returns keys twice.
  const counted = makeStringPool();
  try {
    for await (const keys of readPages<GraphRecoveryKey>(context, RECOVERY_KEYS)) {
      for (const { id, deviceId } of keys) {
        const entraId = idOf(deviceId);
        if (entraId === null || counted.find(id) >= 0) continue;
        counted.add(id);
        const owner = entraIds.add(entraId);
        counts.set(owner, counts.at(owner) + 1);
      }
    }
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    if (error.code !== 'feed.source-refused') results.reportProblem(RECOVERY_KEYS, error.message);
    return null;
  }
  return { countOf: (entraId) => counts.at(entraIds.find(entraId)) };
}
