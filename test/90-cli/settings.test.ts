// Settings: how flags, environment and settings file are read, and the errors when they cannot be used.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { describeSettings } from '../../src/settings/describe-settings.ts';
import { readSettings, type ResolvedSettings } from '../../src/settings/read-settings.ts';
import {
  DEFAULT_SETTINGS,
  SETTINGS,
  SETTING_NAMES,
  keyOf,
  variableOf,
  type SettingName,
} from '../../src/settings/settings.ts';
import { warnOfUnknownVariables } from '../../src/settings/unknown-variables.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Flags = Partial<Record<SettingName, string>>;
type Environment = Readonly<Record<string, string>>;

const read = (flags: Flags, environment: Environment = {}): ResolvedSettings =>
  readSettings({ flags: new Map(Object.entries(flags) as [SettingName, string][]), environment });

const config = join(folder, 'fleetfeed.json');
const readFile = (text: string, flags: Flags = {}, environment: Environment = {}): ResolvedSettings => {
  writeFileSync(config, text);
  return read(flags, { FLEETFEED_CONFIG: config, ...environment });
};

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toMatchObject({ name: 'FeedError', code: 'setup.bad-setting' });
    const { message, hint } = error as { message: string; hint?: string };
    return hint === undefined ? message : `${message} ${hint}`;
  }
  throw new Error('It was accepted.');
}

const PROXIES =
  "--trusted-proxies must be IP addresses, subnets like 10.0.0.0/8, or 'loopback', 'linklocal', 'uniquelocal'";

describe('settings', () => {
  test('have sober defaults', () => {
    expect(read({}).settings).toEqual(DEFAULT_SETTINGS);
    expect(DEFAULT_SETTINGS).toMatchObject({
      host: '127.0.0.1',
      port: 4004,
      readyHours: 36,
      schedule: 'on',
      anonymous: 'loopback',
      today: null,
      clientSecret: null,
      trustedProxies: [],
    });
  });

  test('come from the flag before the variable, from the variable before the file, from the file before the default', () => {
    const text = '{"port": 1, "page-rows": 1, "workers": 1}';
    const { settings, origins, file } = readFile(
      text,
      { port: '3' },
      { FLEETFEED_PORT: '2', FLEETFEED_PAGE_ROWS: '2' },
    );
    expect(settings).toMatchObject({ port: 3, pageRows: 2, workers: 1, readyHours: 36 });
    expect([...origins]).toEqual([
      ['port', '--port'],
      ['pageRows', 'FLEETFEED_PAGE_ROWS'],
      ['workers', `'${config}'`],
    ]);
    expect(file).toBe(config);
  });

  test.each<[Flags, object]>([
    [{ port: '0' }, { port: 0 }],
    [{ today: '2026-11-20' }, { today: 20261120 }],
    [{ schedule: 'off' }, { schedule: 'off' }],
    [{ publicUrl: 'https://fleet.example/warehouse/' }, { publicUrl: 'https://fleet.example/warehouse' }],
    [{ trustedProxies: 'loopback, 10.0.0.0/8' }, { trustedProxies: ['loopback', '10.0.0.0/8'] }],
    [{ retention: 'vendor, devices=400d' }, { retention: ['vendor', 'devices=400d'] }],
    [{ trustedProxies: '::1, fe80::/10,127.0.0.1' }, { trustedProxies: ['::1', 'fe80::/10', '127.0.0.1'] }],
  ])('%j is read', (flags, expected) => {
    expect(read(flags).settings).toMatchObject(expected);
  });

  test.each<[Flags, string]>([
    [{ port: 'x' }, "--port must be a whole number from 0 to 65535, not 'x'."],
    [{ port: '65536' }, "--port must be a whole number from 0 to 65535, not '65536'."],
    [{ data: '' }, "--data must be a path, not ''."],
    [{ data: 'a\u0000b' }, "--data must be a path, not 'a\u0000b'."],
    [{ data: 'x/'.repeat(2049) }, `--data must be a path, not '${'x/'.repeat(30)}…'.`],
    [{ roles: `/srv/${'x'.repeat(256)}` }, `--roles must be a path, not '/srv/${'x'.repeat(55)}…'.`],
    [{ trustedProxies: 'proxy.example' }, `${PROXIES}, not 'proxy.example'.`],
    [{ trustedProxies: '10.0.0.0/33' }, `${PROXIES}, not '10.0.0.0/33'.`],
    [{ trustedProxies: '10.0.0.1, x/8' }, `${PROXIES}, not '10.0.0.1, x/8'.`],
    [{ today: '2026-02-30' }, "--today must be a day like 2026-11-20, not '2026-02-30'."],
    [{ schedule: 'maybe' }, "--schedule must be 'on' or 'off', not 'maybe'."],
    [
      { publicUrl: 'ftp://x' },
      "--public-url must be an address like https://fleet.example/warehouse, not 'ftp://x'.",
    ],
  ])('%j is refused with a sentence that says what would be right', (flags, sentence) => {
    expect(refusal(() => read(flags))).toBe(sentence);
  });

  test('a variable is refused by its own name', () => {
    expect(refusal(() => read({}, { FLEETFEED_PORT: 'tcp://10.0.0.1:4004' }))).toBe(
      "FLEETFEED_PORT must be a whole number from 0 to 65535, not 'tcp://10.0.0.1:4004'.",
    );
  });

  test('what a command does not use is not looked at', () => {
    const environment = { FLEETFEED_PORT: 'x' };
    expect(readSettings({ environment, used: ['data'] }).settings.port).toBe(4004);
  });
});

