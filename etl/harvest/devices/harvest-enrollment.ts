// Counts the enrolments of yesterday: failed ones from Intune's log, successful ones from the devices.
import { readPages } from '../../graph/read-pages.ts';
import {
  enrollmentActivityStream,
  failedEnrollment,
  succeededEnrollment,
  TROUBLESHOOTING_EVENTS,
  type Enrollment,
  type EnrollmentCount,
  type GraphTroubleshootingEvent,
} from '../../streams/enrollment.ts';
import { dayBefore, isWithin } from '../../transform/day-before.ts';
import { instantOf } from '../../transform/graph-values.ts';
import { makeRowMapper } from '../../transform/row-mapper.ts';
import type { KnownDevices } from './harvest-devices.ts';
import type { HarvestContext } from '../harvest-context.ts';

const toCount = makeRowMapper(enrollmentActivityStream);

/** Needs both sources: with only one of them, the enrolments of the other would look like zero. */
export async function harvestEnrollment(context: HarvestContext, devices: KnownDevices): Promise<void> {
  const { staging, results, keyOf } = context;
  const { entity } = enrollmentActivityStream;
  const yesterday = dayBefore(staging.dateKey);

  await results.readSource([entity], TROUBLESHOOTING_EVENTS, async () => {
    // By the id of the event, since a restarted list returns events twice.
    const failed = new Map<string, Enrollment>();
    for await (const page of readPages<GraphTroubleshootingEvent>(context, TROUBLESHOOTING_EVENTS)) {
      for (const event of page) {
        if (!isWithin(yesterday, instantOf(event.eventDateTime))) continue;
        const enrollment = failedEnrollment(event, keyOf);
        if (enrollment) failed.set(event.id, enrollment);
      }
    }
    if (devices.completeness !== 'complete') return 'failed';
    const succeeded: Enrollment[] = [];
    for (const device of devices.fleet) {
      if (device.newEnrollmentTypeKey === null) continue;
      succeeded.push(
        succeededEnrollment({ ...device, deviceEnrollmentTypeKey: device.newEnrollmentTypeKey }, keyOf),
      );
    }
    staging.append(entity, countAlike([...failed.values(), ...succeeded]).map(toCount));
    return 'complete';
  });
}

function countAlike(enrollments: readonly Enrollment[]): readonly EnrollmentCount[] {
  const byKind = new Map<string, EnrollmentCount>();
  for (const each of enrollments) {
    const kind = Object.values(each).join();
    byKind.set(kind, { ...each, count: (byKind.get(kind)?.count ?? 0) + 1 });
  }
  return [...byKind.values()];
}
