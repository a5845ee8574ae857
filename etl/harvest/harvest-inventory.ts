// Fills what the list of devices leaves out, from the inventory report: a supplement that comes and goes with the exports.
import { deviceStream } from '../streams/devices.ts';
import { INVENTORY, inventorySupplement, type InventoryRow } from '../streams/device-inventory.ts';
import { idOf } from '../transform/sentinels.ts';
import { supplementMaker } from '../transform/staged-row.ts';
import type { Tools } from './tools.ts';

const toSupplement = supplementMaker(inventorySupplement);

/** Runs beside the walk of the devices: the stage brings both together. */
export async function harvestInventory({ stage, exports }: Tools): Promise<void> {
  const rowOf = (row: InventoryRow) => {
    const natural = idOf(row.DeviceId);
    return natural === null ? [] : [{ naturalKey: natural, values: toSupplement(row) }];
  };
  await exports?.read(INVENTORY, (rows) => stage.enrich(deviceStream.entity, rows.flatMap(rowOf)));
}
