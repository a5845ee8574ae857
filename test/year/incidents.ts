// Incidents of a simulated year. Most days have none.
import type { Fault } from '../../fixtures/graph-emulator/faults.ts';
import type { Dice } from '../fuzz/dice.ts';

export const INCIDENTS = [
  /** There is no run. */
  'missed',
  /** Graph refuses one of the sources. */
  'source refused',
  /** Graph lists only the first page of the devices, as if there were no more. */
  'page lost',
  /** Graph throttles, and asks for a retry. */
  'throttled',
  /** Verification refuses the run, and no operator releases it. */
  'refused',
  /** Verification refuses the run, and an operator releases it. */
  'accepted',
  /** The process of the run is killed, and the day is run again. */
  'killed',
  /** The day is run twice. */
  'run again',
] as const;

export type Incident = 'none' | (typeof INCIDENTS)[number];

/** The share of days with an incident. */
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

/** What Graph does wrong on such a day. */
export function faultOf(incident: Incident, dice: Dice): Fault | null {
  return GRAPH_FAULTS[incident]?.(dice) ?? null;
}

/** The outcomes that the journal has for such a day, sorted. */
export const EXPECTED_OUTCOMES: Readonly<Record<Incident, RegExp>> = {
  none: /^published$/,
  missed: /^missing$/,
  'source refused': /^published$/,
  'page lost': /^published$/,
  throttled: /^published$/,
  refused: /^refused$/,
  accepted: /^accepted$/,
  // It may have been killed before it was recorded as started, or after it was published.
  killed: /^((killed|published) )?published$/,
  'run again': /^published published$/,
};
