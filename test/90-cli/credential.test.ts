// The settings of the credential, the cloud and the proxy.
import { describe, expect, test } from '@jest/globals';
import { CLOUDS } from '../../src/base/clouds.ts';
import { credentialOf } from '../../src/cli/wiring/credential-of.ts';
import { readSettings } from '../../src/settings/read-settings.ts';

const APP = { FLEETFEED_TENANT_ID: 't', FLEETFEED_CLIENT_ID: 'c', FLEETFEED_DATA: '/nonexistent' };
const app = { tenantId: 't', clientId: 'c', ...CLOUDS.global };
const read = (environment: Record<string, string>) =>
  credentialOf(readSettings({ environment: { ...APP, ...environment } }).settings);

function refusal(environment: Record<string, string>): unknown {
  try {
    return read(environment);
  } catch (error) {
    return error;
  }
}

describe('the credential', () => {
  test.each<[string, Record<string, string>, object]>([
    ['by a secret', { FLEETFEED_CLIENT_SECRET: 's' }, { ...app, clientSecret: 's' }],
    [
      'by a certificate',
      { FLEETFEED_CLIENT_CERTIFICATE: 'PEM', FLEETFEED_CLIENT_CERTIFICATE_PASSWORD: 'p' },
      { ...app, certificate: 'PEM', password: 'p', sendCertificateChain: false },
    ],
    [
      'by another platform',
      { FLEETFEED_FEDERATED_TOKEN_FILE: '/run/token' },
      { ...app, assertionFile: '/run/token' },
    ],
    [
      'by the machine',
      { FLEETFEED_MANAGED_IDENTITY: 'system' },
      { ...CLOUDS.global, managedIdentity: 'system' },
    ],
  ])('%s', (_, environment, credential) => {
    expect(read(environment)).toEqual(credential);
  });

  test('may be of one kind only', () => {
    expect(refusal({ FLEETFEED_CLIENT_SECRET: 's', FLEETFEED_MANAGED_IDENTITY: 'system' })).toMatchObject({
      code: 'setup.bad-setting',
      message: 'More than one credential is set: FLEETFEED_CLIENT_SECRET and FLEETFEED_MANAGED_IDENTITY.',
      hint: expect.stringContaining('remove the others'),
    });
  });

  test('is asked for as a client secret where nothing is set', () => {
    expect(refusal({})).toMatchObject({ message: 'Not set: FLEETFEED_CLIENT_SECRET.' });
    expect(refusal({ FLEETFEED_TENANT_ID: '', FLEETFEED_CLIENT_CERTIFICATE: 'PEM' })).toMatchObject({
      message: 'Not set: FLEETFEED_TENANT_ID.',
    });
  });

  test('cannot be an invalid managed identity', () => {
    expect(refusal({ FLEETFEED_MANAGED_IDENTITY: 'mine' })).toMatchObject({
      message: "FLEETFEED_MANAGED_IDENTITY must be 'system' or the client ID of an identity, not 'mine'.",
    });
  });
});

test.each([
  ['global', 'https://graph.microsoft.com', 'https://login.microsoftonline.com'],
  ['usgov-l4', 'https://graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['usgov-l5', 'https://dod-graph.microsoft.us', 'https://login.microsoftonline.us'],
  ['china', 'https://microsoftgraph.chinacloudapi.cn', 'https://login.partner.microsoftonline.cn'],
])('the cloud %s has its own Graph and directory, unless they are set', (cloud, graphUrl, loginUrl) => {
  const secret = { FLEETFEED_CLIENT_SECRET: 's' };
  expect(read({ ...secret, FLEETFEED_CLOUD: cloud })).toMatchObject({ graphUrl, loginUrl });
  expect(
    read({ ...secret, FLEETFEED_CLOUD: cloud, FLEETFEED_GRAPH_URL: 'http://127.0.0.1:1' }),
  ).toMatchObject({
    graphUrl: 'http://127.0.0.1:1',
    loginUrl,
  });
});

describe('the proxy', () => {
  const proxyOf = (environment: Record<string, string>) => readSettings({ environment }).settings.proxy;

  test('is HTTPS_PROXY, unless a setting names another', () => {
    expect(proxyOf({ HTTPS_PROXY: 'http://p:1' })).toBe('http://p:1');
    expect(proxyOf({ https_proxy: 'http://p:2' })).toBe('http://p:2');
    expect(proxyOf({ HTTPS_PROXY: 'http://p:1', FLEETFEED_PROXY: 'http://u:w@p:3' })).toBe('http://u:w@p:3');
    expect(proxyOf({})).toBeNull();
    const { noProxy } = readSettings({ environment: { NO_PROXY: '.corp.example' } }).settings;
    expect(noProxy).toBe('.corp.example');
  });

  test('may hold a password, and is never printed in an error', () => {
    const bad = { HTTPS_PROXY: 'socks5://u:hunter2@p' };
    expect(() => proxyOf(bad)).toThrow(
      'HTTPS_PROXY must be an address like http://proxy.example:3128, and is not.',
    );
  });
});
