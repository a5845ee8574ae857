// Random requests: valid ones made of the names of the feed, then mutated, cut, repeated and poisoned.
import { MODEL } from '../../schema/fleetfeed-model.ts';
import type { Entity } from '../../schema/entity.ts';
import type { RawRequest } from '../70-http/send-raw-request.ts';
import type { Dice } from './dice.ts';

type NonEmpty<Each> = readonly [Each, ...Each[]];

const ENTITIES = [...MODEL.entities.values()] as unknown as NonEmpty<Entity>;

const ROOTS: NonEmpty<string> = [
  '/beta',
  '/beta',
  '/v1.0',
  '/ReportingService/DataWarehouseFEService',
  '/TrafficGateway/TrafficRoutingService/ReportingService/DataWarehouseFEService',
];

const POISON: NonEmpty<string> = [
  '%00',
  '%0d%0aInjected:%201',
  '%ff',
  '%c3%28',
  '%ed%a0%80',
  '%2f..%2f',
  '/../',
  '//',
  '/./',
  ';a=b',
  '#',
  '%',
  '%25',
  '\u00e4',
  '\u0001',
  '\t',
  "'",
  "''",
  '"',
  '(',
  ')',
  ',',
  '$',
  '@',
  '&',
  '=',
  '?',
  '+',
  '*',
  '\\',
  '%20or%201%20eq%201',
  "';DROP TABLE devices;--",
  '__proto__',
  'constructor',
  '[__proto__][x]=1',
  'toString',
  'hasOwnProperty',
  'NaN',
  'INF',
  '-0',
  '9223372036854775808',
  '1e400',
  '0001-01-01T00:00:00Z',
  '9999-12-31',
  "duration'P99999999999D'",
  '${7*7}',
  '<script>',
  '{{7}}',
  '\u{1F600}',
  'a'.repeat(3000),
  '('.repeat(300),
  '%28'.repeat(300),
];

const FUNCTIONS: NonEmpty<string> = [
  'contains',
  'startswith',
  'concat',
  'length',
  'indexof',
  'substring',
  'tolower',
  'trim',
  'year',
  'date',
  'now',
  'cast',
  'isof',
  'round',
  'matchesPattern',
  'case',
  'mindatetime',
  'totalseconds',
  'geo.distance',
  'frobnicate',
];
const OPERATOR_NAMES: NonEmpty<string> = [
  'eq',
  'ne',
  'lt',
  'ge',
  'in',
  'has',
  'and',
  'or',
  'add',
  'sub',
  'mul',
  'div',
  'mod',
  'divby',
];
const LITERALS: NonEmpty<string> = [
  'null',
  'true',
  '1',
  '-1',
  '20261120',
  '2.5',
  "'x'",
  "''",
  "'it''s'",
  '2026-11-20',
  '2026-11-20T00:00:00Z',
  '12:00:00',
  "duration'P1D'",
  '(1,2,3)',
  '7f1a2b3c-0000-4000-8000-000000000000',
  "binary'AA=='",
  '@p',
  '$it',
  '$this',
];
const OPTIONS: NonEmpty<string> = [
  '$filter',
  '$select',
  '$orderby',
  '$expand',
  '$apply',
  '$compute',
  '$search',
  '$top',
  '$skip',
  '$count',
  '$format',
  '$skiptoken',
  '$deltatoken',
  '$id',
  'maxhistorydays',
  'api-version',
  '@p',
  '$schemaversion',
  '$index',
  '$levels',
  'code',
  '__proto__',
  '$unknown',
];

const ORIGINS: NonEmpty<string> = [
  'http://localhost',
  'HTTP://127.0.0.1:80',
  'https://x:99999',
  'http://',
  'ftp://x:y',
];

