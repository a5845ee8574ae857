// Fills what the list of devices leaves out, from the inventory report: a supplement that comes and goes with the exports.
import { deviceStream } from '../../streams/devices.ts';
import {
  INVENTORY_REPORT,
  inventoryEnrichment,
  type InventoryReportRow,
} from '../../streams/device-inventory.ts';
import { idOf } from '../../transform/graph-values.ts';
import { makeEnrichmentMapper } from '../../transform/row-mapper.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toEnrichment = makeEnrichmentMapper(inventoryEnrichment);

/** Runs beside the walk of the devices: the stage brings both together. */
export async function harvestInventory({ staging, reportExports }: HarvestContext): Promise<void> {
  const rowOf = (row: InventoryReportRow) => {
    const natural = idOf(row.DeviceId);
    return natural === null ? [] : [{ naturalKey: natural, values: toEnrichment(row) }];
  };
  await reportExports?.readRows(INVENTORY_REPORT, (rows) =>
    staging.enrich(deviceStream.entity, rows.flatMap(rowOf)),
  );
}
