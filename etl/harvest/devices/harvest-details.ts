// Reads the properties of devices that their list does not have: from a report for all, and from single devices.
import type { StagedRow } from '../../../src/engines/staging.ts';
import { batchGet, type BatchResult } from '../../graph/batch-get.ts';
import {
  detailsHistoryEnrichment,
  detailsEnrichment,
  DEVICE_DETAILS,
  deviceDetailsAddress,
  INVENTORY_REPORT,
  inventoryEnrichment,
  type DeviceDetails,
  type InventoryReportRow,
} from '../../streams/device-inventory.ts';
import { devicePropertyHistoryStream, deviceStream } from '../../streams/devices.ts';
import { idOf } from '../../transform/graph-values.ts';
import { makeEnrichmentMapper } from '../../transform/row-mapper.ts';
import type { KnownDevices } from './harvest-devices.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toInventoryEnrichment = makeEnrichmentMapper(inventoryEnrichment);
const toDetailsEnrichment = makeEnrichmentMapper(detailsEnrichment);
const toHistoryEnrichment = makeEnrichmentMapper(detailsHistoryEnrichment);

/** From the inventory report, if reports are exported. Runs while the list of devices is read; the merge joins both. */
export async function harvestInventory({ staging, reportExports }: HarvestContext): Promise<void> {
  const enrichmentRows = (row: InventoryReportRow): readonly StagedRow[] => {
    const deviceId = idOf(row.DeviceId);
    return deviceId === null ? [] : [{ naturalKey: deviceId, values: toInventoryEnrichment(row) }];
  };
  await reportExports?.readRows(INVENTORY_REPORT, (rows) =>
    staging.enrich(deviceStream.entity, rows.flatMap(enrichmentRows)),
  );
}

/**
 * Requests single devices, for what neither the list nor a report has, such as their memory. What a device answered stays
 * in the warehouse, so each is requested when it is new, and then once a week.
 */
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
      `Microsoft Graph did not answer for ${unanswered} of ${due.length} devices; their last known details stay.`,
    );
  }
}

function detailsIn(result: BatchResult): readonly DeviceDetails[] {
  if (result.kind !== 'value' || !('id' in result.value) || typeof result.value.id !== 'string') return [];
  return [{ ...result.value, id: result.value.id }];
}

function enrichmentOf(details: DeviceDetails): StagedRow {
  return { naturalKey: details.id, values: toDetailsEnrichment(details) };
}

function historyEnrichmentOf(details: DeviceDetails): StagedRow {
  return { values: { deviceKey: details.id, ...toHistoryEnrichment(details) } };
}
