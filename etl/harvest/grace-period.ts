// Counts the devices that break a compliance policy but still have time: only Graph's list of single statuses tells them.
import { midnightOf } from '../../src/base/date-key.ts';
import { pagesOf } from '../graph/pages.ts';
import { countsAddress } from '../streams/policies.ts';
import { outcomesOf, type GraphDeviceStatus, type StatusOverview } from '../streams/policy-outcomes.ts';
import { canonicalInstant, countOf, instantOf } from '../transform/sentinels.ts';
import type { KnownPolicy } from './harvest-policies.ts';
import type { Tools } from './tools.ts';

/** Of policies with more devices it is not asked: that would be millions of rows a night. */
const MOST_DEVICES = 2_000;

/**
 * Null where it cannot be known: for a policy with many devices, and where the list does not have all the devices that
 * the policy's own count has. Graph has been seen to end it early without a word.
 */
export async function devicesInGrace(
  { graph, stage, ledger }: Tools,
  { list, policy }: KnownPolicy,
  overview: StatusOverview,
): Promise<number | null> {
  const { pending, succeeded, error, failed } = outcomesOf(overview);
  if (failed === 0) return 0;
  const devices = [pending, succeeded, error, failed, countOf(overview.notApplicableCount)];
  if (devices.reduce((sum, count) => sum + count) > MOST_DEVICES) return null;

  const midnight = canonicalInstant(midnightOf(stage.dateKey));
  const broken = new Set<string>();
  const inGrace = new Set<string>();
  const address = countsAddress(list, policy.id, 'deviceStatuses');
  const outcome = await ledger.attempt([], address, async () => {
    for await (const page of pagesOf<GraphDeviceStatus>(graph, address)) {
      for (const { id, status, complianceGracePeriodExpirationDateTime } of page) {
        if (status !== 'nonCompliant') continue;
        // One row for each user of the device; the id ends in the device's.
        const device = id.slice(id.lastIndexOf('_') + 1);
        broken.add(device);
        if ((instantOf(complianceGracePeriodExpirationDateTime) ?? '') > midnight) inGrace.add(device);
      }
    }
    return 'complete';
  });
  return outcome === 'complete' && broken.size === failed ? inGrace.size : null;
}
