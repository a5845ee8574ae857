// Counts the enrolments of the day before the night: those that failed by Intune's log, those that succeeded by the devices.
import { pagesOf } from '../graph/pages.ts';
import {
  enrollmentActivityStream,
  failedEnrollment,
  succeededEnrollment,
  TROUBLESHOOTING_EVENTS,
  type Enrollment,
  type EnrollmentCount,
  type GraphTroubleshootingEvent,
} from '../streams/enrollment.ts';
import { dayBefore, isWithin } from '../transform/day-before.ts';
import { instantOf } from '../transform/sentinels.ts';
import { rowMaker } from '../transform/staged-row.ts';
import type { KnownDevices } from './harvest-devices.ts';
import type { Tools } from './tools.ts';

const toCount = rowMaker(enrollmentActivityStream);

/** Both sources or none: with one of them alone, the other's enrolments would look as if there had been none. */
export async function harvestEnrollment(tools: Tools, devices: KnownDevices): Promise<void> {
  const { graph, stage, ledger, keyOf } = tools;
  const { entity } = enrollmentActivityStream;
  const yesterday = dayBefore(stage.dateKey);

  await ledger.attempt([entity], TROUBLESHOOTING_EVENTS, async () => {
    // By the id of the event, since a list that is begun again tells it twice.
    const failed = new Map<string, Enrollment>();
    for await (const page of pagesOf<GraphTroubleshootingEvent>(graph, TROUBLESHOOTING_EVENTS)) {
      for (const event of page) {
        if (!isWithin(yesterday, instantOf(event.eventDateTime))) continue;
        const enrollment = failedEnrollment(event, keyOf);
        if (enrollment) failed.set(event.id, enrollment);
      }
    }
    if (devices.completeness !== 'complete') return 'failed';
    const succeeded: Enrollment[] = [];
    for (const device of devices.fleet) {
      if (device.enrolledBy === null) continue;
      succeeded.push(succeededEnrollment({ ...device, deviceEnrollmentTypeKey: device.enrolledBy }, keyOf));
    }
    stage.append(entity, countsOf([...failed.values(), ...succeeded]).map(toCount));
    return 'complete';
  });
}

function countsOf(enrollments: readonly Enrollment[]): readonly EnrollmentCount[] {
  const alike = new Map<string, EnrollmentCount>();
  for (const each of enrollments) {
    const kind = Object.values(each).join();
    alike.set(kind, { ...each, count: (alike.get(kind)?.count ?? 0) + 1 });
  }
  return [...alike.values()];
}
