// The rules that every day of a year is checked against: each finds its kind of fault in a damaged file.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { simulateRuns } from '../../src/cli/wiring/simulate-runs.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { brokenRules } from '../year/broken-rules.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';

const DAY = 20280301;
let data = '';
const pathOf = (ago: number): string => listGenerationFiles(data)[ago]?.path ?? '';

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'fleetfeed-rules-'));
  const tenant = makeTenant({ seed: 3, devices: 60, firstDateKey: 20280227 });
  const emulator = await startGraphEmulator({ tenant });
  await simulateRuns([20280227, 20280228, 20280229, DAY], {
    emulator,
    settings: { ...DEFAULT_SETTINGS, data, keepGenerations: 2, forgetAfter: 'never' },
    observe: () => undefined,
    signal: new AbortController().signal,
  });
  await emulator.close();
});
afterAll(() => rmSync(data, { recursive: true }));

function brokenBy(sql: string): readonly string[] {
  const spoilt = join(data, 'spoilt.sqlite');
  copyFileSync(pathOf(0), spoilt);
  const database = new Database(spoilt);
  const { changes } = database.prepare(sql).run();
  database.close();
  expect(changes).toBeGreaterThan(0);
  return brokenRules(spoilt, pathOf(1), DAY);
}

test('an undamaged file breaks no rule', () => {
  expect(brokenRules(pathOf(0), pathOf(1), DAY)).toEqual([]);
});

test.each([
  [
    'UPDATE devicePropertyHistoriesSpans SET jailBroken = 9 WHERE fromKey = 20280227',
    'days of devicePropertyHistories that are over stay as they were',
  ],
  [
    'UPDATE devicePropertyHistoriesSpans SET toKey = 20280229 WHERE fromKey = 20280227',
    'days of devicePropertyHistories that are over stay as they were',
  ],
  [
    'DELETE FROM devicePropertyHistoriesSpans WHERE period = 202802 AND deviceKey = 3',
    'days of devicePropertyHistories that are over stay as they were',
  ],
  [
    `INSERT INTO snapshotDays VALUES ('devicePropertyHistories', 20280226, 202802)`,
    'past snapshot days of a collection stay as they were',
  ],
  [
    `DELETE FROM snapshotDays WHERE collection = 'devicePropertyHistories' AND dateKey = 20280228`,
    'past snapshot days of a collection stay as they were',
  ],
  [
    'DELETE FROM devicePropertyHistoriesSpans WHERE period = 202803 AND deviceKey = 3',
    'a device that is there has one row of the day, and no other has',
  ],
  [
    `DELETE FROM snapshotDays WHERE collection = 'deviceEncryptionStates' AND dateKey = ${DAY}`,
    'deviceEncryptionStates has the snapshot day if it was harvested, and only then',
  ],
  [
    `DELETE FROM runSteps WHERE collection = 'mamCheckins'`,
    'mamCheckins has no rows of a day on which it was not harvested',
  ],
  [
    `UPDATE encryptionActivities SET deviceCount = deviceCount + 1 WHERE dateKey = ${DAY}`,
    'the encryption counts are those of the states',
  ],
  [
    `UPDATE compliancePolicyStatusDeviceActivities SET compliant = compliant - 1 WHERE dateKey = ${DAY}`,
    'the compliance counts are those of the histories',
  ],
  [
    `UPDATE devices SET enrolledDateTime = '2028-02-29T12:00:00' WHERE deviceKey = 3`,
    'the enrolments that succeeded are the devices that came in on the day before',
  ],
  [
    `UPDATE policyTypeActivities SET succeeded = succeeded + 1 WHERE dateKey = ${DAY}`,
    'the outcomes of a kind of policy are those of its policies',
  ],
  [
    `UPDATE compliancePolicyStatusDevicePerPolicyActivities SET error = error + 1 WHERE dateKey = ${DAY}`,
    'the verdicts of a compliance policy are its outcomes',
  ],
  [
    'UPDATE encryptionActivities SET deviceCount = 0 WHERE dateKey = 20280227',
    'days of encryptionActivities that are over stay as they were',
  ],
  [
    'UPDATE userHistoriesSpans SET toKey = 20280228 WHERE userKey = 3',
    'states of userHistories follow each other without gap or overlap, and the last one holds',
  ],
  [
    `UPDATE users SET displayName = 'Nobody' WHERE userKey = 3`,
    'users says what the last states of userHistories say',
  ],
  [
    `UPDATE users SET displayName = 'Nobody' WHERE userKey = 3`,
    'rowLastModifiedDateTimeUTC of users moves when something changes, and only then',
  ],
  [
    `UPDATE users SET rowLastModifiedDateTimeUTC = '2028-03-01T00:00:01'`,
    'rowLastModifiedDateTimeUTC of users moves when something changes, and only then',
  ],
  [
    'UPDATE policies SET policyId = (SELECT policyId FROM policies WHERE policyKey = 3)',
    'one version of each of policies holds',
  ],
  ['DELETE FROM policies WHERE policyKey = 3', 'no row of policies is ever lost'],
  [`UPDATE surrogateKeys SET key = key + 1000 WHERE entity = 'devices' AND key = 3`, 'a thing keeps its key'],
  [`INSERT INTO surrogateKeys VALUES ('devices', 'another', 3)`, 'no key is given twice, nor again'],
  [
    `DELETE FROM devicePropertyHistoriesSearch WHERE rowid = 3`,
    'the texts of devicePropertyHistories that $search looks through are those of its rows',
  ],
])('%s is found', (sql, words) => {
  expect(brokenBy(sql)).toContain(words);
});
