// Asks devices one by one for what no list and no report tells, such as their memory: a few of them each night.
import type { StagedRow } from '../../src/engines/generation-build.ts';
import { batched, type PartAnswer } from '../graph/batch.ts';
import {
  detailsHistorySupplement,
  detailsSupplement,
  DEVICE_DETAILS,
  deviceDetailsOf,
  type DeviceDetails,
} from '../streams/device-inventory.ts';
import { devicePropertyHistoryStream, deviceStream } from '../streams/devices.ts';
import { supplementMaker } from '../transform/staged-row.ts';
import type { KnownDevices } from './harvest-devices.ts';
import type { Tools } from './tools.ts';

const toSupplement = supplementMaker(detailsSupplement);
const toHistorySupplement = supplementMaker(detailsHistorySupplement);

/** What a device answered stays known, so that each is asked for the first time when it is new, and then once a week. */
export async function harvestDetails(
  { graph, stage, ledger }: Tools,
  { fleet }: KnownDevices,
): Promise<void> {
  const due: string[] = [];
  for (const { deviceId, detailsDue } of fleet) if (detailsDue) due.push(deviceId);
  let asked = 0;
  let unanswered = 0;
  await ledger.attempt([], DEVICE_DETAILS, async () => {
    for await (const answers of batched(graph, 'beta', due.map(deviceDetailsOf))) {
      asked += answers.length;
      unanswered += answers.filter(({ kind }) => kind === 'unanswered').length;
      const details = answers.flatMap(detailsIn);
      stage.enrich(deviceStream.entity, details.map(supplementOf));
      stage.enrich(devicePropertyHistoryStream.entity, details.map(historySupplementOf));
      graph.observe({
        kind: 'night.progress',
        run: graph.run,
        source: DEVICE_DETAILS,
        rows: asked,
        total: due.length,
      });
    }
    return 'complete';
  });
  if (unanswered > 0) {
    ledger.problem(
      DEVICE_DETAILS,
      `Microsoft Graph did not answer for ${unanswered} of ${due.length} devices; what was known of them stays.`,
    );
  }
}

function detailsIn(answer: PartAnswer): readonly DeviceDetails[] {
  if (answer.kind !== 'value' || !('id' in answer.value) || typeof answer.value.id !== 'string') return [];
  return [{ ...answer.value, id: answer.value.id }];
}

function supplementOf(details: DeviceDetails): StagedRow {
  return { naturalKey: details.id, values: toSupplement(details) };
}

function historySupplementOf(details: DeviceDetails): StagedRow {
  return { values: { deviceKey: details.id, ...toHistorySupplement(details) } };
}
