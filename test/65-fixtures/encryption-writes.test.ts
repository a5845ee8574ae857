// POST and PATCH of encryption states, as the API documents them, and how long they last.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MEGANS_LAPTOP } from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import { callerOf, type Caller } from './graph-caller.ts';

const STATES = '/beta/deviceManagement/managedDeviceEncryptionStates';
let emulator: GraphEmulator;
let graph: Caller;

beforeAll(async () => {
  emulator = await startGraphEmulator({
    tenant: makeTenant({ seed: 1, devices: 60, firstDateKey: 20261101 }),
  });
  graph = await callerOf(emulator);
});
afterAll(() => emulator.close());

/** The body of the documentation's own example. */
const documented = {
  '@odata.type': '#microsoft.graph.managedDeviceEncryptionState',
  userPrincipalName: 'User Principal Name value',
  deviceType: 'windowsRT',
  osVersion: 'Os Version value',
  tpmSpecificationVersion: 'Tpm Specification Version value',
  deviceName: 'Device Name value',
  encryptionReadinessState: 'ready',
  encryptionState: 'encrypted',
  encryptionPolicySettingState: 'notApplicable',
  advancedBitLockerStates: 'noUserConsent',
  fileVaultStates: 'driveEncryptedByUser',
  policyDetails: [
    {
      '@odata.type': 'microsoft.graph.encryptionReportPolicyDetails',
      policyId: 'Policy Id value',
      policyName: 'Policy Name value',
    },
  ],
};

test('POST answers 201 with the created entity, and the list has it from then on', async () => {
  const created = await graph.send('POST', STATES, documented);
  expect(created.status).toBe(201);
  expect(created.json).toEqual({ ...documented, id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  const { rows } = await graph.walk(STATES);
  expect(rows.find((row) => row.id === created.json.id)).toMatchObject({ deviceName: 'Device Name value' });
});

test('POST with an id that is taken is a conflict', async () => {
  expect((await graph.send('POST', STATES, { ...documented, id: MEGANS_LAPTOP })).status).toBe(409);
});

test('PATCH answers 200 with the updated entity', async () => {
  const { status, json } = await graph.send('PATCH', `${STATES}/${MEGANS_LAPTOP}`, documented);
  expect(status).toBe(200);
  expect(json).toEqual({ ...documented, id: MEGANS_LAPTOP });
});

test('what a user wrote stays while the rest changes', async () => {
  const { rows } = await graph.walk(STATES);
  const waiting = rows.filter(
    (row) =>
      row.encryptionState === 'notEncrypted' &&
      row.encryptionReadinessState === 'ready' &&
      row.deviceName.includes('-LT-'),
  );
  expect(waiting.length).toBeGreaterThan(2);
  for (const { id } of waiting) {
    await graph.send('PATCH', `${STATES}('${id}')`, { advancedBitLockerStates: 'tpmNotReady,networkError' });
  }
  emulator.setDay(20261225);
  const later = new Map((await graph.walk(STATES)).rows.map((row) => [row.id, row]));
  const stillListed = waiting.filter(({ id }) => later.has(id)).map(({ id }) => later.get(id));
  for (const row of stillListed) expect(row.advancedBitLockerStates).toBe('tpmNotReady,networkError');
  expect(stillListed.some((row) => row.encryptionState === 'encrypted')).toBe(true);
  expect((await graph.get(`${STATES}/${MEGANS_LAPTOP}`)).json.deviceName).toBe('Device Name value');
});

test('only the filter by id is applied', async () => {
  const one = await graph.get(`${STATES}?$filter=id eq '${MEGANS_LAPTOP}'`);
  expect(one.json.value.map((row: { id: string }) => row.id)).toEqual([MEGANS_LAPTOP]);
  const all = await graph.get(`${STATES}?$filter=encryptionState eq 'encrypted'`);
  expect(all.json.value.length).toBeGreaterThan(20);
});

describe('a write is refused', () => {
  test.each([
    ['an unknown member', { encryptionState: 'halfEncrypted' }, "literal 'halfEncrypted'"],
    ['a member in the wrong case', { encryptionState: 'Encrypted' }, "literal 'Encrypted'"],
    [
      'an unknown flag among known ones',
      { advancedBitLockerStates: 'success,shrug' },
      "literal 'success,shrug'",
    ],
    [
      'two members where one belongs',
      { encryptionState: 'encrypted,notEncrypted' },
      'microsoft.graph.encryptionState',
    ],
    ['a deviceType of the wider enum', { deviceType: 'linux' }, 'microsoft.graph.deviceTypes'],
    ['a number for a member', { encryptionReadinessState: 1 }, "literal '1'"],
    ['null for a state', { encryptionState: null }, "literal 'null'"],
    ['a property that does not exist', { recoveryKey: '123456' }, "property 'recoveryKey'"],
    ['a number for a text', { deviceName: 7 }, "property 'deviceName'"],
    ['details that are none', { policyDetails: [{ policyId: 1 }] }, 'policyDetails'],
    ['another id', { id: 'another' }, "key property 'id'"],
    ['no object', [1], 'Empty Payload'],
    ['no JSON', '{"encryptionState":', 'valid JSON'],
  ])('for %s', async (_, body, message) => {
    const before = (await graph.get(`${STATES}/${MEGANS_LAPTOP}`)).text;
    const { status, json } = await graph.send('PATCH', `${STATES}/${MEGANS_LAPTOP}`, body);
    expect(status).toBe(400);
    expect(json.error.code).toBe('BadRequest');
    expect(json.error.message).toContain(message);
    expect((await graph.get(`${STATES}/${MEGANS_LAPTOP}`)).text).toBe(before);
  });

  test('for an unknown id', async () => {
    expect((await graph.send('PATCH', `${STATES}/nobody`, documented)).status).toBe(404);
  });

  test('for a method that is not offered', async () => {
    expect((await graph.send('DELETE', `${STATES}/${MEGANS_LAPTOP}`, {})).status).toBe(405);
  });
});
