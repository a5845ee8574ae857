// Changes over several days, from Graph over HTTP into a real warehouse.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openGraphClient } from '../../etl/graph/graph-client.ts';
import { makeTokenSource } from '../../etl/graph/sign-in/token-source.ts';
import { harvest } from '../../etl/harvest/harvest.ts';
import { openRunContext } from '../../etl/run-context.ts';
import { runEtl } from '../../etl/run-etl.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import {
  MEGANS_EXPENSES,
  MEGANS_OUTLOOK,
  UNKNOWN_USERS_COPY,
} from '../../fixtures/tenant/app-registrations.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { MEGANS_LAPTOP } from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import {
  UNLISTED_OWNER,
  JOHN_SMITH,
  MARY_MAJOR,
  MEGAN,
} from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import type { Tenant } from '../../fixtures/tenant/tenant.ts';
import { TERMS_OF_USE } from '../../fixtures/tenant/terms.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';

let dataDir: string;
let emulator: GraphEmulator;
let tenant: Tenant;
const tokens = () => makeTokenSource({ ...DEMO_CREDENTIALS, loginUrl: emulator.url, graphUrl: emulator.url });

async function run(day: number): Promise<void> {
  emulator.setDay(day);
  const context = openRunContext({
    runId: randomUUID(),
    observe: () => undefined,
    signal: new AbortController().signal,
  });
  const graph = openGraphClient({ rootUrl: emulator.url, token: tokens(), run: context });
  await runEtl({
    run: context,
    warehouse: openSqliteWarehouse({ dataDir, model: MODEL }),
    model: MODEL,
    clock: fixedClock(midnightOf(day)),
    harvest: (staging) => harvest({ graph, run: context }, staging),
  });
}

function select(sql: string, ...values: readonly unknown[]): readonly unknown[] {
  const database = new Database(listGenerations(dataDir)[0]!.path, { readonly: true });
  try {
    return database.prepare(sql).all(...values);
  } finally {
    database.close();
  }
}

const lifeOf = (userId: string): readonly unknown[] =>
  select(
    `SELECT displayName, isDeleted, startDateInclusiveUTC AS start, endDateExclusiveUTC AS "end", isCurrent
     FROM userHistories WHERE userId = ? ORDER BY startDateKey`,
    userId,
  );

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-runs-'));
  tenant = makeTenant({ seed: 1, devices: 40, firstDateKey: 20170601 });
  emulator = await startGraphEmulator({ tenant });
  for (const day of [20170601, 20170602, 20170621, 20170712, 20170726, 20170831]) await run(day);
});
afterAll(async () => {
  await emulator.close();
  rmSync(dataDir, { recursive: true });
});

describe('a user', () => {
  test('who loses a licence and gets it back has the history of the documented walk-through', () => {
    expect(lifeOf(JOHN_SMITH)).toEqual([
      {
        displayName: 'John Smith',
        isDeleted: 0,
        start: '2017-06-01T00:00:00',
        end: '2017-07-26T00:00:00',
        isCurrent: 0,
      },
      {
        displayName: 'John Smith',
        isDeleted: 1,
        start: '2017-07-26T00:00:00',
        end: '2017-08-31T00:00:00',
        isCurrent: 0,
      },
      {
        displayName: 'John Smith',
        isDeleted: 0,
        start: '2017-08-31T00:00:00',
        end: '9999-12-31T00:00:00',
        isCurrent: 1,
      },
    ]);
    expect(
      select('SELECT count(*) AS rows, max(isDeleted) AS gone FROM users WHERE userId = ?', JOHN_SMITH),
    ).toEqual([{ rows: 1, gone: 0 }]);
  });

  test('who is deleted while the laptop stays keeps the last name as deleted, and returns under a new one', () => {
    expect(lifeOf(MARY_MAJOR)).toMatchObject([
      { displayName: 'Mary Major', isDeleted: 0, end: '2017-06-21T00:00:00' },
      { displayName: 'Mary Major', isDeleted: 1, end: '2017-07-12T00:00:00' },
      { displayName: 'Mary Major-Miner', isDeleted: 0, isCurrent: 1 },
    ]);
  });

  test('who is not in the directory is the same placeholder every day', () => {
    expect(lifeOf(UNLISTED_OWNER)).toMatchObject([{ displayName: null, isDeleted: 0, isCurrent: 1 }]);
  });
});

test('a policy without a version in Graph gets one for each edit that was seen, and the last is current', () => {
  const unnumbered = tenant.policies.filter(({ resource }) => typeof resource.version !== 'number');
  const versions = unnumbered.map(({ resource }) =>
    select(
      'SELECT policyVersion AS version, isDeleted AS gone FROM policies WHERE policyId = ? ORDER BY 1',
      resource.id,
    ),
  );
  for (const each of versions) {
    expect(each).toEqual(
      each.map((_, index) => ({ version: index + 1, gone: Number(index < each.length - 1) })),
    );
  }
  expect(Math.max(...versions.map((each) => each.length))).toBeGreaterThan(1);
});