describe('a settings file', () => {
  test('has the keys of the flags, numbers as numbers and lists as arrays', () => {
    const text = `\uFEFF{
      "data": "/srv/fleetfeed", "page-rows": 500, "audiences": ["api://feed", "x"], "cors-origins": [],
      "forget-after": "never", "today": "2026-11-20", "schedule": "off", "retention": ["vendor", "devices=400d"]
    }`;
    expect(readFile(text).settings).toMatchObject({
      data: '/srv/fleetfeed',
      pageRows: 500,
      audiences: ['api://feed', 'x'],
      corsOrigins: [],
      forgetAfter: 'never',
      today: 20261120,
      schedule: 'off',
      retention: ['vendor', 'devices=400d'],
    });
    expect(readFile('{"forget-after": 7}').settings.forgetAfter).toBe(7);
  });

  test('of --config comes before that of the variable', () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, '{"port": 5}');
    writeFileSync(config, '{"port": 6}');
    const environment = { FLEETFEED_CONFIG: config };
    expect(readSettings({ config: other, environment }).settings.port).toBe(5);
  });

  test.each(SETTING_NAMES.filter((name) => !('secret' in SETTINGS[name])))('may have %s', (name) => {
    const { json, valueName, default: value } = SETTINGS[name];
    const examples: Readonly<Record<string, string>> = {
      address: 'https://x.example',
      'yyyy-mm-dd': '2026-11-20',
    };
    const example = value === null || value === '' ? (examples[valueName] ?? 'system') : value;
    const typed = json === 'number' && typeof example === 'string' ? 10 : example;
    const { origins } = readFile(JSON.stringify({ [keyOf(name)]: typed }));
    expect([...origins]).toEqual([[name, `'${config}'`]]);
  });

  test('has a path: an empty flag is refused, an empty variable counts as not set', () => {
    expect(refusal(() => readSettings({ config: '', environment: {} }))).toBe(
      "--config must be a path, not ''.",
    );
    expect(refusal(() => read({}, { FLEETFEED_CONFIG: 'a\u0000b' }))).toBe(
      "FLEETFEED_CONFIG must be a path, not 'a\u0000b'.",
    );
    expect(read({}, { FLEETFEED_CONFIG: '' }).file).toBeNull();
  });

  const at = (line: number) => `The settings file '${config}', line ${line}: `;
  test.each([
    ['{\n"prot": 1}', `${at(2)}There is no setting 'prot'. Did you mean 'port'?`],
    ['{"pageRows": 1}', `${at(1)}There is no setting 'pageRows'. Did you mean 'page-rows'?`],
    ['{"frobnicate": 1}', `${at(1)}There is no setting 'frobnicate'. 'fleetfeed print settings' lists them.`],
    ['{"to": "x"}', `${at(1)}There is no setting 'to'. 'fleetfeed print settings' lists them.`],
    ['{"FLEETFEED_PORT": 1}', `${at(1)}There is no setting 'FLEETFEED_PORT'. Did you mean 'port'?`],
    ['{"--page-rows": 1}', `${at(1)}There is no setting '--page-rows'. Did you mean 'page-rows'?`],
    ['{"port": 1,\n\n"port": 2}', `${at(3)}'port' is set twice.`],
    [
      '{"port": "4004"}',
      `${at(1)}'port' must be a whole number from 0 to 65535, not "4004". Write it without quotes.`,
    ],
    ['{"port": 65536}', `${at(1)}'port' must be a whole number from 0 to 65535, not '65536'.`],
    ['{"port": 1.5}', `${at(1)}'port' must be a whole number from 0 to 65535, not '1.5'.`],
    ['{"schedule": false}', `${at(1)}'schedule' must be 'on' or 'off', not false.`],
    ['{"schedule": "of"}', `${at(1)}'schedule' must be 'on' or 'off', not 'of'.`],
    ['{"roles": null}', `${at(1)}'roles' must be a path, not null.`],
    ['{"data": "a\\u0000b"}', `${at(1)}'data' must be a path, not 'a\u0000b'.`],
    [
      '{"audiences": "a,b"}',
      `${at(1)}'audiences' must be an array of strings (texts, separated by commas), not "a,b".`,
    ],
    [
      '{"audiences": ["a,b"]}',
      `${at(1)}'audiences' must be an array of strings (texts, separated by commas), not ["a,b"]. A string of it may not contain a comma.`,
    ],
    [
      '{"forget-after": true}',
      `${at(1)}'forget-after' must be a whole number from 0 to 36500, or 'never', not true.`,
    ],
    ['{\n  "port": 1,\n}', `The settings file '${config}' is not valid JSON at line 3, column 1.`],
    ['{"port": 1 // x\n}', `The settings file '${config}' is not valid JSON at line 1, column 12.`],
    ['{\n"ready-hours":', `The settings file '${config}' ends at line 2, before its JSON does.`],
    ['', `The settings file '${config}' is empty.`],
    ['['.repeat(60_000), `The settings file '${config}' is not valid JSON.`],
    [
      '[1]',
      `The settings file '${config}' is not a JSON object. It looks like {"data": "/srv/fleetfeed", "page-rows": 1000}.`,
    ],
    [' '.repeat(65_537), `The settings file '${config}' is larger than 64 KiB.`],
  ])('%.40j is refused with a sentence that says what would be right', (text, sentence) => {
    expect(refusal(() => readFile(text))).toBe(sentence);
  });

  test('that is not there, or is a folder, is refused', () => {
    expect(refusal(() => read({}, { FLEETFEED_CONFIG: '/nonexistent.json' }))).toBe(
      "The settings file '/nonexistent.json' does not exist.",
    );
    expect(refusal(() => read({}, { FLEETFEED_CONFIG: folder }))).toBe(
      `The settings file '${folder}' is a folder.`,
    );
  });

  test('that is not UTF-8 is refused', () => {
    writeFileSync(config, Buffer.from('{"usual-role": "M\u00fcller"}', 'latin1'));
    expect(refusal(() => read({}, { FLEETFEED_CONFIG: config }))).toBe(
      `The settings file '${config}' is not UTF-8.`,
    );
  });

  test.each(['client-secret', 'clientSecret', 'client_secret'])(
    'takes no secret, and does not quote it: %s',
    (key) => {
      const sentence = refusal(() => readFile(JSON.stringify({ [key]: 'hunter2' })));
      expect(sentence).toContain(`${at(1)}'client-secret' is a secret, and no secret is read`);
      expect(sentence).toContain('FLEETFEED_CLIENT_SECRET_FILE');
      expect(sentence).not.toContain('hunter2');
    },
  );
});

