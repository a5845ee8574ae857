// Every way in which Graph was seen to fail, one a row: what it does on the wire, and what is in the warehouse afterwards.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ENROLLED_AGAIN,
  JAMF_MAC,
  LINUX_KIOSK,
  SHARED_PC,
  WIPED_LAPTOP,
} from '../../fixtures/tenant/edge-cases/edge-case-devices.ts';
import { UNLISTED_OWNER } from '../../fixtures/tenant/edge-cases/edge-case-users.ts';
import { CATALOG_BITLOCKER } from '../../fixtures/tenant/policies.ts';
import {
  FIRST_DAY,
  openRepeatableRuns,
  SECOND_DAY,
  type RepeatableRun,
  type RepeatableRuns,
  type RepeatableRunOptions,
} from './repeatable-runs.ts';
import { permanentFault } from './harvested-tenant.ts';

const PEOPLE_PAGES = /\/users\?.*assignedPlans/;
const DEVICE_PAGES = /\/managedDevices\?/;
const odd = (ordinal: number): string => `7d000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;

let runs: RepeatableRuns;
/** A run in which Graph does nothing wrong. */
let faultless: RepeatableRun;

beforeAll(async () => {
  runs = await openRepeatableRuns(60, 20);
  faultless = await runs.runSecondDay();
}, 60_000);
afterAll(() => runs.close());

const devices = ({ select }: RepeatableRun) => select('SELECT * FROM devices ORDER BY deviceId');
const gone = ({ select }: RepeatableRun, collection = 'devices') =>
  select(`SELECT * FROM ${collection} WHERE isDeleted`);
const rowsOfSecondDay = ({ select }: RepeatableRun, collection: string) =>
  select(`SELECT * FROM ${collection} WHERE dateKey = ?`, SECOND_DAY);
const device = ({ select }: RepeatableRun, deviceId: string) =>
  select('SELECT * FROM devices WHERE deviceId = ?', deviceId)[0];
const devicePagesRead = ({ requests }: RepeatableRun) =>
  requests.filter((each) => DEVICE_PAGES.test(each)).length;

type Failure = readonly [
  number: number,
  does: string,
  options: RepeatableRunOptions,
  then: (run: RepeatableRun) => void,
];

/** The run has the same result as without the failure, after so many retries. */
const harmless =
  (retries: number) =>
  (run: RepeatableRun): void => {
    expect(run.completenessOf('devices')).toBe('complete');
    expect(devices(run)).toEqual(devices(faultless));
    expect(run.retries).toBe(retries);
  };

/** Nothing is taken for deleted, every row is as before or newer, and the problem is reported. */
const nothingGone =
  (problem: string | RegExp) =>
  (run: RepeatableRun): void => {
    expect(run.completenessOf('devices')).toBe('partial');
    expect(gone(run)).toEqual([]);
    expect(devices(run)).toHaveLength(devices(faultless).length);
    expect(rowsOfSecondDay(run, 'encryptionActivities')).toEqual([]);
    expect(run.problems.join('\n')).toMatch(problem);
  };

const FAILURES: readonly Failure[] = [
  [
    1,
    'gives a collection in pages',
    {},
    (run) => {
      expect(devicePagesRead(run)).toBe(3);
      expect(run.select('SELECT count(*) AS n FROM devices')).toEqual([{ n: 59 }]);
    },
  ],
  [
    2,
    'ends a list early and says nothing of it',
    { faults: [{ match: DEVICE_PAGES, answer: 'last-page' }] },
    nothingGone(/listed 20 of 60 enrolled devices/),
  ],
  [
    2,
    'ends the list of people early and says nothing of it',
    { faults: [{ match: PEOPLE_PAGES, answer: 'last-page' }] },
    (run) => {
      expect(run.completenessOf('users')).toBe('partial');
      expect(gone(run, 'users')).toEqual([]);
      expect(run.problems.join('\n')).toMatch(/listed 20 of \d+ people; those not listed stay unchanged/);
    },
  ],
  [
    2,
    'does not count the people',
    { faults: [permanentFault('/users?$select=id&', 'forbidden')] },
    (run) => {
      expect(run.completenessOf('users')).toBe('partial');
      expect(gone(run, 'users')).toEqual([]);
      expect(run.select('SELECT count(*) AS n FROM users')).toEqual(
        faultless.select('SELECT count(*) AS n FROM users'),
      );
      expect(run.problems.join('\n')).toMatch(/refused v1.0\/users/);
    },
  ],
  [
    3,
    'ends the statuses of a policy early',
    { faults: [permanentFault('/deviceStatuses', 'last-page')] },
    (run) => {
      const counts = 'compliancePolicyStatusDevicePerPolicyActivities';
      const without = (row: object) => ({ ...row, inGracePeriod: 0 });
      expect(rowsOfSecondDay(run, counts).map(without)).toEqual(
        rowsOfSecondDay(faultless, counts).map(without),
      );
    },
  ],
  [
    4,
    'knows no $skip in lists',
    {},
    ({ requests }) => expect(requests.filter((each) => /[?&]\$skip=/.test(each))).toEqual([]),
  ],
  [
    5,
    'lets a page link expire once',
    { faults: [{ match: DEVICE_PAGES, answer: 'expired-page-token', after: 2 }] },
    (run) => {
      harmless(0)(run);
      expect(devicePagesRead(run)).toBe(6);
    },
  ],
  [
    5,
    'lets page links expire again and again',
    { faults: [{ match: /\/managedDevices\?.*skiptoken/, answer: 'expired-page-token', times: 9 }] },
    nothingGone(/expire faster/),
  ],
  [
    6,
    'links a page to itself',
    { faults: [{ match: DEVICE_PAGES, answer: 'repeat-next-link', after: 1 }] },
    nothingGone(/page links form a circle/),
  ],
  [
    7,
    'has devices on two pages',
    { faults: [{ match: /\/managedDevices\?.*skiptoken/, answer: 'doubled-rows', times: 2 }] },
    (run) => {
      harmless(0)(run);
      expect(rowsOfSecondDay(run, 'encryptionActivities')).toEqual(
        rowsOfSecondDay(faultless, 'encryptionActivities'),
      );
    },
  ],
  [
    7,
    'has one page in place of another',
    { faults: [{ match: /\/managedDevices\?.*skiptoken/, answer: 'wrong-page' }] },
    nothingGone(/listed 40 of 60 enrolled devices/),
  ],
  [
    7,
    'has several devices with one serial number, or one that was enrolled again',
    {},
    (run) => {
      const alike = run.select(
        'SELECT count(*) AS n FROM devices WHERE serialNumber IS NOT NULL GROUP BY serialNumber HAVING n > 1',
      );
      expect(alike.length).toBeGreaterThan(0);
      expect(device(run, WIPED_LAPTOP)).toBeDefined();
      expect(device(run, ENROLLED_AGAIN)).toBeUndefined();
    },
  ],
  [
    8,
    'runs out of time on the third page, twice',
    { faults: [{ match: DEVICE_PAGES, answer: '504', after: 2, times: 2 }] },
    (run) => {
      harmless(2)(run);
      expect(devicePagesRead(run)).toBe(5);
    },
  ],
  [
    9,
    'has a service that is out of order for weeks',
    {
      faults: [
        permanentFault('managedDeviceEncryptionStates', '503'),
        permanentFault('/v1.0/deviceManagement/deviceConfigurations', '503'),
      ],
    },
    (run) => {
      expect(run.completenessOf('deviceEncryptionStates')).toBe('failed');
      expect(rowsOfSecondDay(run, 'deviceEncryptionStates')).toEqual([]);
      expect(rowsOfSecondDay(run, 'encryptionActivities')).toEqual([]);
      const before = run.select(
        'SELECT count(*) AS n FROM deviceEncryptionStates WHERE dateKey = ?',
        FIRST_DAY,
      );
      expect(before).toEqual([{ n: 59 }]);
      expect(gone(run, 'policies')).toEqual([]);
      expect(devices(run)).toEqual(devices(faultless));
    },
  ],
  [
    10,
    'throttles, in every way it knows',
    {
      faults: [
        { match: DEVICE_PAGES, answer: '429', retryAfter: '2.128' },
        { match: DEVICE_PAGES, answer: '429', retryAfter: 'Fri, 31 Dec 9999 23:59:59 GMT' },
        { match: DEVICE_PAGES, answer: '429', after: 1 },
        { match: DEVICE_PAGES, answer: 'throttled-500', after: 2 },
      ],
    },
    harmless(4),
  ],
  [
    11,
    'cannot bear a choice of columns',
    { requestOptions: { select: false, pageRows: 10 } },
    (run) => {
      harmless(0)(run);
      expect(run.requests.filter((each) => /evice.*\$select=/.test(each))).toEqual([]);
      expect(devicePagesRead(run)).toBe(6);
    },
  ],
  [
    12,
    'has taken an address away overnight',
    { faults: [permanentFault('/deviceManagement/intents', 'missing-segment')] },
    (run) => {
      expect(run.problems.join('\n')).toContain('beta/deviceManagement/intents: Microsoft Graph refused');
      expect(run.completenessOf('policies')).toBe('partial');
      expect(gone(run, 'policies')).toEqual([]);
      expect(devices(run)).toEqual(devices(faultless));
    },
  ],
  [
    13,
    'leaves devices out of the encryption report',
    { faults: [{ match: 'managedDeviceEncryptionStates', answer: 'last-page' }] },
    (run) => {
      const states = rowsOfSecondDay(run, 'deviceEncryptionStates');
      expect(states).toHaveLength(59);
      const unknown = states.filter(({ encryptionStateKey }) => encryptionStateKey === -1);
      expect(unknown.length).toBeGreaterThanOrEqual(39);
    },
  ],
  [
    14,
    'leaves values empty in a list that it knows',
    {},
    (run) => {
      const known = run.select('SELECT count(ethernetMacAddress) AS n FROM devices');
      expect(Number(known[0]?.['n'])).toBeGreaterThan(20);
      expect(run.select(`SELECT deviceId FROM devices WHERE ethernetMacAddress = ''`)).toEqual([]);
    },
  ],
  [
    15,
    'says never and for ever as dates',
    {},
    (run) => {
      expect(device(run, odd(8))).toMatchObject({ enrolledDateTime: null, lastSyncDateTime: null });
      expect(run.select('SELECT min(dateKey) > 20000000 AS late FROM dates')).toEqual([{ late: 1 }]);
    },
  ],
  [
    16,
    'says nobody as nothing or as zeros',
    {},
    (run) => {
      const userless = run.select(
        `SELECT d.deviceId FROM userDeviceAssociations a JOIN devices d USING (deviceKey)
         WHERE d.deviceId IN (?, ?)`,
        LINUX_KIOSK,
        SHARED_PC,
      );
      expect(userless).toEqual([]);
      expect(run.select(`SELECT userId FROM users WHERE userId LIKE '00000000-%' OR userId = ''`)).toEqual(
        [],
      );
    },
  ],
  [
    17,
    'says unknown where a name or a truth stands',
    {},
    (run) => {
      expect(device(run, LINUX_KIOSK)).toMatchObject({ deviceCategoryKey: -1 });
      const jailBroken = run.select('SELECT DISTINCT jailBroken AS is_ FROM devicePropertyHistories');
      expect(new Set(jailBroken.map((row) => row['is_']))).toEqual(new Set([null, 0, 1]));
    },
  ],
  [
    18,
    'says a word that nobody knew',
    {},
    (run) => {
      const { deviceTypeKey } = device(run, odd(9)) ?? {};
      expect(
        run.select('SELECT deviceTypeName AS name FROM deviceTypes WHERE deviceTypeKey = ?', deviceTypeKey),
      ).toEqual([{ name: 'eyewear' }]);
    },
  ],
  [
    19,
    'has the system itself among the users',
    {},
    (run) => {
      const names = run.select(`SELECT displayName FROM users WHERE displayName LIKE 'System%'`);
      expect(names).toEqual([]);
    },
  ],
  [
    20,
    'counts zeros for what it does not count',
    {},
    ({ requests, select }) => {
      expect(requests.filter((each) => /configurationPolicies\/.*Overview/.test(each))).toEqual([]);
      const counted = select(
        `SELECT a.pending + a.succeeded + a.error + a.failed AS devices
         FROM policyTypeActivities a JOIN policies p USING (policyKey) WHERE p.policyId = ?`,
        CATALOG_BITLOCKER,
      );
      for (const row of counted) expect(row['devices']).not.toBe(0);
    },
  ],
  [
    24,
    'forgets what has changed since',
    {},
    ({ requests }) => expect(requests.filter((each) => /delta/i.test(each))).toEqual([]),
  ],
  [
    26,
    'shows a Cloud PC as not encrypted',
    {},
    (run) => {
      const [cloudPc] = run.select(
        `SELECT t.deviceTypeName AS type FROM devices d JOIN deviceTypes t USING (deviceTypeKey)
         WHERE d.deviceId = ?`,
        odd(14),
      );
      expect(cloudPc).toEqual({ type: 'CloudPC' });
    },
  ],
  [
    27,
    'has a policy without a name',
    {},
    (run) =>
      expect(run.select('SELECT count(*) AS n FROM policies WHERE policyName IS NULL')).toEqual([{ n: 1 }]),
  ],
  [
    27,
    'answers a list of policies with nothing at all',
    { faults: [permanentFault('/deviceManagement/intents', 'empty')] },
    (run) => {
      expect(run.problems.join('\n')).toMatch(/intents: .*(truncated response|unexpected shape)/);
      expect(gone(run, 'policies')).toEqual([]);
    },
  ],
  [
    28,
    'does not take a token that is good',
    { faults: [{ match: DEVICE_PAGES, answer: 'expired-token', after: 1 }] },
    harmless(0),
  ],
  [
    28,
    'revokes all tokens and wants to know more',
    { faults: [{ match: DEVICE_PAGES, answer: 'claims-challenge', after: 1 }] },
    harmless(0),
  ],
  [
    28,
    'refuses every right',
    { faults: [permanentFault(/^\/(v1\.0|beta)\//, 'forbidden')] },
    (run) => {
      expect(run.outcome).toMatchObject({ code: 'feed.source-refused' });
      expect(run.select('SELECT max(dateKey) AS last FROM runs')).toEqual([{ last: FIRST_DAY }]);
    },
  ],
  [
    29,
    'counts what it does not give',
    {},
    ({ requests }) => {
      expect(requests.filter((each) => each.includes('$count') && !each.includes('/users?'))).toEqual([]);
      expect(requests.filter((each) => each.includes('$top') && !each.includes('/users?'))).toEqual([]);
    },
  ],
  [
    30,
    'names an owner whom the directory does not know',
    {},
    (run) => {
      expect(
        run.select('SELECT userPrincipalName, isDeleted FROM users WHERE userId = ?', UNLISTED_OWNER),
      ).toEqual([{ userPrincipalName: null, isDeleted: 0 }]);
      const orphans = `SELECT deviceId FROM devices WHERE userId IS NOT NULL AND userId NOT IN (SELECT userId FROM users)`;
      expect(run.select(orphans)).toEqual([]);
    },
  ],
  [31, 'lists what Jamf manages', {}, (run) => expect(device(run, JAMF_MAC)).toBeUndefined()],
  [
    32,
    'links to another host',
    { faults: [{ match: DEVICE_PAGES, answer: 'foreign-next-link' }] },
    nothingGone(/links to another host/),
  ],
  ...(['truncated', 'cut', 'reset', 'not-json'] as const).map((answer): Failure => [
    33,
    `breaks an answer (${answer})`,
    { faults: [{ match: DEVICE_PAGES, answer, after: 1 }] },
    harmless(1),
  ]),
];

describe('a run in which Graph', () => {
  test.each(FAILURES)('#%i %s', async (_, __, options, then) => {
    then(Object.keys(options).length === 0 ? faultless : await runs.runSecondDay(options));
  });
});

test('every known failure is a row here, or in the test of what it affects', () => {
  const elsewhere: Readonly<Record<number, string>> = {
    21: 'export-job.test.ts',
    22: 'export-job.test.ts',
    23: 'zipped-csv.test.ts',
    25: 'harvest-details.test.ts',
  };
  for (const file of Object.values(elsewhere)) expect(existsSync(new URL(file, import.meta.url))).toBe(true);
  const shown = new Set([...FAILURES.map(([number]) => number), ...Object.keys(elsewhere).map(Number)]);
  expect([...shown].sort((a, b) => a - b)).toEqual(Array.from({ length: 33 }, (_, index) => index + 1));
});

describe('a complete run, with all its optional requests,', () => {
  /** Requests with a body. None of them changes anything but the list of export jobs. */
  const POSTS = [
    /^\/v1\.0\/deviceManagement\/reports\/exportJobs$/,
    /^\/v1\.0\/deviceManagement\/reports\/get(Configuration|Compliance)PolicyNonComplianceSummaryReport$/,
    // Its parts are among the requests, each by itself.
    /^\/beta\/\$batch$/,
    /^\/[0-9a-f-]+\/oauth2\/v2\.0\/token\?/,
  ];

  test('only reads, and never a recovery key', async () => {
    const { requests } = await runs.runSecondDay({
      exports: 'auto',
      mostAppsAsked: 1000,
      deviceDetails: 'on',
    });
    expect(requests.some((each) => each.startsWith('POST /beta/$batch'))).toBe(true);
    expect(requests.length).toBeGreaterThan(80);
    for (const each of requests) {
      const [method, url = ''] = each.split(' ');
      if (method !== 'GET') expect([method, POSTS.some((post) => post.test(url))]).toEqual(['POST', true]);
    }
    const plain = requests.map((each) => decodeURIComponent(each));
    // The list only says that there are keys. A single one, or the property `key`, would be the key itself.
    const keys = plain.filter((each) => /recoveryKeys/i.test(each));
    expect(keys.length).toBeGreaterThan(0);
    for (const each of keys) {
      expect(each).toMatch(
        /^GET \/v1\.0\/informationProtection\/bitlocker\/recoveryKeys(\?\$skiptoken=[\w-]+)?$/,
      );
    }
    expect(
      plain.filter((each) => /getFileVaultKey|\/keys?\b|[=,]key\b|LocalCredential|password/i.test(each)),
    ).toEqual([]);
  });
});