test('a new version of terms gets its own row, and every day shows which version a user had accepted', () => {
  expect(
    select(
      'SELECT termsAndConditionsVersion AS version, isDeleted AS gone FROM termsAndConditions WHERE termsAndConditionsId = ? ORDER BY 1',
      TERMS_OF_USE,
    ),
  ).toEqual([
    { version: 2, gone: 1 },
    { version: 3, gone: 0 },
  ]);
  const accepted = select(
    `SELECT a.dateKey, t.termsAndConditionsVersion AS version
     FROM userTermsAndConditionsAcceptances a JOIN users u USING (userKey) JOIN termsAndConditions t USING (termsAndConditionsKey)
     WHERE u.userId = ? AND a.dateKey <= 20170621 ORDER BY 1`,
    MEGAN,
  );
  expect(accepted).toEqual([
    { dateKey: 20170601, version: 2 },
    { dateKey: 20170602, version: 2 },
    { dateKey: 20170621, version: 3 },
  ]);
});

test('an app instance that checked in leads to its app, its user, its health and its policies', () => {
  const checkins = select(
    `SELECT a.mamApplicationId AS app, u.displayName AS user, h.deviceHealthName AS health, p.policyName AS policy
     FROM mamCheckins c
     JOIN mamApplicationInstances i USING (applicationInstanceKey)
     JOIN mamApplications a USING (mamApplicationKey)
     JOIN mamDeviceHealths h USING (deviceHealthKey)
     LEFT JOIN users u USING (userKey)
     LEFT JOIN mamEffectivePolicies e ON e.effectivePolicyKey = c.effectiveAppliedPolicyKey
     LEFT JOIN policies p ON p.policyKey = e.realPolicyKey
     WHERE c.dateKey = 20170621 AND i.applicationInstanceId IN (?, ?, ?) ORDER BY app`,
    MEGANS_OUTLOOK,
    MEGANS_EXPENSES,
    UNKNOWN_USERS_COPY,
  );
  expect(checkins).toEqual([
    // Two policies are merged there, and none of them is the one.
    { app: 'com.contoso.expenses', user: 'Megan Bowen', health: 'Healthy', policy: null },
    {
      app: 'com.microsoft.Office.Outlook',
      user: 'Megan Bowen',
      health: 'Healthy',
      policy: 'iOS - App protection',
    },
    { app: 'com.microsoft.skype.teams', user: null, health: 'Healthy', policy: null },
  ]);
});

test('a device that is changed in Graph is changed in the feed after the next run', async () => {
  const address = `${emulator.url}/beta/deviceManagement/managedDeviceEncryptionStates/${MEGANS_LAPTOP}`;
  const response = await fetch(address, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${await tokens().accessToken()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      '@odata.type': '#microsoft.graph.managedDeviceEncryptionState',
      encryptionState: 'encrypted',
      advancedBitLockerStates: 'success',
    }),
  });
  expect(response.status).toBe(200);
  await run(20170901);
  const states = select(
    `SELECT s.dateKey, s.encryptionStateKey AS state, s.advancedBitLockerStateMask AS mask,
       (SELECT count(*) FROM deviceEncryptionStatusDetails r WHERE r.dateKey = s.dateKey AND r.deviceKey = s.deviceKey) AS reasons
     FROM deviceEncryptionStates s JOIN devices d ON d.deviceKey = s.deviceKey
     WHERE d.deviceId = ? AND s.dateKey >= 20170831 ORDER BY s.dateKey`,
    MEGANS_LAPTOP,
  );
  expect(states).toEqual([
    { dateKey: 20170831, state: 0, mask: 2 + 256 + 32768, reasons: 3 },
    { dateKey: 20170901, state: 1, mask: 0, reasons: 0 },
  ]);
});

test('a run without the list of profiles keeps which profiles reach a device', async () => {
  const reached = (day: number) =>
    select('SELECT deviceKey, policyKey FROM deviceEncryptionPolicies WHERE dateKey = ? ORDER BY 1, 2', day);
  emulator.faults.add({ match: /\/deviceConfigurations$/, answer: 'forbidden' });
  await run(20170902);
  expect(reached(20170902)).toEqual(reached(20170901));
  expect(reached(20170902)).not.toEqual([]);
});

test('a second run of a day gives the same rows', async () => {
  const everything = (): readonly unknown[] =>
    [...MODEL.entities.keys()]
      // The journal has both runs.
      .filter((name) => !['dates', 'runs', 'runSteps', 'runProblems'].includes(name))
      .map((name) => [name, select(`SELECT * FROM "${name}" ORDER BY 1, 2`)]);
  await run(20170903);
  const before = everything();
  await run(20170903);
  expect(everything()).toEqual(before);
});
