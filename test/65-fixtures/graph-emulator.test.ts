// The emulator over real HTTP: signing in, pages, gaps, selections, batches and what Graph refuses.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { EXPENSES_APP } from '../../fixtures/tenant/apps.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import {
  BEYOND_2_53,
  CONTROL_CHARACTERS,
  LOBBY_PC,
  MEGANS_LAPTOP,
} from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import { MEGAN } from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import { CATALOG_BITLOCKER, SILENT_BITLOCKER } from '../../fixtures/tenant/policies.ts';
import { callerOf, signIn, type Caller, type Json } from './graph-caller.ts';

const DEVICES = '/beta/deviceManagement/managedDevices';
const tenant = makeTenant({ seed: 3, devices: 2300, firstDateKey: 20261101 });
let emulator: GraphEmulator;
let graph: Caller;

beforeAll(async () => {
  emulator = await startGraphEmulator({ tenant });
  emulator.setDay(20261105);
  graph = await callerOf(emulator);
});
afterAll(() => emulator.close());

describe('signing in', () => {
  test('gives an opaque token for an hour', async () => {
    const { status, json } = await signIn(emulator);
    expect(status).toBe(200);
    expect(json).toEqual({
      token_type: 'Bearer',
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: expect.stringMatching(/^[0-9a-f]{32}\.[0-9a-f]{32}$/),
    });
  });

  test.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000222],
    [{ client_id: 'somebody' }, 400, 'unauthorized_client', 700016],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    [{ scope: 'User.Read' }, 400, 'invalid_scope', 1002012],
  ])('refuses %j', async (fields, status, error, code) => {
    const reply = await signIn(emulator, fields);
    expect(reply.status).toBe(status);
    expect(reply.json).toMatchObject({ error, error_codes: [code] });
    expect(reply.json.error_description).toMatch(new RegExp(`^AADSTS${code}: `));
  });

  test('is described in the OpenID configuration', async () => {
    const { tenantId } = DEMO_CREDENTIALS;
    const answer = await fetch(`${emulator.url}/${tenantId}/v2.0/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      token_endpoint: `${emulator.url}/${tenantId}/oauth2/v2.0/token`,
      issuer: `${emulator.url}/${tenantId}/v2.0`,
    });
  });

  test.each([[undefined], ['Bearer stolen']])(
    'is required: Authorization %s is a 401',
    async (authorization) => {
      const answer = await fetch(emulator.url + DEVICES, { headers: authorization ? { authorization } : {} });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(await answer.json()).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } });
    },
  );
});

describe('pages', () => {
  test('of devices are a thousand long, ordered by name and id, and give every device once', async () => {
    const first = await graph.get(DEVICES);
    expect(first.json.value).toHaveLength(1000);
    expect(first.json['@odata.count']).toBe(1000);
    const last = first.json.value.at(-1);
    expect(decodeURIComponent(first.json['@odata.nextLink'])).toBe(
      `${emulator.url}${DEVICES}?$skiptoken=LastDeviceName='${last.deviceName}',LastDeviceId='${last.id}'`,
    );
    const { rows, pages } = await graph.walk(DEVICES);
    expect(pages).toBe(3);
    expect(rows.map((row) => row.id).sort()).toEqual([...tenant.devices.keys()].sort());
    const order = rows.map((row) => `${row.deviceName}\u0000${row.id}`);
    expect(order).toEqual([...order].sort());
  });

  test('survive names with quotes, line breaks and emoji in their tokens', async () => {
    const { rows, pages } = await graph.walk(`${DEVICES}?$select=id&$top=7`);
    expect(pages).toBe(Math.ceil(tenant.devices.size / 7));
    expect(new Set(rows.map((row) => row.id)).size).toBe(tenant.devices.size);
  });

  test('of users have a count only with ConsistencyLevel: eventual', async () => {
    const path = '/v1.0/users?$select=id&$top=1&$count=true';
    expect((await graph.get(path)).json).not.toHaveProperty('@odata.count');
    const { json } = await graph.get(path, { ConsistencyLevel: 'eventual' });
    expect(json).toMatchObject({ '@odata.count': tenant.users.size, value: [{}] });
  });

  test('of users are 100 long by default and 999 at most', async () => {
    expect((await graph.get('/v1.0/users')).json.value).toHaveLength(100);
    expect((await graph.get('/v1.0/users?$top=1000')).status).toBe(400);
    const { rows, pages } = await graph.walk('/v1.0/users?$select=id,assignedPlans&$top=999');
    expect(pages).toBe(Math.ceil(tenant.users.size / 999));
    expect(rows.map((row) => row.id).sort()).toEqual([...tenant.users.keys()].sort());
  });

  test('of encryption states give every line of the report once', async () => {
    const { rows } = await graph.walk('/beta/deviceManagement/managedDeviceEncryptionStates');
    const reported = [...tenant.devices.values()].filter((device) => device.encryption !== null);
    expect(rows.map((row) => row.id).sort()).toEqual(reported.map((device) => device.managed.id).sort());
  });

  test('of recovery keys never hold a key', async () => {
    const { rows } = await graph.walk('/v1.0/informationProtection/bitlocker/recoveryKeys');
    expect(rows.length).toBeGreaterThan(200);
    for (const row of rows)
      expect(Object.keys(row)).toEqual(['id', 'createdDateTime', 'volumeType', 'deviceId']);
    const key = await graph.get(
      `/v1.0/informationProtection/bitlocker/recoveryKeys/${rows[0].id}?$select=key`,
    );
    expect(key.status).toBe(403);
  });

  test('can be configured to be short, so that a small tenant has many', async () => {
    const small = await startGraphEmulator({
      tenant: makeTenant({ seed: 1, devices: 0, firstDateKey: 20261101 }),
      pageRows: 4,
    });
    try {
      const caller = await callerOf(small);
      expect((await caller.walk('/beta/deviceManagement/managedDevices')).pages).toBe(6);
      expect((await caller.walk('/v1.0/deviceManagement/deviceConfigurations')).pages).toBe(2);
    } finally {
      await small.close();
    }
  });
});

describe('a device', () => {
  test('lacks values in a list, even with $select, and is complete by id with $select', async () => {
    const query = '$select=id,physicalMemoryInBytes,ethernetMacAddress,hardwareInformation';
    const { rows } = await graph.walk(`${DEVICES}?${query}`);
    expect(rows.find((row) => row.id === MEGANS_LAPTOP)).toMatchObject({
      physicalMemoryInBytes: 0,
      ethernetMacAddress: null,
      hardwareInformation: { tpmSpecificationVersion: null, operatingSystemEdition: null },
    });
    expect((await graph.get(`${DEVICES}/${MEGANS_LAPTOP}`)).json.physicalMemoryInBytes).toBe(0);
    expect((await graph.get(`${DEVICES}('${MEGANS_LAPTOP}')?${query}`)).json).toMatchObject({
      physicalMemoryInBytes: 17_179_869_184,
      ethernetMacAddress: 'A4BB6D10C2F1',
      hardwareInformation: { tpmSpecificationVersion: '2.0, 0, 1.38', operatingSystemEdition: 'Enterprise' },
    });
  });

  test('shows its health attestation in a list, selected or not, and by id', async () => {
    const attested = { bitLockerStatus: 'Off', secureBoot: 'Enabled' };
    const query = '$select=id,deviceHealthAttestationState';
    for (const address of [DEVICES, `${DEVICES}?${query}`]) {
      const { rows } = await graph.walk(address);
      const stateOf = (id: string) => rows.find((row) => row.id === id).deviceHealthAttestationState;
      expect(stateOf(MEGANS_LAPTOP)).toMatchObject(attested);
      expect([stateOf(LOBBY_PC), stateOf(BEYOND_2_53)]).toEqual([null, null]);
    }
    for (const address of [`${DEVICES}/${MEGANS_LAPTOP}`, `${DEVICES}/${MEGANS_LAPTOP}?${query}`]) {
      expect((await graph.get(address)).json.deviceHealthAttestationState).toMatchObject(attested);
    }
  });

  test('keeps bytes beyond 2^53 exact and control characters escaped', async () => {
    const { text } = await graph.get(`${DEVICES}/${BEYOND_2_53}`);
    expect(text).toContain('"totalStorageSpaceInBytes":9007199254740993,');
    expect((await graph.get(`${DEVICES}/${CONTROL_CHARACTERS}`)).json.deviceName).toContain(
      '\u0007\u001b\u2028',
    );
  });

  test('shows less on v1.0, and the newer members of an enum only on demand', async () => {
    const stable = DEVICES.replace('beta', 'v1.0');
    const row = (await graph.get(stable)).json.value[0];
    expect(row).not.toHaveProperty('deviceType');
    expect(row).not.toHaveProperty('joinType');
    const enrolments = async (headers: Record<string, string>): Promise<string[]> =>
      (await graph.get(`${stable}?$select=deviceEnrollmentType`, headers)).json.value.map(
        (each: { deviceEnrollmentType: string }) => each.deviceEnrollmentType,
      );
    expect(await enrolments({})).not.toContain('androidEnterpriseFullyManaged');
    expect(await enrolments({ Prefer: 'include-unknown-enum-members' })).toContain(
      'androidEnterpriseFullyManaged',
    );
  });
});

describe('what Graph refuses', () => {
  test.each([
    [`${DEVICES}?$select=deviceNmae`, 400, "property named 'deviceNmae'"],
    [`${DEVICES}?$filter=id eq '${MEGANS_LAPTOP}'`, 400, '$filter'],
    [`${DEVICES}/$count`, 400, 'No OData route exists'],
    [`${DEVICES}/00000000-0000-4000-8000-000000000000`, 404, 'ResourceNotFound'],
    ['/v1.0/deviceManagement/managedDeviceEncryptionStates', 400, "segment 'managedDeviceEncryptionStates'"],
    [
      '/v1.0/deviceManagement/managedDeviceEncryptionStates/x',
      400,
      "segment 'managedDeviceEncryptionStates'",
    ],
    ['/v1.0/deviceManagement/configurationPolicies', 400, "segment 'configurationPolicies'"],
    ['/v1.0/deviceManagement/nothing/here', 400, "segment 'nothing'"],
    ['/v2.0/users', 400, 'version'],
  ])('%s', async (address, status, message) => {
    const reply = await graph.get(address);
    expect(reply.status).toBe(status);
    expect(reply.json.error.message).toContain(message);
    expect(reply.json.error.innerError['request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('but $skip on devices is ignored', async () => {
    const plain = await graph.get(`${DEVICES}?$select=id&$top=3`);
    const skipped = await graph.get(`${DEVICES}?$select=id&$top=3&$skip=2`);
    expect(skipped.json.value).toEqual(plain.json.value);
  });
});

describe('policies and overviews', () => {
  test("every list answers, and together they hold the tenant's policies", async () => {
    const lists = [
      '/v1.0/deviceManagement/deviceConfigurations',
      '/v1.0/deviceManagement/deviceCompliancePolicies',
      '/beta/deviceManagement/configurationPolicies',
      '/beta/deviceManagement/groupPolicyConfigurations',
      '/beta/deviceManagement/intents',
      '/beta/deviceManagement/compliancePolicies',
      '/v1.0/deviceAppManagement/mobileAppConfigurations',
      '/v1.0/deviceAppManagement/targetedManagedAppConfigurations',
      '/v1.0/deviceAppManagement/managedAppPolicies',
    ];
    const ids: string[] = [];
    for (const list of lists) {
      const { rows } = await graph.walk(list);
      expect(rows.length).toBeGreaterThan(0);
      ids.push(...rows.map((row: { id: string }) => row.id));
    }
    expect(ids.sort()).toEqual(tenant.policies.map((policy) => policy.resource.id).sort());
  });

  test("a policy's overview counts its devices; that of a policy of the settings catalog counts nothing", async () => {
    const overview = async (id: string) =>
      (await graph.get(`/v1.0/deviceManagement/deviceConfigurations/${id}/deviceStatusOverview`)).json;
    const counts = await overview(SILENT_BITLOCKER);
    expect(counts.successCount).toBeGreaterThan(100);
    expect(counts.lastUpdateDateTime).toBe('2026-11-05T00:10:00.12Z');
    const nothing = await overview(CATALOG_BITLOCKER);
    expect(nothing).toMatchObject({ successCount: 0, pendingCount: 0, errorCount: 0, failedCount: 0 });
  });

  test('the settings of the catalog can be read', async () => {
    const { json } = await graph.get(
      `/beta/deviceManagement/configurationPolicies('${CATALOG_BITLOCKER}')/settings`,
    );
    expect(json.value[0].settingInstance.choiceSettingValue.value).toBe(
      'device_vendor_msft_bitlocker_requiredeviceencryption_1',
    );
  });

  test("the tenant's overviews add up to its devices", async () => {
    const { json: overview } = await graph.get('/v1.0/deviceManagement/managedDeviceOverview');
    expect(overview.enrolledDeviceCount).toBe(tenant.devices.size);
    const { json: compliance } = await graph.get(
      '/v1.0/deviceManagement/deviceCompliancePolicyDeviceStateSummary',
    );
    const { json: configuration } = await graph.get(
      '/v1.0/deviceManagement/deviceConfigurationDeviceStateSummaries',
    );
    for (const summary of [compliance, configuration]) {
      const counts = Object.entries<number>(summary).filter(([name]) => name.endsWith('Count'));
      // All but the one that Jamf manages.
      expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(tenant.devices.size - 1);
    }
    expect((await graph.get('/beta/deviceManagement/deviceConfigurationUserStateSummaries')).status).toBe(
      200,
    );
  });

  test('of apps lists each under its own type', async () => {
    const { rows } = await graph.walk('/beta/deviceAppManagement/mobileApps');
    expect(rows.map((row) => row.id).sort()).toEqual(tenant.apps.map(({ id }) => id).sort());
    expect(rows.find(({ id }) => id === EXPENSES_APP)).toMatchObject({
      '@odata.type': '#microsoft.graph.iosVppApp',
      totalLicenseCount: 100,
    });
  });
});

describe('$batch', () => {
  test('answers its parts out of order, each by itself', async () => {
    emulator.faults.add({ match: `/users/${MEGAN}`, answer: '429', retryAfter: 17 });
    const { json } = await graph.send('POST', '/beta/$batch', {
      requests: [
        {
          id: '0',
          method: 'GET',
          url: `/deviceManagement/managedDevices/${MEGANS_LAPTOP}?$select=id,physicalMemoryInBytes`,
        },
        { id: '1', method: 'GET', url: `/users/${MEGAN}` },
        {
          id: '2',
          method: 'GET',
          url: '/deviceManagement/managedDevices/00000000-0000-4000-8000-000000000000',
        },
      ],
    });
    const parts: Json[] = json.responses;
    expect(parts.map((part) => part.id)).not.toEqual(['0', '1', '2']);
    const byId = new Map(parts.map((part) => [part.id, part]));
    expect(byId.get('0')).toMatchObject({ status: 200, body: { physicalMemoryInBytes: 17_179_869_184 } });
    expect(byId.get('1')).toMatchObject({ status: 429, headers: { 'Retry-After': '17' } });
    expect(byId.get('2')).toMatchObject({ status: 404 });
  });

  test('takes no more than twenty', async () => {
    const requests = Array.from({ length: 21 }, (_, index) => ({
      id: `${index}`,
      method: 'GET',
      url: '/users',
    }));
    expect((await graph.send('POST', '/v1.0/$batch', { requests })).status).toBe(400);
  });
});