/** The seed's next request; it contains no value of any row. `keys` are those that it may send, valid or not. */
export function randomRequest(dice: Dice, keys: NonEmpty<string>): RawRequest {
  const target = distort(dice, randomTarget(dice), 20);
  const headers = randomHeaders(dice, keys);
  if (dice.chance(10)) return randomBatch(dice, headers);
  if (dice.chance(5)) {
    const body = randomQuery(dice, dice.pick(ENTITIES));
    const bodyHeaders = ['Content-Type: text/plain', `Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
    return { line: `POST ${target.split('?')[0] ?? ''}/$query`, headers: [...headers, ...bodyHeaders], body };
  }
  const method = dice.chance(90)
    ? 'GET'
    : dice.pick(['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'TRACE', 'get', 'QUERY']);
  const origin = dice.chance(3) ? dice.pick(ORIGINS) : '';
  return { line: `${method} ${origin}${target}`, headers };
}

function randomTarget(dice: Dice): string {
  if (dice.chance(3)) return dice.pick(['/', '/-/live', '/-/ready', '*', '', '/favicon.ico', '/.env']);
  const entity = dice.pick(ENTITIES);
  const query = randomQuery(dice, entity);
  return `${dice.pick(ROOTS)}${randomPath(dice, entity)}${query === '' ? '' : `?${query}`}`;
}

function randomPath(dice: Dice, entity: Entity): string {
  const first = dice.chance(6)
    ? dice.pick(['/$metadata', '', '/$batch', '/$entity', '/$all', '/$crossjoin(devices,users)', '/nowhere'])
    : `/${entity.name}`;
  return first + dice.listOf(0, dice.chance(70) ? 0 : 3, () => randomStep(dice, entity)).join('');
}

function randomStep(dice: Dice, entity: Entity): string {
  const step = dice.int(8);
  if (step === 0) return `(${dice.pick(LITERALS)})`;
  if (step === 1) return `(${randomName(dice, entity)}=${dice.pick(LITERALS)})`;
  if (step === 2) return dice.pick(['/$count', '/$value', '/$ref', '/$query', '/$filter(@p)', '/$each']);
  if (step === 3) return `/asOf(dateKey=${dice.pick(LITERALS)})`;
  if (step === 4) return `/history(from=20261117,to=${dice.pick(LITERALS)})`;
  return `/${randomName(dice, entity)}`;
}

/** A property or a navigation, mostly of the collection that is asked for. */
function randomName(dice: Dice, entity: Entity): string {
  const { properties, navigations } = dice.chance(80) ? entity : dice.pick(ENTITIES);
  return dice.pick([...Object.keys(properties), ...Object.keys(navigations)] as unknown as NonEmpty<string>);
}

function randomQuery(dice: Dice, entity: Entity): string {
  return dice
    .listOf(0, 3, () => {
      const [option, value] = dice.chance(60) ? validOption(dice, entity) : anyOption(dice, entity);
      return `${option}=${encodeSometimes(dice, value)}`;
    })
    .join('&');
}

/** Most of these are answered with rows. */
function validOption(dice: Dice, entity: Entity): readonly [string, string] {
  const name = dice.pick(Object.keys(entity.properties) as unknown as NonEmpty<string>);
  const link = Object.keys(entity.navigations)[0] ?? name;
  return dice.pick([
    ['$filter', `${name} ne null`],
    ['$filter', `not (${name} eq null or ${name} in (null))`],
    ['$select', name],
    ['$orderby', `${name} desc`],
    ['$expand', link],
    ['$expand', `${link}($top=1;$select=*)`],
    ['$apply', `groupby((${name}),aggregate($count as n))`],
    ['$compute', `${name} as z`],
    ['$search', 'surface OR iphone'],
    ['$top', String(dice.int(20))],
    ['$skip', String(dice.int(20))],
    ['$count', 'true'],
    ['maxhistorydays', '2'],
  ]);
}

function anyOption(dice: Dice, entity: Entity): readonly [string, string] {
  return [dice.pick(OPTIONS), randomValue(dice, entity)];
}

function randomValue(dice: Dice, entity: Entity): string {
  const name = (): string => randomName(dice, entity);
  const kind = dice.int(9);
  if (kind < 3) return randomExpression(dice, entity, 3);
  if (kind === 3) return dice.listOf(1, 4, name).join(dice.pick([',', '/', ' desc,', ';']));
  if (kind === 4) return String(dice.int(2000) - 5);
  if (kind === 5) {
    const inner = dice.pick(['top=1', 'select=*', 'levels=max']);
    return `${name()}($${inner};$filter=${randomExpression(dice, entity, 1)})`;
  }
  if (kind === 6) {
    const method = dice.pick(['max', 'sum', 'countdistinct', 'x']);
    return `groupby((${name()}),aggregate(${name()} with ${method} as z))`;
  }
  if (kind === 7)
    return dice.listOf(1, 4, () => dice.pick(['"a b"', 'NOT', 'OR', 'AND', '(', ')', 'surface'])).join(' ');
  return dice.pick(['json', 'xml', 'atom', 'latest', 'true', 'v1.0', 'beta', '*', randomBase64(dice)]);
}

function randomExpression(dice: Dice, entity: Entity, depth: number): string {
  if (depth === 0) return dice.chance(50) ? randomName(dice, entity) : dice.pick(LITERALS);
  const inner = (): string => randomExpression(dice, entity, depth - 1);
  const kind = dice.int(5);
  if (kind === 0) return `${dice.pick(FUNCTIONS)}(${dice.listOf(0, 3, inner).join(',')})`;
  if (kind === 1) return `not (${inner()})`;
  if (kind === 2) return `${randomName(dice, entity)}/${dice.pick(['any', 'all'])}(d:${inner()})`;
  return `${inner()} ${dice.pick(OPERATOR_NAMES)} ${inner()}`;
}

const randomBase64 = (dice: Dice): string =>
  Buffer.from(dice.listOf(1, 60, () => dice.int(256))).toString('base64url');

function encodeSometimes(dice: Dice, text: string): string {
  return dice.chance(70) ? encodeURIComponent(text) : text;
}

function randomHeaders(dice: Dice, keys: NonEmpty<string>): string[] {
  const key = dice.pick(keys);
  const credential = dice.pick([
    `X-Api-Key: ${key}`,
    `X-Api-Key: ${key}`,
    `X-Api-Key: ${key}`,
    `X-Api-Key: ${key}`,
    `Authorization: Bearer ${key}`,
    `Authorization: Basic ${Buffer.from(`x:${key}`).toString('base64')}`,
    `Authorization: ${distort(dice, `Bearer ${key}`, 100)}`,
    'X-None: 1',
  ]);
  const others = (): string => {
    const value = dice.chance(50) ? distort(dice, 'x', 100) : randomValue(dice, dice.pick(ENTITIES));
    const header = dice.pick([
      'Accept: application/json;odata.metadata=full',
      'Accept: */*;q=0.1',
      'Accept: application/xml',
      'Accept-Encoding: gzip',
      'Prefer: odata.maxpagesize=2',
      'Prefer: track-changes, omit-values=nulls, respond-async, return=minimal',
      'OData-MaxVersion: 4.01',
      'OData-Version: 3.0',
      'If-None-Match: *',
      'Content-Encoding: gzip',
      'X-HTTP-Method-Override: DELETE',
      'X-Forwarded-Host: evil.example',
      'Origin: https://evil.example',
      'Range: bytes=0-1',
      'TE: trailers',
      `Prefer: ${value}`,
      `Accept: ${value}`,
      `If-None-Match: ${value}`,
      `client-request-id: ${value}`,
      `Host: ${value}`,
      `Cookie: ${value}`,
      `${value}: x`,
    ]);
    return header;
  };
  return [credential, ...dice.listOf(0, 3, others)];
}

function randomBatch(dice: Dice, headers: readonly string[]): RawRequest {
  const parts = dice.listOf(0, 5, () => ({
    id: dice.pick(['1', '2', '3', '__proto__', '']),
    method: dice.pick(['get', 'GET', 'POST', 'head']),
    url: distort(dice, randomTarget(dice), 20).slice(dice.int(3)),
    ...(dice.chance(20) && { dependsOn: [dice.pick(['1', '2', 'x', '__proto__'])] }),
    ...(dice.chance(20) && { atomicityGroup: dice.pick(['g', 'constructor']) }),
    ...(dice.chance(20) && { headers: { [dice.pick(['prefer', 'accept', '__proto__', 'host'])]: 'x' } }),
  }));
  const isJson = dice.chance(60);
  const written = isJson
    ? JSON.stringify({ requests: parts })
    : [
        ...parts.map(
          ({ method, url }) =>
            `--b\r\nContent-Type: application/http\r\n\r\n${method.toUpperCase()} ${url} HTTP/1.1\r\n\r\n\r\n`,
        ),
        '--b--',
      ].join('');
  const body = distort(dice, written, 30);
  return {
    line: `POST ${dice.pick(ROOTS)}/$batch`,
    headers: [
      ...headers,
      `Content-Type: ${isJson ? 'application/json' : 'multipart/mixed; boundary=b'}`,
      `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
    ],
    body,
  };
}

/** Mutated with some probability. */
function distort(dice: Dice, text: string, percent: number): string {
  if (!dice.chance(percent)) return text;
  const at = dice.int(text.length + 1);
  const kind = dice.int(5);
  if (kind === 0) return text.slice(0, at);
  if (kind === 1) return text + text.slice(at);
  if (kind === 2) return text.slice(0, at) + text.slice(at + 1 + dice.int(4));
  return text.slice(0, at) + dice.pick(POISON) + text.slice(at);
}
