// Types, platforms and versions of policies, and lookups that gain rows for unknown values.
import { describe, expect, test } from '@jest/globals';
import { policyVersion } from '../../etl/harvest/policies/harvest-policies.ts';
import { DEVICE_LOOKUPS } from '../../etl/streams/device-lookups.ts';
import { POLICY_PLATFORM } from '../../etl/streams/policies.ts';
import { makeKeyOf, type Lookup } from '../../etl/transform/lookups.ts';
import {
  policyPlatformOf,
  policyTypeOfODataType,
  policyTypeOfTemplate,
} from '../../etl/transform/policies/policy-type.ts';
import { policyTypeRows } from '../../schema/subjects/policy-type-rows.ts';
import type { Row } from '../../schema/entity.ts';
import { recordingStaging } from './recording-staging.ts';

describe('the type of a policy', () => {
  test.each([
    ['#microsoft.graph.windows10CompliancePolicy', 51],
    ['#microsoft.graph.windows10EndpointProtectionConfiguration', 1050],
    ['#microsoft.graph.windowsUpdateForBusinessConfiguration', 31],
    ['#microsoft.graph.iosSomethingNewConfiguration', 1054],
    ['#microsoft.graph.androidDeviceOwnerSomethingNew', 1056],
    ['#microsoft.graph.androidSomethingNew', 1055],
    ['#microsoft.graph.visionOSSpatialHomeConfiguration', 1000],
    [null, 1000],
  ])('of type %j is %j', (odataType, policyTypeKey) => {
    expect(policyTypeOfODataType(odataType)).toBe(policyTypeKey);
    expect(policyTypeRows.map(({ policyTypeId }) => policyTypeId)).toContain(policyTypeKey);
  });

  test.each([
    ['none', 'windows10', 1001],
    ['none', 'iOS', 1003],
    ['none', 'iOS,macOS', 1006],
    [null, null, 1006],
    ['endpointSecurityDiskEncryption', 'windows10', 1010],
    ['endpointSecurityDiskEncryption', 'macOS', 1011],
    ['endpointSecurityAntivirus', 'macOS', 1012],
    ['endpointSecurityTomorrow', 'linux', 1019],
    ['baseline', 'windows10', 1020],
  ])('of template family %j for %j is %j', (family, platforms, policyTypeKey) => {
    expect(policyTypeOfTemplate(family, platforms)).toBe(policyTypeKey);
    expect(policyTypeRows.map(({ policyTypeId }) => policyTypeId)).toContain(policyTypeKey);
  });

  test.each([
    ['#microsoft.graph.windows10CompliancePolicy', 6],
    ['#microsoft.graph.iosCompliancePolicy', 2],
    ['#microsoft.graph.androidWorkProfileCompliancePolicy', 7],
    ['#microsoft.graph.androidDeviceOwnerCompliancePolicy', 1],
    ['#microsoft.graph.aospDeviceOwnerCompliancePolicy', 9],
    ['#microsoft.graph.defaultDeviceCompliancePolicy', 100],
    ['#microsoft.graph.visionOSCompliancePolicy', -1],
  ])('%s is for platform %j', (odataType, platformKey) => {
    const keyOf = makeKeyOf(recordingStaging(), neverNew);
    expect(keyOf(POLICY_PLATFORM, policyPlatformOf(odataType))).toBe(platformKey);
  });
});

describe('the version of a policy', () => {
  const seen = { version: 3, writtenAt: '2026-11-19T00:00:05' };
  test.each([
    ['its own number counts', 7, '2026-11-19T10:00:00Z', seen, 7],
    ['a policy never seen is the first', undefined, '2026-11-19T10:00:00Z', null, 1],
    ['an edit since then is the next', undefined, '2026-11-19T10:00:00Z', seen, 4],
    ['an edit before is the same', undefined, '2026-11-18T10:00:00Z', seen, 3],
    ['text is no number', '"2d00a1b2-0000"', '2026-11-18T10:00:00Z', seen, 3],
    ['a sentinel date is no edit', undefined, '0001-01-01T00:00:00Z', seen, 3],
  ])('%s', (_, version, lastModified, known, expected) => {
    expect(policyVersion(version, lastModified, known)).toBe(expected);
  });
});

describe('a lookup', () => {
  test.each<[Lookup, unknown, number]>([
    [DEVICE_LOOKUPS.deviceType, 'windowsRT', 1],
    [DEVICE_LOOKUPS.deviceType, 'macMDM', 14],
    [DEVICE_LOOKUPS.deviceType, 'iPad', 9],
    [DEVICE_LOOKUPS.deviceType, 14, 14],
    [DEVICE_LOOKUPS.deviceType, '', -1],
    [DEVICE_LOOKUPS.deviceType, null, -1],
    [DEVICE_LOOKUPS.deviceType, 'unknownFutureValue', -1],
    [DEVICE_LOOKUPS.managementAgent, 'configurationManagerClient', 8],
    [DEVICE_LOOKUPS.managementAgent, 'intuneAosp', 2048],
    [DEVICE_LOOKUPS.enrollmentType, 'windowsAzureADJoinUsingDeviceAuth', 10],
    [DEVICE_LOOKUPS.registrationState, 'notRegisteredPendingEnrollment', 7],
    [DEVICE_LOOKUPS.managementState, 'wipeCanceled', 9],
    [DEVICE_LOOKUPS.complianceState, 'inGracePeriod', 254],
    [DEVICE_LOOKUPS.complianceState, 'noncompliant', 2],
    [DEVICE_LOOKUPS.owner, 'company', 1],
  ])('%# knows %j as %j', (lookup, member, key) => {
    expect(makeKeyOf(recordingStaging(), neverNew)(lookup, member)).toBe(key);
  });

  test('gives an unknown member its own row, once', () => {
    const staging = recordingStaging();
    const met: string[] = [];
    const keyOf = makeKeyOf(staging, ({ entity }, member) => met.push(`${entity.name} ${member}`));
    const keys = ['eyewear', 'Eyewear', 'hoverboard'].map((member) =>
      keyOf(DEVICE_LOOKUPS.deviceType, member),
    );
    expect(keys).toEqual([100_000, 100_000, 100_001]);
    expect(met).toEqual(['deviceTypes eyewear', 'deviceTypes hoverboard']);
    expect(staging.rowsOf('deviceTypes')).toEqual([
      { values: { deviceTypeID: 100_000, deviceTypeKey: 100_000, deviceTypeName: 'eyewear' } },
      { values: { deviceTypeID: 100_001, deviceTypeKey: 100_001, deviceTypeName: 'hoverboard' } },
    ]);
  });

  test('keeps that row in later runs, and an id of text as text', () => {
    const quarantined: Row = {
      complianceStateID: '100000',
      complianceStateKey: 100_000,
      complianceStatus: 'quarantined',
    };
    const staging = recordingStaging({ complianceStates: [quarantined] });
    const keyOf = makeKeyOf(staging, () => undefined);
    expect(keyOf(DEVICE_LOOKUPS.complianceState, 'quarantined')).toBe(100_000);
    expect(keyOf(DEVICE_LOOKUPS.complianceState, 'paroled')).toBe(100_001);
    expect(staging.rowsOf('complianceStates')).toEqual([
      { values: { complianceStateID: '100001', complianceStateKey: 100_001, complianceStatus: 'paroled' } },
    ]);
  });
});

function neverNew(lookup: Lookup, member: string): void {
  throw new Error(`${lookup.entity.name} has no '${member}'.`);
}
