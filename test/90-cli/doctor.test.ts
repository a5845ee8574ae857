// What the doctor finds, right and wrong, with a Graph emulator, a directory, a port, a certificate and a folder.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { PERMISSIONS } from '../../etl/graph/sign-in/permissions.ts';
import { startEntraEmulator } from '../../fixtures/entra-emulator/start-entra-emulator.ts';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import {
  startGraphEmulator,
  type GraphEmulator,
} from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { fixedClock, systemClock, type Clock } from '../../src/base/clock.ts';
import { dateKeyOf, midnightOf } from '../../src/base/date-key.ts';
import { checkExposure, checkKeys, checkSignIn } from '../../src/cli/doctor/check-access.ts';
import { checkFolder, checkSecretFiles } from '../../src/cli/doctor/check-folder.ts';
import { checkGraph } from '../../src/cli/doctor/check-graph.ts';
import { checkCertificate, checkPort } from '../../src/cli/doctor/check-listening.ts';
import { checkGeneration, checkSchedule } from '../../src/cli/doctor/check-runs.ts';
import { failedCheck, type Check } from '../../src/cli/doctor/check-result.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { secretFiles } from '../../src/settings/secret-files.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/settings/settings.ts';
import { startTestFeed } from '../70-http/test-feed.ts';
import { growWarehouse } from '../70-http/grow-warehouse.ts';
import { runProgram } from './run-program.ts';

const TODAY = 20261120;
const DAY = 86_400_000;
const after = (hours: number): Clock => fixedClock(new Date(midnightOf(TODAY).getTime() + hours * 3_600_000));
const NOON = after(12);
const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-doctor-'));
const data = join(folder, 'data');
let emulator: GraphEmulator;

beforeAll(async () => {
  execFileSync('mkdir', ['-m', '750', data]);
  await growWarehouse(data, { devices: 4, dayCount: 1, today: TODAY });
  emulator = await startGraphEmulator({ tenant: makeTenant({ seed: 1, devices: 4, firstDateKey: TODAY }) });
});
afterEach(() => emulator.faults.clear());
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

/** Lines as they are printed. */
async function linesOf(
  check: Check,
  options: Partial<Settings>,
  clock: Clock = NOON,
): Promise<readonly string[]> {
  const settings = { ...DEFAULT_SETTINGS, data, port: 0, ...options };
  const results = await Promise.resolve()
    .then(() => check(settings, clock))
    .catch((error: unknown) => [failedCheck('thrown', error)]);
  return results.map(({ status, message }) => `${status}: ${message}`);
}

describe('the program', () => {
  // The doctor uses the machine's clock, so its warehouse is of the machine's day.
  const fresh = join(folder, 'fresh');
  beforeAll(async () => {
    mkdirSync(fresh, { mode: 0o750 });
    await growWarehouse(fresh, { devices: 4, dayCount: 1, today: dateKeyOf(systemClock.now()) });
  });
  const environment = (): Record<string, string> => ({
    FLEETFEED_TENANT_ID: DEMO_CREDENTIALS.tenantId,
    FLEETFEED_CLIENT_ID: DEMO_CREDENTIALS.clientId,
    FLEETFEED_GRAPH_URL: emulator.url,
    FLEETFEED_LOGIN_URL: emulator.url,
    FLEETFEED_DATA: fresh,
    FLEETFEED_PORT: '0',
  });

  test('ends with 0 where everything is right, and says so line by line', async () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, DEMO_CREDENTIALS.clientSecret, { mode: 0o600 });
    const program = runProgram(['doctor'], { ...environment(), FLEETFEED_CLIENT_SECRET_FILE: secret });
    const { code } = await program.ended;
    expect([code, program.stderr()]).toEqual([0, '']);
    expect(program.stdout()).toContain('ok    token ');
    expect(program.stdout()).toMatch(/\d+ ok, 0 warnings, 0 failed\.\n$/);
    expect(program.stdout()).not.toContain(DEMO_CREDENTIALS.clientSecret);
  });

  test('ends with 1 where one check fails, and still runs all others', async () => {
    const wrong = 'a-secret-that-is-wrong';
    const program = runProgram(['doctor'], { ...environment(), FLEETFEED_CLIENT_SECRET: wrong });
    const { code } = await program.ended;
    expect(code).toBe(1);
    expect(program.stdout()).toMatch(
      /^fail {2}token .* refused a token .* Check tenant id, client id and client secret/m,
    );
    expect(program.stdout()).toContain('ok    schedule');
    expect(program.stdout() + program.stderr()).not.toContain(wrong);
  });
});

