// Counts the devices that break a compliance policy but still have time: only Graph's list of single statuses tells them.
import { canonicalMidnight } from '../../../src/base/date-key.ts';
import { readPages } from '../../graph/read-pages.ts';
import { countsAddress } from '../../streams/policies.ts';
import { outcomesOf, type GraphDeviceStatus, type StatusOverview } from '../../streams/policy-outcomes.ts';
import { countOf, instantOf } from '../../transform/graph-values.ts';
import type { KnownPolicy } from './harvest-policies.ts';
import type { HarvestContext } from '../harvest-context.ts';

/** Of policies with more devices it is not asked: that would be millions of rows a night. */
const MAX_DEVICES = 2_000;

/**
 * Null where it cannot be known: for a policy with many devices, and where the list does not have all the devices that
 * the policy's own count has. Graph has been seen to end it early without a word.
 */
export async function devicesInGrace(
  context: HarvestContext,
  { list, policy }: KnownPolicy,
  overview: StatusOverview,
): Promise<number | null> {
  const { staging, results } = context;
  const { pending, succeeded, error, failed } = outcomesOf(overview);
  if (failed === 0) return 0;
  const devices = [pending, succeeded, error, failed, countOf(overview.notApplicableCount)];
  if (devices.reduce((sum, count) => sum + count) > MAX_DEVICES) return null;

  const midnight = canonicalMidnight(staging.dateKey);
  const nonCompliant = new Set<string>();
  const inGrace = new Set<string>();
  const address = countsAddress(list, policy.id, 'deviceStatuses');
  const completeness = await results.readSource([], address, async () => {
    for await (const page of readPages<GraphDeviceStatus>(context, address)) {
      for (const { id, status, complianceGracePeriodExpirationDateTime } of page) {
        if (status !== 'nonCompliant') continue;
        // One row for each user of the device; the id ends in the device's.
        const device = id.slice(id.lastIndexOf('_') + 1);
        nonCompliant.add(device);
        if ((instantOf(complianceGracePeriodExpirationDateTime) ?? '') > midnight) inGrace.add(device);
      }
    }
    return 'complete';
  });
  return completeness === 'complete' && nonCompliant.size === failed ? inGrace.size : null;
}