describe('a relative path', () => {
  const calledFrom = { npm_lifecycle_event: 'fleetfeed', INIT_CWD: '/home/megan' };

  test('is as it was written where the user stands in the working directory', () => {
    expect(read({ data: 'x' }).settings.data).toBe('x');
  });

  test.each<[string, Flags, Environment]>([
    ['flag', { tlsCert: 'feed.pem' }, {}],
    ['variable', {}, { FLEETFEED_TLS_CERT: 'feed.pem' }],
    ['settings file', {}, { FLEETFEED_CONFIG: config }],
  ])('of a %s is relative to where npm was called', (_source, flags, environment) => {
    writeFileSync(config, '{"tls-cert": "feed.pem"}');
    const { settings } = read(flags, { ...calledFrom, ...environment });
    expect(settings).toMatchObject({
      tlsCert: '/home/megan/feed.pem',
      tlsKey: null,
      data: '/home/megan/data',
    });
  });

  test('of the settings file itself, and of a file of a secret, is too', () => {
    writeFileSync(join(folder, 'secret'), 's5');
    writeFileSync(config, '{"port": 7}');
    const environment = {
      ...calledFrom,
      INIT_CWD: folder,
      FLEETFEED_CONFIG: 'fleetfeed.json',
      FLEETFEED_CLIENT_SECRET_FILE: 'secret',
    };
    expect(read({}, environment).settings).toMatchObject({ port: 7, clientSecret: 's5' });
  });

  test('stays where a script of npm has gone to another folder by itself', () => {
    const environment = { ...calledFrom, npm_package_json: '/elsewhere/package.json' };
    expect(read({ data: 'x' }, environment).settings.data).toBe('x');
    const ours = { ...calledFrom, npm_package_json: resolve('package.json') };
    expect(read({ data: 'x' }, ours).settings.data).toBe('/home/megan/x');
  });
});

