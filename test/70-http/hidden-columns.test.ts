// A column that a role does not see does not exist for it: no part of a request can name it, use it, or learn that it exists.
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { restrictModel } from '../../schema/derive/restrict-model.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { makeTestWarehouse, startTestFeed, TODAY, type TestFeed } from './test-feed.ts';

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
/** As an analyst sees it: the values that others must not see. */
let secret: Readonly<Record<'serialNumber' | 'deviceName' | 'userPrincipalName', string>>;

// It sees the names of devices but not their serial numbers, and the ids of owners but not their names.
const HELPDESK = { name: 'helpdesk', collections: ['device*', 'users'], personal: ['deviceName', 'id'] };
const keys = ['helpdesk', 'reader', 'analyst'].map((role) =>
  makeKey({ label: role, role, createdAt: midnightOf(TODAY), expiresAt: null }),
);
const as = (role: string): Record<string, string> => ({
  'x-api-key': keys.find(({ stored }) => stored.role === role)?.text ?? '',
});

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  openKeyFile(warehouse.data).write(keys.map(({ stored }) => stored));
  const roles = join(warehouse.data, 'roles.json');
  const { name, ...role } = HELPDESK;
  writeFileSync(roles, JSON.stringify({ [name]: role }));
  feed = await startTestFeed({ data: warehouse.data, anonymous: 'never', roles });
  const { json } = await feed.get(
    '/beta/devices?$filter=serialNumber ne null and deviceName ne null&$top=1',
    as('analyst'),
  );
  const { json: users } = await feed.get(
    '/beta/users?$filter=userPrincipalName ne null&$top=1',
    as('analyst'),
  );
  secret = { ...json.value[0], userPrincipalName: users.value[0].userPrincipalName };
});
afterAll(async () => {
  await feed.stop();
  warehouse.remove();
});

const HIDDEN = 'serialNumber';
// Of the same length, so that positions in messages agree.
const MADE_UP = 'zqxzqxzqxzqx';