describe('consent', () => {
  const tenant = (): Partial<Settings> => ({
    ...DEMO_CREDENTIALS,
    graphUrl: emulator.url,
    loginUrl: emulator.url,
  });

  test.each(PERMISSIONS)(
    '$name: granted, or missing and what that costs',
    async ({ name, probe, provides: gives, need }) => {
      expect(await linesOf(checkGraph, tenant(), systemClock)).toContain(`ok: ${name} is granted.`);
      emulator.faults.add({ match: probe.split('?', 1)[0] ?? '', answer: 'forbidden' });
      const line = (await linesOf(checkGraph, tenant(), systemClock)).find((each) => each.includes(name));
      expect(line).toContain(gives);
      expect(line).toMatch(
        { required: /^fail: /, recommended: /^warn: /, optional: /^ok: .*optional/ }[need],
      );
    },
  );

  test('that cannot be checked is not called missing', async () => {
    emulator.faults.add({ match: '/users', answer: '503' });
    emulator.faults.add({ match: '/mobileApps', answer: 'reset' });
    const lines = await linesOf(checkGraph, tenant(), systemClock);
    expect(lines).toContainEqual(
      expect.stringMatching(/^warn: It is unknown whether User.Read.All .* answered 503/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^warn: It is unknown whether DeviceManagementApps.* did not answer/),
    );
  });

  test('is what the documentation asks an admin for', () => {
    const page = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^ *\| `([\w.]+\.All)` \| (optional: )?/gm)];
    expect(documented.map(([, name]) => name).toSorted()).toEqual(
      PERMISSIONS.map(({ name }) => name).toSorted(),
    );
  });

  test.each([
    [0, 'ok', '0 s'],
    [-120_000, 'warn', 'behind'],
    [600_000, 'fail', 'ahead of'],
  ])('a clock that is %d ms off is reported: %s', async (milliseconds, status, words) => {
    const lines = await linesOf(checkGraph, tenant(), { now: () => new Date(Date.now() + milliseconds) });
    const line = lines.find((each) => each.includes('clock'));
    expect(line).toMatch(new RegExp(`^${status}: `));
    // The directory reports whole seconds.
    expect(line?.replace(/\b1 s/, '0 s')).toContain(words);
  });

  test('a directory that cannot be reached is one failure', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const lines = await linesOf(checkGraph, { ...tenant(), loginUrl: nowhere }, systemClock);
    expect(lines).toEqual([
      expect.stringMatching(/^fail: The directory at http:\/\/127.0.0.1:9 gave no token/),
    ]);
  });

  test('missing settings of the app are reported, and none are needed where no run is scheduled', async () => {
    expect(await linesOf(checkGraph, {})).toEqual([
      expect.stringMatching(/^fail: Not set: FLEETFEED_TENANT_ID/),
    ]);
    expect(await linesOf(checkGraph, { schedule: 'off' })).toEqual([
      expect.stringMatching(/^ok: Not checked/),
    ]);
  });
});

describe('the folder', () => {
  test('that is right can be written, has room and is closed to others', async () => {
    const lines = await linesOf(checkFolder, {});
    expect(lines).toEqual([
      `ok: '${data}' is writable.`,
      expect.stringMatching(/^ok: [\d.]+ GB are free, a run may need 0.5 GB.$/),
      'ok: Other accounts of this machine cannot read it.',
    ]);
  });

  test('that does not exist yet is no failure', async () => {
    expect((await linesOf(checkFolder, { data: join(folder, 'a', 'b') }))[0]).toMatch(
      /^ok: .* does not exist yet/,
    );
  });

  test('that is not a folder, or open to everyone, is reported', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await linesOf(checkFolder, { data: file })).toEqual([expect.stringMatching(/^fail: ENOTDIR/)]);
    const open = mkdtempSync(join(folder, 'open-'));
    chmodSync(open, 0o755);
    expect((await linesOf(checkFolder, { data: open })).at(-1)).toMatch(/^warn: .*chmod o-rwx/);
  });

  test.each([
    [0o600, 'ok'],
    [0o640, 'ok'],
    [0o604, 'fail'],
    [0o602, 'fail'],
  ])('a private key of mode %o: %s', async (mode, status) => {
    const key = join(folder, 'some.key');
    writeFileSync(key, '');
    chmodSync(key, mode);
    const lines = await linesOf(checkSecretFiles, { tlsKey: key });
    expect(lines.find((each) => each.includes(key))).toMatch(new RegExp(`^${status}: `));
  });

  test('the files of secrets are those that the variables name', () => {
    const environment = {
      FLEETFEED_CLIENT_SECRET_FILE: '/a',
      FLEETFEED_PROXY_FILE: '',
      FLEETFEED_PORT_FILE: '/b',
    };
    expect(secretFiles(environment)).toEqual([{ name: 'FLEETFEED_CLIENT_SECRET_FILE', path: '/a' }]);
  });
});