describe('a variable that is no setting', () => {
  test.each([
    ['FLEETFEED_PROT', " Did you mean 'FLEETFEED_PORT'?"],
    ['FLEETFEED_PAGEROWS', " Did you mean 'FLEETFEED_PAGE_ROWS'?"],
    ['FLEETFEED_TO', ''],
    ['FLEETFEED_PORT_FILE', ''],
  ])('%s is warned of', (name, suggestion) => {
    expect(warnOfUnknownVariables({ [name]: 'x' })).toEqual([
      `${name} is set, but there is no such setting.${suggestion}`,
    ]);
  });

  test('is not warned of where it is known, of somebody else, or of Kubernetes', () => {
    const names = [
      ...SETTING_NAMES.map(variableOf),
      'FLEETFEED_CONFIG',
      'FLEETFEED_CLIENT_SECRET_FILE',
      'FLEETFEED_SERVICE_HOST',
      'FLEETFEED_SERVICE_PORT_HTTP',
      'FLEETFEED_PORT_4004_TCP_ADDR',
      'FLEET',
    ];
    expect(warnOfUnknownVariables(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual([]);
  });
});

describe('a secret', () => {
  const secrets = SETTING_NAMES.filter((name) => 'secret' in SETTINGS[name]);

  test('comes from the environment, or from a file without its line end', () => {
    expect(read({}, { FLEETFEED_CLIENT_SECRET: 's3' }).settings.clientSecret).toBe('s3');
    const file = join(folder, 'secret');
    writeFileSync(file, 's4\n');
    const { settings, origins } = read({}, { FLEETFEED_CLIENT_SECRET_FILE: file });
    expect(settings.clientSecret).toBe('s4');
    expect(origins.get('clientSecret')).toBe('FLEETFEED_CLIENT_SECRET_FILE');
    expect(refusal(() => read({}, { FLEETFEED_CLIENT_SECRET_FILE: '/nonexistent' }))).toContain(
      "'/nonexistent', which does not exist.",
    );
  });

  test.each(secrets)('%s is not printed', (name) => {
    const written = name === 'proxy' ? 'http://megan:hunter2@proxy.example:3128' : 'hunter2';
    const resolved = read({}, { [variableOf(name)]: written });
    expect(resolved.settings[name]).toBe(written);
    const description = describeSettings(resolved);
    expect(description).toContain(`Now (hidden), from ${variableOf(name)}; the default is not set.`);
    expect(description).not.toContain('hunter2');
  });

  test('that cannot be used is not quoted', () => {
    expect(refusal(() => read({}, { FLEETFEED_PROXY: 'hunter2' }))).not.toContain('hunter2');
  });

  test('is whatever sounds like one', () => {
    const like = SETTING_NAMES.filter((name) => /secret|password|certificate$|token$|^proxy$/i.test(name));
    expect(like.toSorted()).toEqual(secrets.toSorted());
  });
});

describe('the description of the settings', () => {
  test('shows every one of them, and where its value comes from', () => {
    const text = describeSettings(readFile('{"workers": 3}', { port: '1' }, { FLEETFEED_DATA: '/d' }));
    for (const name of SETTING_NAMES) expect(text).toContain(variableOf(name));
    expect(text).toContain(`Settings file: '${config}'.`);
    expect(text).toContain('Now 1, from --port; the default is 4004.');
    expect(text).toContain('Now /d, from FLEETFEED_DATA; the default is data.');
    expect(text).toContain(`Now 3, from '${config}'; the default is 2.`);
    expect(text).toContain('Now 127.0.0.1, the default.');
    expect(text).toContain('Now not set, the default.');
    expect(describeSettings(read({ data: 'x' }))).toContain(`Now ${resolve('x')}, from --data`);
  });
});
