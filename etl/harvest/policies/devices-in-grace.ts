// Counts the non-compliant devices that are still in their grace period: only Graph's list of device statuses has them.
import { canonicalMidnight } from '../../../src/base/date-key.ts';
import { readPages } from '../../graph/read-pages.ts';
import { countsAddress } from '../../streams/policies.ts';
import { outcomesOf, type GraphDeviceStatus, type StatusOverview } from '../../streams/policy-outcomes.ts';
import { countOf, instantOf } from '../../transform/graph-values.ts';
import type { KnownPolicy } from './harvest-policies.ts';
import type { HarvestContext } from '../harvest-context.ts';

/** Not read for policies with more devices: that would be millions of rows a day. */
const MAX_DEVICES = 2_000;

/**
 * Null when it is unknown: for a policy with many devices, and when the list has other devices than the policy counts.
 * Graph sometimes truncates the list without an error.
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
        // One row for each user of a device; the id ends with that of the device.
        const device = id.slice(id.lastIndexOf('_') + 1);
        nonCompliant.add(device);
        if ((instantOf(complianceGracePeriodExpirationDateTime) ?? '') > midnight) inGrace.add(device);
      }
    }
    return 'complete';
  });
  return completeness === 'complete' && nonCompliant.size === failed ? inGrace.size : null;
}
