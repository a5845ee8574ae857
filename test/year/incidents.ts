// What befalls a night of the year. Most nights are spared.
import type { Fault } from '../../fixtures/graph-emulator/faults.ts';
import type { Dice } from '../fuzz/dice.ts';

export const INCIDENTS = [
  /** Nobody runs it. */
  'missed',
  /** Graph refuses one of the sources. */
  'source refused',
  /** Graph tells the first page of the devices only, as if there were no more. */
  'page lost',
  /** Graph is busy, and wants to be asked again. */
  'throttled',
  /** Verification finds it unlikely, and nobody looks at it. */
  'refused',
  /** Verification finds it unlikely, and it is published knowingly. */
  'accepted',
  /** Its process is killed, and it is run once more. */
  'killed',
  /** It is run twice. */
  'run again',
] as const;

export type Incident = 'none' | (typeof INCIDENTS)[number];

/** Of a hundred nights, those that something befalls. */
const INCIDENT_PERCENT = 20;

export function incidentOf(dice: Dice): Incident {
  return dice.chance(INCIDENT_PERCENT) ? dice.pick(INCIDENTS) : 'none';
}

const DEVICES = '/deviceManagement/managedDevices?';
const SOURCES = [
  DEVICES,
  '/managedDeviceOverview',
  '/deviceCategories',
  '/managedDeviceEncryptionStates',
  '/v1.0/users?',
  '/deviceConfigurations',
  '/deviceCompliancePolicies',
  '/configurationPolicies',
  '/deviceCompliancePolicyDeviceStateSummary',
  '/troubleshootingEvents',
  '/managedAppRegistrations',
  '/mobileApps',
  '/termsAndConditions',
  '/deviceManagement/reports/',
] as const;

const GRAPH_FAULTS: Readonly<Partial<Record<Incident, (dice: Dice) => Fault>>> = {
  'source refused': (dice) => ({
    match: dice.pick(SOURCES),
    answer: dice.pick(['forbidden', 'missing-segment']),
    times: Infinity,
  }),
  'page lost': () => ({ match: DEVICES, answer: 'last-page' }),
  throttled: (dice) => ({
    match: dice.pick(SOURCES),
    answer: dice.pick(['429', '503']),
    retryAfter: 0.01,
    times: 2,
  }),
};

/** What Graph does wrong on such a night. */
export function faultOf(incident: Incident, dice: Dice): Fault | null {
  return GRAPH_FAULTS[incident]?.(dice) ?? null;
}

/** How the journal tells of such a night: the outcomes of its runs, in the order of the alphabet. */
export const EXPECTED_OUTCOMES: Readonly<Record<Incident, RegExp>> = {
  none: /^published$/,
  missed: /^missing$/,
  'source refused': /^published$/,
  'page lost': /^published$/,
  throttled: /^published$/,
  refused: /^refused$/,
  accepted: /^accepted$/,
  // It may have been killed before it could say that it began, and after it was published.
  killed: /^((killed|published) )?published$/,
  'run again': /^published published$/,
};
