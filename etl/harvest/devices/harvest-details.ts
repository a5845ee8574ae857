// Asks devices one by one for what no list and no report tells, such as their memory: a few of them each night.
import type { StagedRow } from '../../../src/engines/staging.ts';
import { batchGet, type BatchResult } from '../../graph/batch-get.ts';
import {
  detailsHistoryEnrichment,
  detailsEnrichment,
  DEVICE_DETAILS,
  deviceDetailsAddress,
  type DeviceDetails,
} from '../../streams/device-inventory.ts';
import { devicePropertyHistoryStream, deviceStream } from '../../streams/devices.ts';
import { makeEnrichmentMapper } from '../../transform/row-mapper.ts';
import type { KnownDevices } from './harvest-devices.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toEnrichment = makeEnrichmentMapper(detailsEnrichment);
const toHistoryEnrichment = makeEnrichmentMapper(detailsHistoryEnrichment);

/** What a device answered stays known, so that each is asked for the first time when it is new, and then once a week. */
export async function harvestDetails(context: HarvestContext, { fleet }: KnownDevices): Promise<void> {
  const { run, staging, results } = context;
  const due: string[] = [];
  for (const { deviceId, isDetailsDue } of fleet) if (isDetailsDue) due.push(deviceId);
  let requested = 0;
  let unanswered = 0;
  await results.readSource([], DEVICE_DETAILS, async () => {
    for await (const batchResults of batchGet(context, 'beta', due.map(deviceDetailsAddress))) {
      requested += batchResults.length;
      unanswered += batchResults.filter(({ kind }) => kind === 'unanswered').length;
      const details = batchResults.flatMap(detailsIn);
      staging.enrich(deviceStream.entity, details.map(enrichmentOf));
      staging.enrich(devicePropertyHistoryStream.entity, details.map(historyEnrichmentOf));
      run.reportProgress(DEVICE_DETAILS, requested, due.length);
    }
    return 'complete';
  });
  if (unanswered > 0) {
    results.reportProblem(
      DEVICE_DETAILS,
      `Microsoft Graph did not answer for ${unanswered} of ${due.length} devices; what was known of them stays.`,
    );
  }
}

function detailsIn(result: BatchResult): readonly DeviceDetails[] {
  if (result.kind !== 'value' || !('id' in result.value) || typeof result.value.id !== 'string') return [];
  return [{ ...result.value, id: result.value.id }];
}

function enrichmentOf(details: DeviceDetails): StagedRow {
  return { naturalKey: details.id, values: toEnrichment(details) };
}

function historyEnrichmentOf(details: DeviceDetails): StagedRow {
  return { values: { deviceKey: details.id, ...toHistoryEnrichment(details) } };
}