describe('authentication', () => {
  test.each<[string, Partial<Settings>, RegExp]>([
    ['on this machine', {}, /^ok: Programs on this machine/],
    [
      'from anywhere',
      { host: '0.0.0.0', anonymous: 'allow' },
      /^warn: Anyone who reaches '0.0.0.0' can read everything/,
    ],
    ['by nothing that is known', { host: '0.0.0.0' }, /^fail: .* there is no key and no sign-in/],
    ['by a tenant that is not set', { audiences: ['x'] }, /^fail: Sign-in needs to know the tenant/],
  ])('%s', async (_, options, line) => {
    expect(await linesOf(checkExposure, options)).toEqual([expect.stringMatching(line)]);
  });

  test('valid keys are counted, and one that expires soon is named', async () => {
    const place = mkdtempSync(join(folder, 'keys-'));
    const made = (label: string, days: number) =>
      makeKey({ label, role: 'reader', createdAt: midnightOf(TODAY), expiresAt: after(24 * days).now() })
        .stored;
    openKeyFile(place).write([made('long', 300), made('gone', -1)]);
    expect(await linesOf(checkKeys, { data: place })).toEqual(['ok: 1 in force.']);
    openKeyFile(place).write([made('finance', 3)]);
    expect(await linesOf(checkKeys, { data: place })).toEqual([
      expect.stringMatching(/^warn: .*\('finance'\) expires on/),
    ]);
  });

  test('the keys of the directory are fetched, and the audience is compared with the address', async () => {
    const directory = await startEntraEmulator();
    const { tenantId, url: loginUrl } = directory;
    const words = { tenantId, loginUrl, audiences: ['https://fleet.example'] };
    try {
      expect(await linesOf(checkSignIn, { ...words, publicUrl: 'https://fleet.example/feed' })).toEqual([
        expect.stringMatching(/^ok: The signing keys of /),
        expect.stringMatching(/^ok: The signing keys of .*v2.0/),
      ]);
      expect((await linesOf(checkSignIn, { ...words, publicUrl: 'https://other.example' })).at(-1)).toMatch(
        /^warn: --audiences does not name https:\/\/other.example/,
      );
      directory.setDown(true);
      expect(await linesOf(checkSignIn, words)).toEqual([
        expect.stringMatching(/^fail: .* nobody can sign in/),
        expect.stringMatching(/^fail: .* nobody can sign in/),
      ]);
    } finally {
      await directory.stop();
    }
  });
});

describe('the port', () => {
  test('is free, or used by another program, or not of this machine', async () => {
    const other = createServer((socket) => socket.destroy());
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const { port } = other.address() as AddressInfo;
    expect(await linesOf(checkPort, { port })).toEqual([
      expect.stringMatching(/^fail: Another program listens/),
    ]);
    await new Promise((closed) => other.close(closed));
    expect(await linesOf(checkPort, { port })).toEqual([`ok: 127.0.0.1:${port} is free.`]);
    expect(await linesOf(checkPort, { host: '192.0.2.1' })).toEqual([
      expect.stringMatching(/^fail: .* not an address of this/),
    ]);
  });

  test('on which the feed itself runs is right', async () => {
    const feed = await startTestFeed({ data });
    try {
      const port = Number(new URL(feed.base).port);
      expect(await linesOf(checkPort, { port })).toEqual([`ok: The feed is running on 127.0.0.1:${port}.`]);
    } finally {
      await feed.stop();
    }
  });
});

