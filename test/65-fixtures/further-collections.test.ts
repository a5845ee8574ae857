// What the emulator serves besides devices, users and policies: terms, app instances, the extension, reports and statuses.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { MEGANS_OUTLOOK } from '../../fixtures/tenant/app-registrations.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MEGAN } from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import { CATALOG_BITLOCKER } from '../../fixtures/tenant/policies.ts';
import { FACTORY_FLOOR, TERMS_OF_USE } from '../../fixtures/tenant/terms.ts';
import { callerOf, type Caller, type Json } from './graph-caller.ts';

let emulator: GraphEmulator;
let graph: Caller;

beforeAll(async () => {
  const tenant = makeTenant({ seed: 3, devices: 300, firstDateKey: 20261101 });
  emulator = await startGraphEmulator({ tenant });
  emulator.setDay(20261105);
  graph = await callerOf(emulator);
});
afterAll(() => emulator.close());

describe('people and apps', () => {
  test('terms name who accepted them; other terms have no acceptances', async () => {
    const { rows } = await graph.walk('/v1.0/deviceManagement/termsAndConditions');
    expect(rows).toHaveLength(2);
    const accepted = `/v1.0/deviceManagement/termsAndConditions/${TERMS_OF_USE}/acceptanceStatuses`;
    const { rows: acceptances } = await graph.walk(accepted);
    expect(acceptances.find(({ id }) => id === `${TERMS_OF_USE}_${MEGAN}`)).toMatchObject({
      userPrincipalName: 'megan@contoso.com',
    });
    const nobodys = accepted.replace(TERMS_OF_USE, FACTORY_FLOOR);
    expect((await graph.get(nobodys)).json.value).toEqual([]);
    expect((await graph.get(accepted.replace(TERMS_OF_USE, MEGAN))).status).toBe(404);
  });

  test('app instances hide their device on v1.0', async () => {
    const list = 'deviceAppManagement/managedAppRegistrations';
    const { rows } = await graph.walk(`/beta/${list}`);
    expect(rows.find(({ id }) => id === MEGANS_OUTLOOK)).toHaveProperty('deviceName');
    const { rows: plain } = await graph.walk(`/v1.0/${list}`);
    expect(plain).toHaveLength(rows.length);
    expect(plain.find(({ id }) => id === MEGANS_OUTLOOK)).not.toHaveProperty('deviceName');
  });

  test('the policies applied to an app instance are protection and configuration', async () => {
    const { json } = await graph.get(
      `/beta/deviceAppManagement/managedAppRegistrations/${MEGANS_OUTLOOK}/appliedPolicies`,
    );
    expect(json.value.map((policy: Json) => policy['@odata.type']).sort()).toEqual([
      '#microsoft.graph.iosManagedAppProtection',
      '#microsoft.graph.targetedManagedAppConfiguration',
    ]);
  });

  test('the management extension is on beta only, and lists devices that Intune has removed', async () => {
    const list = 'deviceAppManagement/windowsManagementApp/healthStates';
    const { rows } = await graph.walk(`/beta/${list}`);
    expect(rows.map(({ deviceName }) => deviceName)).toContain('LONG-GONE');
    expect((await graph.get(`/v1.0/${list}`)).status).toBe(400);
  });
});

describe('a report action', () => {
  const action = '/v1.0/deviceManagement/reports/getConfigurationPolicyNonComplianceSummaryReport';

  test('returns a table in the order of its column names, page by page', async () => {
    const ask = async (skip: number): Promise<Json> =>
      (
        await graph.send('POST', action, {
          select: ['PolicyId', 'NumberOfErrorDevices'],
          orderBy: ['PolicyId'],
          skip,
          top: 2,
        })
      ).json;
    const first = await ask(0);
    expect(first.Schema.map(({ Column }: Json) => Column)).toEqual(['NumberOfErrorDevices', 'PolicyId']);
    expect(first.Values).toHaveLength(2);
    const ids = [...first.Values, ...(await ask(2)).Values].map(([, id]: Json) => id);
    expect(new Set(ids).size).toBe(4);
    expect(first.TotalRowCount).toBeGreaterThan(4);
  });

  test('refuses a column that it does not have', async () => {
    expect((await graph.send('POST', action, { select: ['PolicyColour'] })).status).toBe(400);
  });

  test('counts a policy of the settings catalog, for which the overview has zeros', async () => {
    const { json } = await graph.send('POST', action, { select: ['PolicyId', 'NumberOfCompliantDevices'] });
    const [compliant] = json.Values.find(([, id]: Json) => id === CATALOG_BITLOCKER);
    expect(compliant).toBeGreaterThan(0);
  });
});

test('statuses of a policy with many devices end early, without a link to more', async () => {
  const list = (id: string) => `/beta/deviceManagement/deviceCompliancePolicies/${id}/deviceStatuses`;
  const { rows } = await graph.walk(list('2c9f0b11-6a3d-4e77-8c21-90ab12cd3e66'));
  expect(rows).toHaveLength(51);
});
