// Where the properties come from that the list of devices lacks: the inventory report, or requests for single devices.
import type { devicePropertyHistories, devices } from '../../schema/subjects/devices.ts';
import { NOT_REPORTED, type StagedValue } from '../../src/engines/staging.ts';
import type { ExportReport, ExportRow } from '../graph/export/export-job.ts';
import type { Resource } from '../graph/read-pages.ts';
import { bytesOf, textOf } from '../transform/graph-values.ts';

type InventoryReportColumn =
  'DeviceId' | 'EthernetMAC' | 'ICCID' | 'CellularTechnology' | 'WiFiIPv4Address' | 'WiFiSubnetID';

export const INVENTORY_REPORT: ExportReport<InventoryReportColumn> = {
  name: 'DevicesWithInventory',
  select: ['DeviceId', 'EthernetMAC', 'ICCID', 'CellularTechnology', 'WiFiIPv4Address', 'WiFiSubnetID'],
  requiredColumn: 'DeviceId',
};

export type InventoryReportRow = ExportRow<InventoryReportColumn>;

/** Sources of some properties of a collection. */
type EnrichmentSources<Own, Record_> = {
  readonly [Name in keyof Own & string]?: (record: Record_) => StagedValue;
};

export const inventoryEnrichment: EnrichmentSources<(typeof devices)['properties'], InventoryReportRow> = {
  ethernetMacAddress: ({ EthernetMAC }) => reportedText(EthernetMAC),
  iccid: ({ ICCID }) => reportedText(ICCID),
  cellularTechnology: ({ CellularTechnology }) => reportedText(CellularTechnology),
  ipAddressV4Wifi: ({ WiFiIPv4Address }) => reportedText(WiFiIPv4Address),
  subnetAddressV4Wifi: ({ WiFiSubnetID }) => reportedText(WiFiSubnetID),
};

// An empty cell means that there is no value; a missing cell means that it was not reported.
function reportedText(cell: string | null): StagedValue {
  return cell === null ? NOT_REPORTED : textOf(cell);
}

const SELECTED = [
  'id',
  'ethernetMacAddress',
  'iccid',
  'physicalMemoryInBytes',
  'hardwareInformation',
] as const;

/** The name of this source in progress reports and problems. */
export const DEVICE_DETAILS = '/beta/deviceManagement/managedDevices/{id}';

/** A single device, with the selected properties. */
export type DeviceDetails = Resource<(typeof SELECTED)[number]>;

/** Without the version, for a part of a $batch. */
export function deviceDetailsAddress(deviceId: string): string {
  return `/deviceManagement/managedDevices/${encodeURIComponent(deviceId)}?$select=${SELECTED.join(',')}`;
}

export const detailsEnrichment: EnrichmentSources<(typeof devices)['properties'], DeviceDetails> = {
  ethernetMacAddress: ({ ethernetMacAddress }) => textOf(ethernetMacAddress),
  iccid: ({ iccid }) => textOf(iccid),
  cellularTechnology: (device) => hardwareText(device, 'cellularTechnology'),
  ipAddressV4Wifi: (device) => hardwareText(device, 'ipAddressV4'),
  subnetAddressV4Wifi: (device) => hardwareText(device, 'subnetAddress'),
};

/** No device has 0 bytes of memory: Graph sends 0 when it was not reported. */
export const detailsHistoryEnrichment: EnrichmentSources<
  (typeof devicePropertyHistories)['properties'],
  DeviceDetails
> = {
  physicalMemoryInBytes: ({ physicalMemoryInBytes }) => bytesOf(physicalMemoryInBytes) ?? NOT_REPORTED,
};

function hardwareText({ hardwareInformation }: DeviceDetails, name: string): StagedValue {
  if (typeof hardwareInformation !== 'object' || hardwareInformation === null) return NOT_REPORTED;
  return textOf((hardwareInformation as Readonly<Record<string, unknown>>)[name]);
}