/** The same request with a hidden and with a made-up name gets the same answer, except for the name and its suggestion. */
function expectAlike(hidden: string, madeUp: string): void {
  const plain = (text: string): string =>
    text.replaceAll(HIDDEN, MADE_UP).replaceAll(/Did you mean [^?]*\?|(?:It|There) (?:has|is) [^"]*/g, '');
  expect(plain(hidden)).toBe(plain(madeUp));
}

/** Positions in which no column can be named. */
const FOR_NOBODY = [
  "/v1.0/devices?$filter=H eq 'x'",
  "/beta/devices(H='x')",
  '/beta/devices/H',
  '/beta/devices?$skiptoken=x&$orderby=H',
];

describe('cannot be named', () => {
  test.each([
    '/beta/devices?$select=H',
    '/beta/devices?$select=deviceName,H',
    "/beta/devices?$filter=H eq 'x'",
    "/beta/devices?$filter=$it/H eq 'x'",
    "/beta/devices?$filter=H in ('x','y')",
    "/beta/devices?$filter=contains(concat(H,''),'x')",
    "/beta/devices?$filter=matchesPattern(H,'^a')",
    '/beta/devices?$filter=length(H) gt 3',
    '/beta/devices?$filter=H ne null',
    '/beta/devices?$filter=H eq deviceName',
    "/beta/devices?$filter=cast(H,Edm.String) eq 'x'",
    '/beta/devices?$filter=isof(H,Edm.String)',
    "/beta/devices?$filter=case(H eq 'x':true,true:false)",
    "/beta/devices?$filter=@f&@f=H eq 'x'",
    '/beta/devices?$filter=osVersion eq @c&@c=H',
    "/beta/devices/$filter(@f)/$count?@f=H eq 'x'",
    "/beta/devices/$count?$filter=H eq 'x'",
    "/beta/devices/$ref?$filter=H eq 'x'",
    "/v1.0/devices?$filter=H eq 'x'",
    '/v1.0/devices?$select=H',
    '/beta/devices?$orderby=H',
    '/beta/devices?$orderby=length(H) desc',
    '/beta/devices?$compute=H as s',
    '/beta/devices?$compute=length(H) as s&$orderby=s',
    '/beta/devices?$apply=groupby((H))',
    '/beta/devices?$apply=groupby((H),aggregate($count as n))',
    '/beta/devices?$apply=groupby((rollup(deviceName,H)))',
    '/beta/devices?$apply=aggregate(H with max as m)',
    '/beta/devices?$apply=aggregate(H with countdistinct as m)',
    "/beta/devices?$apply=filter(H eq 'x')",
    '/beta/devices?$apply=compute(H as s)',
    '/beta/devices?$apply=topcount(3,H)',
    '/beta/devices?$apply=concat(aggregate($count as n),groupby((H)))',
    "/beta/users?$filter=devices/any(d:d/H eq 'x')",
    "/beta/users?$filter=devices/$count($filter=H eq 'x') gt 0",
    '/beta/users?$expand=devices($select=H)',
    "/beta/users?$expand=devices($filter=H eq 'x')",
    '/beta/users?$expand=devices($orderby=H)',
    '/beta/users?$expand=devices($compute=H as s)',
    "/beta/users?$apply=expand(devices,filter(H eq 'x'))",
    "/beta/deviceEncryptionStates?$filter=device/H eq 'x'",
    '/beta/deviceEncryptionStates?$orderby=device/H',
    '/beta/deviceEncryptionStates?$apply=groupby((device/H))',
    `/beta/deviceEncryptionStates/asOf(dateKey=${TODAY})?$filter=device/H eq 'x'`,
    `/beta/devicePropertyHistories/asOf(dateKey=${TODAY})?$orderby=device/H`,
    '/beta/devices(1)/H',
    '/beta/devices(1)/H/$value',
    "/beta/devices(H='x')",
    '/beta/devices/H',
    '/beta/devices?$skiptoken=x&$orderby=H',
    '/beta/devices?$deltatoken=latest&$select=H',
  ])('%s', async (path) => {
    const ask = async (name: string) => feed.get(path.replaceAll(/\bH\b/g, name), as('helpdesk'));
    const [hidden, madeUp] = [await ask(HIDDEN), await ask(MADE_UP)];
    expect(hidden.status).toBeGreaterThanOrEqual(400);
    expect(hidden.status).toBeLessThan(500);
    expect(hidden.status).toBe(madeUp.status);
    expectAlike(hidden.text, madeUp.text);
    // A role that sees the column gets an answer: the table has valid requests.
    const seen = await feed.get(path.replaceAll(/\bH\b/g, HIDDEN), as('analyst'));
    expect(seen.status < 400).toBe(!FOR_NOBODY.includes(path));
  });

  test('in a body: $query and $batch', async () => {
    const ask = async (name: string, path: string, body: string, type: string) =>
      post(path, body.replaceAll('H', name), type);
    for (const [path, type, body] of [
      ['/beta/devices/$query', 'text/plain', "$filter=H eq 'x'"],
      [
        '/beta/$batch',
        'application/json',
        '{"requests":[{"id":"1","method":"GET","url":"devices?$orderby=H"}]}',
      ],
    ] as const) {
      const [hidden, madeUp] = [await ask(HIDDEN, path, body, type), await ask(MADE_UP, path, body, type)];
      expect(hidden).toContain('request.unknown-property');
      expectAlike(hidden, madeUp);
    }
  });

  test('by a name that is nearly right: no hint reveals it', async () => {
    for (const path of ['?$select=H', '?$filter=H eq 1', '?$orderby=H', '?$apply=groupby((H))', '(1)/H']) {
      for (const near of ['serialNumbr', 'SerialNumber', 'serialnumber', 'serial_Number']) {
        const { text, status } = await feed.get(`/beta/devices${path.replaceAll('H', near)}`, as('helpdesk'));
        expect(status).toBeGreaterThanOrEqual(400);
        expect(text.replaceAll(near, '')).not.toMatch(/serialNumber/i);
      }
    }
  });

  test('nor a hidden collection: it is like one that does not exist', async () => {
    for (const path of ['/beta/H', '/v1.0/H', '/beta/H(1)', '/beta/H/$count', '/beta/H/$ref']) {
      const ask = async (name: string) => feed.get(path.replaceAll('H', name), as('helpdesk'));
      const [hidden, madeUp] = [await ask('appRevisions'), await ask(MADE_UP)];
      expect([hidden.status, madeUp.status]).toEqual([404, 404]);
      expect(hidden.text.replaceAll('appRevisions', MADE_UP)).toBe(madeUp.text);
    }
    expect((await feed.get('/beta/appRevision', as('helpdesk'))).text).not.toContain('appRevisions');
  });
});

describe('is not used by', () => {
  test('a search, in whatever position', async () => {
    const word = encodeURIComponent(`"${secret.serialNumber}"`);
    const found = async (path: string, role: string): Promise<string> =>
      (await feed.get(path.replaceAll('W', word), as(role))).text;
    for (const path of ['/beta/devices/$count?$search=W', '/beta/deviceEncryptionStates/$count?$search=W']) {
      expect(Number(await found(path, 'analyst'))).toBeGreaterThan(0);
      expect(await found(path, 'helpdesk')).toBe('0');
    }
    for (const path of [
      '/beta/devices?$filter=deviceEncryptionStates/$count($search=W) gt 0',
      '/beta/devices?$search=NOT W&$filter=false',
      '/beta/devices?$search=W OR W',
    ]) {
      expect(JSON.parse(await found(path, 'helpdesk')).value).toEqual([]);
    }
    const all = Number(await found('/beta/devices/$count', 'helpdesk'));
    expect(Number(await found('/beta/devices/$count?$search=NOT W', 'helpdesk'))).toBe(all);
  });

  test('a search for a person, in any collection that a reader sees', async () => {
    const words = [secret.serialNumber, secret.deviceName, secret.userPrincipalName].map((each) =>
      encodeURIComponent(`"${each}"`),
    );
    const { json } = await feed.get('/beta', as('reader'));
    for (const { name } of json.value as readonly { name: string }[]) {
      for (const word of words) {
        const { status, text } = await feed.get(`/beta/${name}/$count?$search=${word}`, as('reader'));
        expect([name, status < 300 ? text : '0']).toEqual([name, '0']);
      }
    }
  });
});

test('a kind of personal data that the role sees is shown, filtered and searched', async () => {
  const { json } = await feed.get(
    `/beta/devices?$filter=deviceName eq '${secret.deviceName}'`,
    as('helpdesk'),
  );
  expect(json.value[0].deviceName).toBe(secret.deviceName);
  const { text } = await feed.get(
    `/beta/devices/$count?$search=${encodeURIComponent(`"${secret.deviceName}"`)}`,
    as('helpdesk'),
  );
  expect(Number(text)).toBeGreaterThan(0);
});

test('no answer names a hidden column or holds a hidden value: rows, expanded rows, the past, documents', async () => {
  const visible = restrictModel(MODEL, HELPDESK).entities;
  const names = new Set([...visible.values()].flatMap(({ properties }) => Object.keys(properties)));
  const hidden = [...visible.keys()]
    .flatMap((name) => Object.keys(MODEL.entities.get(name)?.properties ?? {}))
    .filter((name) => !names.has(name));
  expect(hidden).toEqual(expect.arrayContaining([HIDDEN, 'userPrincipalName', 'imei']));
  for (const path of [
    '/beta/$metadata',
    '/v1.0/$metadata',
    '/beta/$metadata?$format=json',
    '/beta/devices?$expand=*',
    '/beta/users?$expand=devices',
    '/v1.0/devices',
    '/beta/devices?$apply=identity',
    `/beta/devicePropertyHistories/asOf(dateKey=${TODAY})?$expand=device`,
    `/beta/devices(1)/history(from=20261101,to=${TODAY})`,
  ]) {
    const { status, text } = await feed.get(path, as('helpdesk'));
    expect([path, status]).toEqual([path, 200]);
    expect(hidden.filter((name) => text.includes(`"${name}"`))).toEqual([]);
    expect(text).not.toContain(secret.serialNumber);
    expect(text).not.toContain(secret.userPrincipalName);
  }
});

describe('links of a caller who sees more', () => {
  const here = (link: string): string => link.replace(feed.base, '');

  test('a next link with a hidden order does not work', async () => {
    const { json } = await feed.get(`/beta/devices?$orderby=${HIDDEN}`, {
      ...as('analyst'),
      prefer: 'maxpagesize=2',
    });
    const link = here(json['@odata.nextLink']);
    expect((await feed.get(link, as('helpdesk'))).status).toBe(400);
    // Its token does not work for another query either.
    const token = /\$skiptoken=[^&]+/.exec(link)?.[0] ?? '';
    for (const query of [token, `$orderby=deviceName&${token}`]) {
      const { status, json: refused } = await feed.get(`/beta/devices?${query}`, as('helpdesk'));
      expect([status, refused.error.code]).toEqual([400, 'request.bad-skiptoken']);
    }
  });

  test('a next link with an order that both see continues without hidden columns', async () => {
    const { json } = await feed.get('/beta/devices?$orderby=deviceName', {
      ...as('analyst'),
      prefer: 'maxpagesize=2',
    });
    const next = await feed.get(here(json['@odata.nextLink']), as('helpdesk'));
    expect(next.status).toBe(200);
    expect(next.text).not.toContain(HIDDEN);
  });

  test('a delta link shows no hidden column', async () => {
    const track = { prefer: 'odata.track-changes' };
    for (const query of ['', `?$select=${HIDDEN}`, `?$filter=${HIDDEN} ne null`]) {
      const { json } = await feed.get(`/beta/devices${query}`, { ...as('analyst'), ...track });
      const changes = await feed.get(here(json['@odata.deltaLink']), as('helpdesk'));
      expect(changes.status).toBe(query === '' ? 200 : 400);
      expect(changes.text.replaceAll(/No property '\w+'|"target":"\w+"|[$]\w+=[^"]*/g, '')).not.toContain(
        HIDDEN,
      );
    }
  });

  test('an ETag does not match', async () => {
    const { headers } = await feed.get('/beta/devices?$select=deviceKey', as('analyst'));
    const tag = headers.get('etag') ?? '';
    const { status } = await feed.get('/beta/devices?$select=deviceKey', {
      ...as('helpdesk'),
      'if-none-match': tag,
    });
    expect(status).toBe(200);
  });
});

function post(path: string, body: string, type: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { ...as('helpdesk'), 'content-type': type };
    const asking = request(feed.base + path, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