describe('the certificate', () => {
  const [key, cert, otherKey] = ['key.pem', 'cert.pem', 'other.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  beforeAll(() => {
    const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const named = [
      '-days',
      '90',
      '-subj',
      '/CN=fleet.example',
      '-addext',
      'subjectAltName=DNS:fleet.example',
    ];
    execFileSync('openssl', [...words, ...named, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', otherKey]);
  });
  const https = (options: Partial<Settings> = {}): Partial<Settings> => ({
    tlsCert: cert,
    tlsKey: key,
    publicUrl: 'https://fleet.example',
    ...options,
  });

  const sinceMade = (milliseconds: number): Clock => {
    const { validFrom } = new X509Certificate(readFileSync(cert));
    return fixedClock(new Date(Date.parse(validFrom) + milliseconds));
  };

  test('that matches is right, apart from being self-signed', async () => {
    expect(await linesOf(checkCertificate, https(), sinceMade(0))).toEqual([
      'ok: The private key belongs to the certificate.',
      expect.stringMatching(/^ok: The certificate is valid until /),
      "ok: The certificate is for 'fleet.example'.",
      expect.stringMatching(/^warn: The certificate is self-signed/),
    ]);
  });

  test.each<[string, Partial<Settings>, number, RegExp]>([
    ['of another key', { tlsKey: otherKey }, 0, /^fail: .* is not the private key of/],
    [
      'of another name',
      { publicUrl: 'https://other.example' },
      0,
      /^fail: The certificate is not for 'other.example'/,
    ],
    [
      'for a host that is every host',
      { publicUrl: null, host: '0.0.0.0' },
      0,
      /^warn: The name that clients use is unknown/,
    ],
    ['that ends soon', {}, 75 * DAY, /^warn: The certificate expires on .*, in 1\d days. Renew/],
    ['that has ended', {}, 91 * DAY, /^fail: The certificate expired on/],
    ['of tomorrow', {}, -DAY, /^fail: The certificate is not valid before/],
    ['without a key', { tlsKey: null }, 0, /^fail: Only one of --tls-cert and --tls-key is set/],
    ['that is not there', { tlsCert: '/nowhere' }, 0, /^fail: ENOENT/],
    ['that is none', { tlsCert: key }, 0, /^fail: /],
    ['that is a device', { tlsCert: '/dev/zero' }, 0, /^fail: '\/dev\/zero' is not a regular file\.$/],
  ])('%s is reported', async (_, options, milliseconds, line) => {
    expect(await linesOf(checkCertificate, https(options), sinceMade(milliseconds))).toContainEqual(
      expect.stringMatching(line),
    );
  });
});

describe('what is served', () => {
  test('is fresh, stale, damaged or nothing', async () => {
    const readyHours = 36;
    expect(await linesOf(checkGeneration, { readyHours })).toEqual([
      expect.stringMatching(/^ok: The snapshot of 20261120 .* is intact/),
    ]);
    expect(await linesOf(checkGeneration, { readyHours }, after(24 * 365))).toEqual([
      expect.stringMatching(/^fail: .* more than 36/),
    ]);
    const copy = join(folder, 'copy');
    cpSync(data, copy, { recursive: true });
    truncateSync(listGenerationFiles(copy)[0]?.path ?? '', 20_000);
    expect(await linesOf(checkGeneration, { data: copy, readyHours })).toEqual([
      expect.stringMatching(/^fail: .* is damaged/),
    ]);
    expect(await linesOf(checkGeneration, { data: join(folder, 'none') })).toEqual([
      expect.stringMatching(/^warn: Nothing has been published in '.*' yet/),
    ]);
  });

  test('reports the next run, and the last one where it was not published', async () => {
    expect(await linesOf(checkSchedule, {})).toEqual([
      expect.stringMatching(/^ok: The next run is due on \d{8}/),
    ]);
    expect(await linesOf(checkSchedule, { schedule: 'off' })).toEqual([
      expect.stringMatching(/^warn: 'serve' starts no runs/),
    ]);
    const ill = mkdtempSync(join(folder, 'ill-'));
    openSqliteRunJournal(ill).write({
      ...{ runId: 'r', dateKey: TODAY, outcome: 'failed', startedAt: NOON.now(), endedAt: NOON.now() },
      ...{
        milliseconds: 1,
        isComplete: null,
        generation: null,
        reason: 'Graph was away.',
        steps: [],
        problems: [],
      },
    });
    expect((await linesOf(checkSchedule, { data: ill })).at(-1)).toBe(
      'warn: The last run, of 20261120, ended as failed. Graph was away.',
    );
  });
});
