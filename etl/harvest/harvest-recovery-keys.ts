// Counts the recovery keys that the directory holds of each device, and never reads one.
import { pagesOf } from '../graph/pages.ts';
import { isSourceFailure } from '../graph/source-failure.ts';
import { RECOVERY_KEYS, type GraphRecoveryKey } from '../streams/encryption.ts';
import { idOf } from '../transform/sentinels.ts';
import { makeNumbers } from './numbers.ts';
import { makeTexts } from './texts.ts';
import type { Tools } from './tools.ts';

export interface RecoveryKeys {
  /** `entraId` is the device's id in Entra. */
  countOf(entraId: string): number;
}

/** Null where keys may not be counted, which is a choice of the tenant and no problem. */
export async function harvestRecoveryKeys({ graph, ledger, entraIds }: Tools): Promise<RecoveryKeys | null> {
  const counts = makeNumbers();
  // A list that is begun again tells a key twice.
  const counted = makeTexts();
  try {
    for await (const keys of pagesOf<GraphRecoveryKey>(graph, RECOVERY_KEYS)) {
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
    if (error.code !== 'feed.source-refused') ledger.problem(RECOVERY_KEYS, error.message);
    return null;
  }
  return { countOf: (entraId) => counts.at(entraIds.find(entraId)) };
}
