// Addresses after the service root.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { parsePath } from '../../src/odata/parse/parse-path.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { printLiteral } from '../../src/odata/print/print-literal.ts';
import type { PathSegment, Resource } from '../../src/odata/syntax/parsed-request.ts';
import { refusalOf } from './refusal-of.ts';

function outlineOf(resource: Resource): string {
  if (resource.kind !== 'path') return resource.kind;
  return [resource.collection, ...resource.segments.map(outlineOfStep)].join(' ');
}

function outlineOfStep(step: PathSegment): string {
  if (step.kind === 'name') return `/${step.name}`;
  if (step.kind === 'call') {
    const values = step.arguments.map(({ name, literal }) => `${name}=${printLiteral(literal)}`);
    return `${step.name}(${values.join(' ')})`;
  }
  if (step.kind === 'filter') return `$filter(${step.by.name})`;
  if (step.kind !== 'key') return step.kind;
  return `(${step.parts.map(({ name, literal }) => `${name ?? ''}=${printLiteral(literal)}`).join(' ')})`;
}

describe('an address', () => {
  test.each([
    ['', 'service'],
    ['/', 'service'],
    ['/$metadata', 'metadata'],
    ['/%24metadata', 'metadata'],
    ['/$metadata/', 'metadata'],
    ['devices', 'devices'],
    ['/devices', 'devices'],
    ['/devices/', 'devices'],
    ['/devices(7)', 'devices (=7)'],
    ['/devices(-1)', 'devices (=-1)'],
    ['/devices%28deviceKey%3D7%29', 'devices (deviceKey=7)'],
    ['/states(dateKey=20261120, deviceKey=7)', 'states (dateKey=20261120 deviceKey=7)'],
    ["/things('a')", "things (='a')"],
    ["/things('O''Neil%27%27s')", "things (='O''Neil''s')"],
    ['/things(%27a/b%2Fc%27)/name', "things (='a/b/c') /name"],
    ["/things('a+b %2B')", "things (='a+b +')"],
    ['/things(2018-02-21T00:00:00Z)', 'things (=2018-02-21T00:00:00Z)'],
    ['/things(a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11)', 'things (=a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11)'],
    ['/devices(7)/deviceName', 'devices (=7) /deviceName'],
    ['/devices(7)/deviceName/$value', 'devices (=7) /deviceName value'],
    ['/devices/$count', 'devices count'],
    ['/devices/%24count/', 'devices count'],
    ['/devices/$ref', 'devices ref'],
    ['/devices(7)/apps(8)/name', 'devices (=7) /apps (=8) /name'],
    ['/devices/7', 'devices /7'],
    ['/devices/Ns.Special', 'devices /Ns.Special'],
    ['/devices(7)/apps(appKey=8)/name', 'devices (=7) apps(appKey=8) /name'],
    ['/devices(7)/history(from=20261001,to=20261120)', 'devices (=7) history(from=20261001 to=20261120)'],
    ['/devices/asOf(dateKey=20261001)/$count', 'devices asOf(dateKey=20261001) count'],
    ['/devices(7)/history()', 'devices (=7) history()'],
    ['/devices/$filter(@f)/$count', 'devices $filter(@f) count'],
    ['/devices/%24filter%28%40f%29/7', 'devices $filter(@f) /7'],
  ])('%s', (path, outline) => {
    expect(outlineOf(parsePath(path, LIMITS))).toBe(outline);
  });

  test('places count in the decoded path', () => {
    expect(parsePath('/dev%69ces(7)/n%C3%A4me/$value', LIMITS)).toEqual({
      kind: 'path',
      collection: 'devices',
      segments: [
        { kind: 'key', at: 7, parts: [{ name: null, literal: { type: 'integer', value: 7n } }] },
        { kind: 'name', name: 'näme', at: 11 },
        { kind: 'value', at: 16 },
      ],
    });
  });

  test.each([
    ['//', 0, 'There is an empty segment'],
    ['/devices//x', 8, 'There is an empty segment'],
    ['/devices//', 8, 'There is an empty segment'],
    ['/%24select%3DdateKey', 0, "'$select=dateKey' cannot stand in the path"],
    ['/devices/$select=dateKey', 8, "'$select=dateKey' cannot stand in the path"],
    ['/$metdata', 0, "'$metdata' cannot stand in the path"],
    ['/$metadata/x', 10, 'Nothing can follow $metadata'],
    ['/devices/$count/x', 15, 'Nothing can follow $count'],
    ['/devices(7', 9, 'Found the end where a comma or a closing parenthesis'],
    ['/devices()', 8, "Found ')' where a key value, or a name and =,"],
    ['/devices/$filter(a eq 1)', 8, '$filter in a path takes an alias'],
    ['/devices/$filter(@f)/7/apps/$filter(@g)', 27, 'A path takes one $filter'],
    ['/devices(7)(8)', 10, "Found '(' where a slash or the end"],
    ['/devices(7)x', 10, "Found 'x' where a slash or the end"],
    ['/devices(7,8)', 7, 'A key of several parts names each of them'],
    ['/devices(a=7,8)', 7, 'A key of several parts names each of them'],
    ['/things(abc)', 7, "Found 'abc' where a key value, or a name and =,"],
    ['/things(a=b)', 9, "Found 'b' where a key value"],
    ['/things(@k)', 7, "The alias '@k' has no value"],
    ["/things('a)", 7, "The string 'a) has no closing quote"],
    ['/things(2018-02-30)', 7, "'2018-02-30' is not a day of the calendar"],
    ['/(7)', 0, "'(7)' is not a name"],
    ['/a%2Fb', 1, "'a/b' is not a name"],
    ['/a%20b', 1, "'a b' is not a name"],
    ['/a;v=1', 1, "'a;v=1' is not a name"],
    ['/a=b', 1, "'a=b' is not a name"],
    ['/a%3Fb', 1, "'a?b' is not a name"],
    ['/x%', 1, "'%' in the path is not a percent-encoded UTF-8 character"],
    ['/x%FF', 1, "'%FF' in the path is not a percent-encoded UTF-8 character"],
  ])('%s is refused', (path, position, message) => {
    const refusal = refusalOf(() => parsePath(path, LIMITS));
    expect(refusal).toMatchObject({ code: 'request.malformed-url', target: 'the path', position });
    expect(refusal.message).toContain(message);
  });

  test.each(['/$batch', '/$entity', '/$all', '/$crossjoin(a,b)', '/devices/$each'])(
    '%s is a part of OData that is not offered',
    (path) => {
      expect(refusalOf(() => parsePath(path, LIMITS))).toMatchObject({ code: 'request.not-offered' });
    },
  );

  test('a name with $ is answered with the one that was meant', () => {
    expect(refusalOf(() => parsePath('/$metdata', LIMITS)).hint).toBe("Did you mean '$metadata'?");
    expect(refusalOf(() => parsePath('/devices/$cuont', LIMITS)).hint).toBe("Did you mean '$count'?");
    expect(refusalOf(() => parsePath('/%24select%3DdateKey', LIMITS)).hint).toBe('Query options go after ?.');
  });
});

test('aliases in an address take their values from the query', () => {
  const { resource } = parseRequest('/devices(@k)/asOf(dateKey=@day)', '@k=7&@day=20261001', LIMITS);
  expect(outlineOf(resource)).toBe('devices (=7) asOf(dateKey=20261001)');
  expect(refusalOf(() => parseRequest('/devices(@k)', '@k=1 add 1', LIMITS))).toMatchObject({
    code: 'request.malformed-url',
    message: "The alias '@k' is not a plain value (at character 9 of the path).",
  });
});

test('an address has a limited number of steps', () => {
  const steps = (count: number): string => `/a${'/b(1)'.repeat(count)}`;
  expect(() => parsePath(steps(LIMITS.pathSteps), LIMITS)).not.toThrow();
  expect(refusalOf(() => parsePath(steps(LIMITS.pathSteps + 1), LIMITS))).toMatchObject({
    code: 'limit.too-complex',
    target: 'the path',
  });
});

test('a request is its address and its options', () => {
  expect(parseRequest('/devices(7)', '$select=deviceName&api-version=v1.0', LIMITS)).toMatchObject({
    resource: { kind: 'path', collection: 'devices' },
    options: { select: [{ segments: ['deviceName'] }], apiVersion: 'v1.0' },
  });
});
