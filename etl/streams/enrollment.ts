// Where the counts of enrolments come from: Intune's log of failed enrolments, and the new devices.
import {
  enrollmentActivities,
  enrollmentEventStatuses,
  enrollmentFailureCategories,
  enrollmentFailureReasons,
} from '../../schema/subjects/enrollment.ts';
import type { Resource } from '../graph/read-pages.ts';
import { streamOf } from '../stream.ts';
import type { KeyOf, Lookup } from '../transform/lookups.ts';
import { textOf } from '../transform/graph-values.ts';
import { DEVICE_LOOKUPS } from './device-lookups.ts';

/** The failures of a month; it does not support a filter by time. */
export const TROUBLESHOOTING_EVENTS = '/v1.0/deviceManagement/troubleshootingEvents';

export type GraphTroubleshootingEvent = Resource<
  | '@odata.type'
  | 'eventDateTime'
  | 'operatingSystem'
  | 'osVersion'
  | 'enrollmentType'
  | 'failureCategory'
  | 'failureReason'
>;

const STATUS: Lookup = {
  entity: enrollmentEventStatuses,
  properties: {
    id: 'enrollmentEventStatusKey',
    key: 'enrollmentEventStatusKey',
    name: 'enrollmentEventStatusName',
  },
};

const CATEGORY: Lookup = {
  entity: enrollmentFailureCategories,
  properties: {
    id: 'enrollmentFailureCategoryKey',
    key: 'enrollmentFailureCategoryKey',
    name: 'enrollmentFailureCategoryName',
  },
};

const REASON: Lookup = {
  entity: enrollmentFailureReasons,
  properties: {
    id: 'enrollmentFailureReasonKey',
    key: 'enrollmentFailureReasonKey',
    name: 'enrollmentFailureReasonName',
  },
};

/** The properties by which enrolments are counted. */
export interface Enrollment {
  readonly deviceEnrollmentTypeKey: number;
  readonly deviceTypeKey: number;
  readonly enrollmentEventStatusKey: number;
  readonly enrollmentFailureCategoryKey: number;
  readonly enrollmentFailureReasonKey: number;
  readonly osVersion: string;
}

// A failure has an operating system but no type of device. Phones and tablets have several types, so theirs is unknown.
const DEVICE_TYPE_OF_SYSTEM: Readonly<Record<string, string>> = {
  windows: 'windowsRT',
  macos: 'macMDM',
  linux: 'linux',
};

/** Null for an event of a device that was already enrolled. */
export function failedEnrollment(event: GraphTroubleshootingEvent, keyOf: KeyOf): Enrollment | null {
  if (event['@odata.type'] !== '#microsoft.graph.enrollmentTroubleshootingEvent') return null;
  const system = textOf(event.operatingSystem)?.toLowerCase() ?? '';
  return {
    deviceEnrollmentTypeKey: keyOf(DEVICE_LOOKUPS.enrollmentType, event.enrollmentType),
    deviceTypeKey: keyOf(DEVICE_LOOKUPS.deviceType, DEVICE_TYPE_OF_SYSTEM[system]),
    enrollmentEventStatusKey: keyOf(STATUS, 'Failed'),
    enrollmentFailureCategoryKey: keyOf(CATEGORY, event.failureCategory),
    enrollmentFailureReasonKey: keyOf(REASON, event.failureReason),
    osVersion: textOf(event.osVersion) ?? '',
  };
}

type EnrolledDevice = Pick<Enrollment, 'deviceEnrollmentTypeKey' | 'deviceTypeKey'> & {
  readonly osVersion: string | null;
};

export function succeededEnrollment(device: EnrolledDevice, keyOf: KeyOf): Enrollment {
  return {
    deviceEnrollmentTypeKey: device.deviceEnrollmentTypeKey,
    deviceTypeKey: device.deviceTypeKey,
    enrollmentEventStatusKey: keyOf(STATUS, 'Success'),
    enrollmentFailureCategoryKey: keyOf(CATEGORY, 'Not Applicable'),
    enrollmentFailureReasonKey: keyOf(REASON, 'Not Applicable'),
    osVersion: device.osVersion ?? '',
  };
}

export interface EnrollmentCount extends Enrollment {
  readonly count: number;
}

export const enrollmentActivityStream = streamOf<EnrollmentCount>()(enrollmentActivities, {
  sources: {
    deviceEnrollmentTypeKey: ({ deviceEnrollmentTypeKey }) => deviceEnrollmentTypeKey,
    deviceTypeKey: ({ deviceTypeKey }) => deviceTypeKey,
    enrollmentEventStatusKey: ({ enrollmentEventStatusKey }) => enrollmentEventStatusKey,
    enrollmentFailureCategoryKey: ({ enrollmentFailureCategoryKey }) => enrollmentFailureCategoryKey,
    enrollmentFailureReasonKey: ({ enrollmentFailureReasonKey }) => enrollmentFailureReasonKey,
    osVersion: ({ osVersion }) => osVersion,
    count: ({ count }) => count,
  },
});
