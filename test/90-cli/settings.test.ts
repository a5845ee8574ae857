// Settings: what flags and environment become, and what is said when they cannot be used.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { describeSettings } from '../../src/settings/describe-settings.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { SETTINGS, flagOf, variableOf, type SettingName } from '../../src/settings/settings.ts';

const NAMES = Object.keys(SETTINGS) as SettingName[];
const refusal = (args: readonly string[], environment = {}, known = NAMES): string => {
  try {
    readSettings(args, environment, known);
  } catch (error) {
    expect(error).toMatchObject({ name: 'FeedError', code: 'setup.bad-setting' });
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
};

const PROXIES =
  "--trusted-proxies must be IP addresses, subnets like 10.0.0.0/8, or 'loopback', 'linklocal', 'uniquelocal'";

describe('settings', () => {
  test('have sober defaults', () => {
    expect(readSettings([], {})).toMatchObject({
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

  test('a flag beats the environment, the environment beats the default', () => {
    const environment = { FLEETFEED_PAGE_ROWS: '77', FLEETFEED_PORT: '1' };
    expect(readSettings(['--port', '2'], environment)).toMatchObject({ pageRows: 77, port: 2 });
  });

  test.each([
    [['--port=0'], { port: 0 }],
    [['--today', '2026-11-20'], { today: 20261120 }],
    [['--schedule=off'], { schedule: 'off' }],
    [['--public-url', 'https://fleet.example/warehouse/'], { publicUrl: 'https://fleet.example/warehouse' }],
    [['--trusted-proxies', 'loopback, 10.0.0.0/8'], { trustedProxies: ['loopback', '10.0.0.0/8'] }],
    [['--retention', 'vendor, devices=400d'], { retention: ['vendor', 'devices=400d'] }],
    [
      ['--trusted-proxies', '::1, fe80::/10,127.0.0.1'],
      { trustedProxies: ['::1', 'fe80::/10', '127.0.0.1'] },
    ],
  ])('%j is read', (args, expected) => {
    expect(readSettings(args, {})).toMatchObject(expected);
  });

  test.each([
    [['--prot', '1'], "There is no --prot. Did you mean '--port'?"],
    [['--frobnicate'], 'There is no --frobnicate.'],
    [['--port', 'x'], "--port must be a whole number from 0 to 65535, not 'x'."],
    [['--port', '65536'], "--port must be a whole number from 0 to 65535, not '65536'."],
    [['--port'], '--port must be a whole number from 0 to 65535, but nothing follows it.'],
    [['--data', '--port', '1'], '--data must be a text, but nothing follows it.'],
    [['--trusted-proxies', 'proxy.example'], `${PROXIES}, not 'proxy.example'.`],
    [['--trusted-proxies', '10.0.0.0/33'], `${PROXIES}, not '10.0.0.0/33'.`],
    [['--trusted-proxies', '10.0.0.1, x/8'], `${PROXIES}, not '10.0.0.1, x/8'.`],
    [['--today', '2026-02-30'], "--today must be a day like 2026-11-20, not '2026-02-30'."],
    [['--schedule', 'maybe'], "--schedule must be 'on' or 'off', not 'maybe'."],
    [
      ['--public-url', 'ftp://x'],
      "--public-url must be an address like https://fleet.example/warehouse, not 'ftp://x'.",
    ],
    [['extra'], "'extra' is not expected here."],
    [
      ['--client-secret', 'hunter2'],
      '--client-secret would show a secret to everyone on this machine: set FLEETFEED_CLIENT_SECRET or FLEETFEED_CLIENT_SECRET_FILE.',
    ],
  ])('%j is refused with a sentence that says what would be right', (args, sentence) => {
    expect(refusal(args)).toBe(sentence);
  });

  test('a variable is refused by its own name', () => {
    expect(refusal([], { FLEETFEED_PORT: 'tcp://10.0.0.1:4004' })).toBe(
      "FLEETFEED_PORT must be a whole number from 0 to 65535, not 'tcp://10.0.0.1:4004'.",
    );
  });

  test('a flag of another command is told apart from one that does not exist', () => {
    expect(refusal(['--devices', '5'], {}, ['port'])).toBe('This command does not use --devices.');
  });

  test('a secret comes from the environment, or from a file without its line end', () => {
    expect(readSettings([], { FLEETFEED_CLIENT_SECRET: 's3' }).clientSecret).toBe('s3');
    const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-settings-'));
    const file = join(folder, 'secret');
    writeFileSync(file, 's4\n');
    expect(readSettings([], { FLEETFEED_CLIENT_SECRET_FILE: file }).clientSecret).toBe('s4');
    rmSync(folder, { recursive: true });
    expect(refusal([], { FLEETFEED_CLIENT_SECRET_FILE: file })).toContain('which cannot be read');
  });

  test('the description shows every setting', () => {
    const shown = describeSettings(readSettings([], {}), NAMES);
    for (const name of NAMES) expect(shown).toContain(variableOf(name));
  });

  const secrets = NAMES.filter((name) => 'secret' in SETTINGS[name]);
  test.each(secrets)('the secret %s is shown nowhere, and no argument takes it', (name) => {
    const written = name === 'proxy' ? 'http://megan:hunter2@proxy.example:3128' : 'hunter2';
    const settings = readSettings([], { [variableOf(name)]: written });
    expect(settings[name]).toBe(written);
    expect(describeSettings(settings, NAMES)).toContain('Now (hidden)');
    expect(describeSettings(settings, NAMES)).not.toContain('hunter2');
    expect(refusal([flagOf(name), written])).not.toContain('hunter2');
  });

  test('a secret that cannot be used is not quoted', () => {
    expect(refusal([], { FLEETFEED_PROXY: 'hunter2' })).not.toContain('hunter2');
  });

  test('what sounds like a secret is kept as one', () => {
    const like = NAMES.filter((name) => /secret|password|certificate$|token$|^proxy$/i.test(name));
    expect(like.toSorted()).toEqual(secrets.toSorted());
  });
});
