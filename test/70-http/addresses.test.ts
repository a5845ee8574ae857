// Addresses: the root of the feed, its version, and the link to the next page.
import { describe, expect, test } from '@jest/globals';
import { splitQuery } from '../../src/odata/parse/split-query.ts';
import { splitTarget } from '../../src/http/request/feed-request.ts';
import { contextRoot, decideVersion, findMount } from '../../src/http/request/service-roots.ts';
import { nextLink } from '../../src/http/cursor/next-link.ts';
import { toOriginForm } from '../../src/http/server/to-origin-form.ts';

const LONG = '/ReportingService/DataWarehouseFEService';
const ROUTED = `/TrafficGateway/TrafficRoutingService${LONG}`;

describe('an address', () => {
  test.each([
    [LONG, LONG, ''],
    [`${LONG}/`, LONG, '/'],
    [`${LONG}/devices`, LONG, '/devices'],
    [`${ROUTED}/devices(7)/deviceName`, ROUTED, '/devices(7)/deviceName'],
    ['/v1.0/', '/v1.0', '/'],
    ['/v1.0/devices/', '/v1.0', '/devices/'],
    ['/beta/$metadata', '/beta', '/$metadata'],
  ])('%s is %s and %j', (path, root, resource) => {
    expect(findMount(path)).toMatchObject({ root: { path: root }, resource });
  });

  test.each(['/', '/v1.0x', '/v1', '/Beta/devices', '/ReportingService', `${LONG}x/devices`])(
    '%s is not of the feed',
    (path) => expect(findMount(path)).toBeNull(),
  );

  test('with bytes beyond ASCII is read as if they were percent-encoded', () => {
    const asNodeHandsIt = Buffer.from('/v1.0/devices?$filter=é', 'utf8').toString('latin1');
    expect(splitTarget(asNodeHandsIt)).toEqual({ path: '/v1.0/devices', rawQuery: '$filter=%c3%a9' });
  });
});

describe('a request target', () => {
  test.each([
    ['/beta?$top=3', '/beta?$top=3', 'sent.example'],
    ['http://fleet.example/beta?$top=3', '/beta?$top=3', 'fleet.example'],
    ['HTTPS://Fleet.example:8443/beta', '/beta', 'Fleet.example:8443'],
    ['http://fleet.example', '/', 'fleet.example'],
    ['http://fleet.example?$top=3', '/?$top=3', 'fleet.example'],
    ['http://fleet.example//evil.example/beta', '//evil.example/beta', 'fleet.example'],
    ['http:///beta', '/beta', ''],
    ['http://fleet.example:x/beta', '/beta', 'fleet.example:x'],
    ['ftp://fleet.example:x/beta', '/ftp://fleet.example:x/beta', 'sent.example'],
    ['*', '/*', 'sent.example'],
  ])('%s is %s of %j', (url, path, host) => {
    const request = { url, headers: { host: 'sent.example' } };
    toOriginForm(request);
    expect(request).toEqual({ url: path, headers: { host } });
  });
});

describe('the version', () => {
  test.each([
    [LONG, null, 'v1.0', LONG],
    [LONG, 'v1.0', 'v1.0', LONG],
    [LONG, 'V1.0', 'v1.0', LONG],
    [LONG, 'beta', 'beta', '/beta'],
    [ROUTED, null, 'v1.0', ROUTED],
    ['/v1.0', null, 'v1.0', '/v1.0'],
    ['/v1.0', 'v1.0', 'v1.0', '/v1.0'],
    ['/beta', null, 'beta', '/beta'],
    ['/beta', 'beta', 'beta', '/beta'],
  ])('of %s with api-version %j is %s, and its context is under %s', (path, apiVersion, version, root) => {
    const mount = findMount(path)!;
    expect(decideVersion(mount, apiVersion)).toBe(version);
    expect(contextRoot(mount, decideVersion(mount, apiVersion))).toBe(root);
  });

  test.each([
    [LONG, ''],
    [LONG, 'v2.0'],
    [LONG, '1.0'],
    ['/v1.0', 'beta'],
    ['/beta', 'v1.0'],
  ])('of %s with api-version %j is refused', (path, apiVersion) => {
    expect(() => decideVersion(findMount(path)!, apiVersion)).toThrow(
      expect.objectContaining({ code: 'request.bad-version', target: 'api-version' }),
    );
  });
});

describe('the next link', () => {
  const HERE = 'https://fleet.example/v1.0/devices';
  test.each([
    ['', '$skiptoken=T'],
    ['api-version=v1.0&MaxHistoryDays=7', 'api-version=v1.0&MaxHistoryDays=7&$skiptoken=T'],
    ['%24select=a%2Cb&$skiptoken=old', '%24select=a%2Cb&$skiptoken=T'],
    ['%24SkipToken=old&$top=5', '$top=5&$skiptoken=T'],
    ['filter=a+eq+@p&@p=1', 'filter=a+eq+@p&@p=1&$skiptoken=T'],
    ['my-api-key=hunter2&$count=true', '$count=true&$skiptoken=T'],
  ])('of ?%s is ?%s', (rawQuery, next) => {
    expect(nextLink(HERE, splitQuery(rawQuery), 'T')).toBe(`${HERE}?${next}`);
  });

  test('has the token encoded', () => {
    expect(nextLink(HERE, [], "61:'a&b'")).toBe(`${HERE}?$skiptoken=61%3A'a%26b'`);
  });
});
