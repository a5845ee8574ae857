// $batch over HTTP: several reads in one request, in both of its forms.
import { describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../src/base/limits.ts';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

const JSON_TYPE = { 'Content-Type': 'application/json' };
const CONTINUE = { Prefer: 'odata.continue-on-error' };

async function post(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  path = '/beta/$batch',
) {
  const response = await fetch(feed.base + path, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

interface Answered {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: ReturnType<typeof JSON.parse>;
}

type Asked = Readonly<Record<string, unknown>>;

/** Parts without an id are numbered, those without a method are GET. */
async function batch(
  requests: readonly Asked[],
  headers: Readonly<Record<string, string>> = {},
  path?: string,
): Promise<readonly Answered[]> {
  const numbered = requests.map((each, index) => ({ id: String(index + 1), method: 'GET', ...each }));
  const sent = await post(JSON.stringify({ requests: numbered }), { ...JSON_TYPE, ...headers }, path);
  expect(sent.status).toBe(200);
  return (JSON.parse(sent.text) as { responses: readonly Answered[] }).responses;
}

const statuses = async (...parameters: Parameters<typeof batch>): Promise<readonly number[]> =>
  (await batch(...parameters)).map(({ status }) => status);

const GOOD = { url: 'devices?$top=1&$select=deviceKey' };
const BAD = { url: 'devices?$filter=deviceNmae eq 1' };

describe('a JSON batch', () => {
  test('is answered part by part, each as it would be alone', async () => {
    const urls = ['devices?$top=2&$select=deviceKey', 'devices/$count', '$metadata', '', 'devices(-77)'];
    const answers = await batch(urls.map((url, index) => ({ id: `part ${index}`, url: `/beta/${url}` })));
    expect(answers.map(({ id, status }) => [id, status])).toEqual([
      ['part 0', 200],
      ['part 1', 200],
      ['part 2', 200],
      ['part 3', 200],
      ['part 4', 404],
    ]);
    for (const [index, { headers, body }] of answers.entries()) {
      const alone = await feed.get(`/beta/${urls[index]!}`);
      expect(body).toEqual(alone.json ?? alone.text);
      expect(headers['content-type']).toBe(alone.headers.get('content-type'));
      expect(headers['etag']).toBe(alone.headers.get('etag') ?? undefined);
      expect(headers['odata-version']).toBe('4.0');
    }
  });

  test.each([
    ['relative to the service', 'devices(DEVICE)/deviceName/$value'],
    ['relative to the service, after a slash', '/devices(DEVICE)/deviceName/$value'],
    ['relative to the service, after two', '//devices(DEVICE)/deviceName/$value'],
    ['from the host', '/beta/devices(DEVICE)/deviceName/$value'],
    ['whole', 'BASE/beta/devices(DEVICE)/deviceName/$value'],
    ['with an earlier part in it', '$1/deviceName/$value'],
    ['with a slash before the earlier part', '/$1/deviceName/$value'],
    ['beyond ASCII', "devices(DEVICE)/deviceName/$value?x='é東'"],
  ])('takes addresses %s', async (_, url) => {
    const { json } = await feed.get('/beta/devices?$top=1&$filter=deviceName ne null');
    const [{ deviceKey, deviceName }] = json.value;
    const address = url.replace('DEVICE', deviceKey).replace('BASE', feed.base);
    const answers = await batch([{ url: `devices(${deviceKey})` }, { url: address }]);
    expect(answers[1]).toMatchObject({ status: 200, body: deviceName });
  });

  test('accepts no address of another server, and none without a resource', async () => {
    const urls = [
      'http://elsewhere.example/beta/devices',
      '/nowhere',
      `${feed.base}.evil.example/beta/devices`,
    ];
    expect(
      await statuses(
        urls.map((url) => ({ url })),
        CONTINUE,
      ),
    ).toEqual([404, 404, 404]);
  });

  test('uses its own version for each part that does not name one', async () => {
    const long = '/ReportingService/DataWarehouseFEService';
    const beyond = { url: 'devices?$orderby=deviceKey&$top=1' };
    const answers = await batch(
      [beyond, { url: `${beyond.url}&api-version=v1.0` }, { url: `${long}/${beyond.url}` }],
      CONTINUE,
      `${long}/$batch?api-version=beta`,
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400]);
    expect(await statuses([beyond], {}, '/v1.0/$batch')).toEqual([400]);
  });

  test('has headers that apply to all parts that do not have their own', async () => {
    const answers = await batch(
      [{ url: 'devices' }, { url: 'devices', headers: { Prefer: 'maxpagesize=3' } }],
      { Prefer: 'odata.maxpagesize=2' },
    );
    expect(answers.map(({ body }) => body.value.length)).toEqual([2, 3]);
    expect(answers[1]?.headers['preference-applied']).toBe('maxpagesize=3');
  });

  test('lets each part ask for its own format, and for a 304', async () => {
    const [first] = await batch([{ ...GOOD, headers: { Accept: 'application/json;odata.metadata=none' } }]);
    expect(first?.body).not.toHaveProperty(['@odata.context']);
    const etag = first?.headers['etag'] ?? '';
    const headers = { Accept: 'application/json;odata.metadata=none', 'If-None-Match': etag };
    const [again] = await batch([{ ...GOOD, headers }]);
    expect(again).toMatchObject({ status: 304 });
    expect(again).not.toHaveProperty('body');
  });

  test('marks each part after a failed one as not executed', async () => {
    const answers = await batch([GOOD, BAD, GOOD]);
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 424]);
    expect(answers[2]?.body.error).toMatchObject({ code: 'request.failed-dependency' });
  });

  test('continues after a failure if requested, and confirms the preference', async () => {
    expect(await statuses([BAD, GOOD], CONTINUE)).toEqual([400, 200]);
    const requests = [{ id: '1', method: 'GET', url: 'devices/$count' }];
    const { headers } = await post(JSON.stringify({ requests }), { ...JSON_TYPE, ...CONTINUE });
    expect(headers.get('preference-applied')).toBe('odata.continue-on-error');
    expect(headers.get('odata-version')).toBe('4.0');
  });

  test('does not execute a part that depends on a failed one', async () => {
    const needy = { ...GOOD, dependsOn: ['1'] };
    expect(await statuses([BAD, needy, { ...GOOD, dependsOn: ['2'] }, GOOD], CONTINUE)).toEqual([
      400, 424, 424, 200,
    ]);
    expect(await statuses([GOOD, needy], CONTINUE)).toEqual([200, 200]);
    expect(await statuses([BAD, { url: '$1/deviceName' }], CONTINUE)).toEqual([400, 424]);
  });

  test('executes a part only if its condition holds', async () => {
    const answers = [
      { ...GOOD, if: '$1/$succeeded' },
      { ...GOOD, if: 'not $1/$succeeded' },
    ];
    expect(await statuses([GOOD, ...answers], CONTINUE)).toEqual([200, 200, 424]);
    expect(await statuses([BAD, ...answers], CONTINUE)).toEqual([400, 424, 200]);
    expect(await statuses([GOOD, answers[1]!, GOOD])).toEqual([200, 424, 200]);
  });

  test('fails a group as one', async () => {
    const [good, bad] = [GOOD, BAD].map((each) => ({ ...each, atomicityGroup: 'g' }));
    expect(await statuses([good!, good!, GOOD], CONTINUE)).toEqual([200, 200, 200]);
    expect(await statuses([good!, bad!, { ...GOOD, dependsOn: ['g'] }, GOOD], CONTINUE)).toEqual([
      424, 400, 424, 200,
    ]);
  });

  test.each(['POST', 'PATCH', 'DELETE', 'PUT'])('refuses to write with %s', async (method) => {
    const [answer] = await batch([{ method, url: 'devices(7)', body: {} }]);
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('holds no other batch', async () => {
    expect(await statuses([{ url: '$batch' }, { url: '/beta/%24batch' }], CONTINUE)).toEqual([405, 405]);
  });

  test('without parts is answered with none', async () => {
    expect(await batch([])).toEqual([]);
  });
});

/** The parts of a multipart answer: head of the part, status line and headers, body. */
function cut({ headers, text }: Awaited<ReturnType<typeof post>>): readonly (readonly string[])[] {
  const boundary = /^multipart\/mixed;boundary=(\S+)$/.exec(headers.get('content-type') ?? '')?.[1] ?? '';
  const pieces = text.split(`--${boundary}`);
  expect(pieces[0]).toBe('');
  expect(pieces.at(-1)).toBe('--\r\n');
  return pieces.slice(1, -1).map((piece) => piece.trim().split('\r\n\r\n'));
}

const MULTIPART = { 'Content-Type': 'multipart/mixed; boundary="batch 1"' };

function multipart(...requests: readonly string[]): string {
  const parts = requests.map(
    (request, index) =>
      `--batch 1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${index + 1}\r\n\r\n${request}\r\n\r\n`,
  );
  return `${parts.join('')}--batch 1--\r\n`;
}

describe('a multipart batch', () => {
  test('is answered in order, each part as an HTTP message', async () => {
    const requests = [
      'GET devices?$top=1&$select=deviceKey HTTP/1.1\r\nAccept: application/json;odata.metadata=none',
      `GET ${feed.base}/beta/devices/$count HTTP/1.1`,
      'GET /beta/devices(-77) HTTP/1.1\r\nHost: fleet.example',
    ];
    const answer = await post(multipart(...requests), MULTIPART);
    expect(answer.status).toBe(200);
    const [first, second, third] = cut(answer);
    expect(first?.[0]).toBe(
      'Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1',
    );
    expect(first?.[1]).toMatch(/^HTTP\/1\.1 200 OK\r\nOData-Version: 4\.0\r\n.*Content-Length: \d+$/s);
    expect(JSON.parse(first?.[2] ?? '')).toEqual({ value: [{ deviceKey: expect.any(Number) }] });
    expect(second?.[2]).toBe(String(feed.count('devices')));
    expect(third?.[1]).toMatch(/^HTTP\/1\.1 404 Not Found/);
    expect(JSON.parse(third?.[2] ?? '').error.code).toBe('request.no-such-entity');
  });

  test('ends at the first failure unless it asks to continue', async () => {
    const body = multipart('GET nothing HTTP/1.1', 'GET devices/$count HTTP/1.1');
    expect(cut(await post(body, MULTIPART))).toHaveLength(1);
    const whole = await post(body, { ...MULTIPART, Prefer: 'continue-on-error' });
    expect(cut(whole)).toHaveLength(2);
    expect(whole.headers.get('preference-applied')).toBe('continue-on-error');
    expect(cut(await post(body, { ...MULTIPART, Prefer: 'continue-on-error=false' }))).toHaveLength(1);
  });

  test('refuses a change set as a whole', async () => {
    const set = 'Content-Type: multipart/mixed;boundary=set';
    const inner = '--set\r\nContent-Type: application/http\r\n\r\nDELETE devices(7) HTTP/1.1\r\n\r\n--set--';
    const body = `--batch 1\r\n${set}\r\n\r\n${inner}\r\n--batch 1--\r\n`;
    const [answer] = cut(await post(body, MULTIPART));
    expect(answer?.[1]).toMatch(/^HTTP\/1\.1 405 Method Not Allowed/);
  });

  test('refers to an earlier part by its Content-ID', async () => {
    const { json } = await feed.get('/beta/devices?$top=1&$filter=deviceName ne null');
    const [{ deviceKey, deviceName }] = json.value;
    const body = multipart(`GET devices(${deviceKey}) HTTP/1.1`, 'GET $1/deviceName/$value HTTP/1.1');
    expect(cut(await post(body, MULTIPART))[1]?.[2]).toBe(deviceName);
  });
});

describe('a request that is not a batch', () => {
  const code = async (...sent: Parameters<typeof post>) => {
    const { status, text } = await post(...sent);
    return [status, JSON.parse(text).error.code];
  };
  test.each<[string, string, Record<string, string>, number, string]>([
    ['nonsense', 'nonsense', JSON_TYPE, 400, 'request.malformed-batch'],
    ['nonsense in parts', 'nonsense', MULTIPART, 400, 'request.malformed-batch'],
    ['text', '{"requests":[]}', { 'Content-Type': 'text/plain' }, 415, 'request.unsupported-media'],
    ['no boundary', '', { 'Content-Type': 'multipart/mixed' }, 415, 'request.unsupported-media'],
    ['packed', '{}', { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, 415, 'request.unsupported-media'],
    [
      'Atom back',
      '{"requests":[]}',
      { ...JSON_TYPE, Accept: 'application/atom+xml' },
      406,
      'request.not-acceptable',
    ],
    [
      'version 3',
      '{"requests":[]}',
      { ...JSON_TYPE, 'OData-Version': '3.0' },
      400,
      'request.protocol-version',
    ],
  ])('%s', async (_, body, headers, status, expected) => {
    expect(await code(body, headers)).toEqual([status, expected]);
  });

  test('that is packed to be large when unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    expect((await code(bomb, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }))[0]).toBe(415);
  });

  test('that is not UTF-8', async () => {
    expect((await code(Buffer.from([0x7b, 0xff, 0x7d]), JSON_TYPE))[0]).toBe(400);
  });

  test.each(['GET', 'PUT', 'DELETE'])('but %s', async (method) => {
    const { status, headers } = await feed.raw('/beta/$batch', {}, method);
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });

  test('and a POST elsewhere is refused as before', async () => {
    expect((await code('{}', JSON_TYPE, '/beta/devices'))[0]).toBe(405);
    expect((await code('{}', JSON_TYPE, '/beta/devices/$batch'))[0]).toBe(405);
    expect((await code('{}', JSON_TYPE, '/nowhere/$batch'))[0]).toBe(405);
  });
});

describe('limits', () => {
  test('on its body apply before the body is read to the end', async () => {
    const body = Buffer.alloc(LIMITS.batchBodyBytes + 1, ' ');
    const { status, text } = await post(body, JSON_TYPE);
    expect([status, JSON.parse(text).error.code]).toEqual([413, 'limit.body-too-large']);
    expect(await pour()).toMatch(/^HTTP\/1\.1 413 .*"limit\.body-too-large"/s);
  });

  // A body without an announced length, and without an end.
  function pour(): Promise<string> {
    return new Promise((resolve) => {
      const { hostname, port } = new URL(feed.base);
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (data) => (text += String(data)));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
      const head = ['POST /beta/$batch HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json'];
      socket.write([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
      const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
      const more = (): void => {
        if (socket.destroyed || text !== '') return;
        socket.write(chunk, () => setImmediate(more));
      };
      more();
    });
  }

  test('on its number of parts', async () => {
    const requests = Array.from({ length: LIMITS.batchParts + 1 }, (_, index) => ({
      id: String(index),
      method: 'GET',
      url: 'devices/$count',
    }));
    const { status, text } = await post(JSON.stringify({ requests }), JSON_TYPE);
    expect([status, JSON.parse(text).error.code]).toEqual([400, 'limit.batch-too-large']);
    const most = requests.slice(1);
    expect(new Set(await statuses(most))).toEqual(new Set([200]));
  });

  test('on all its answers: a part that does not fit is refused, and a small one still fits', async () => {
    const large = Array.from({ length: LIMITS.batchParts - 1 }, () => ({ url: '$metadata' }));
    const answers = await batch([...large, { url: 'devices/$count' }], CONTINUE);
    const statusCodes = answers.map(({ status }) => status);
    const fitting = statusCodes.indexOf(400);
    expect(fitting).toBeGreaterThan(10);
    expect(statusCodes.slice(0, fitting)).toEqual(large.slice(0, fitting).map(() => 200));
    expect(answers[fitting]?.body.error.code).toBe('limit.batch-too-large');
    expect(statusCodes.at(-1)).toBe(200);
  });
});

test('a client that disconnects in the middle of a batch affects nobody else', async () => {
  const requests = Array.from({ length: 100 }, (_, id) => ({
    id: String(id),
    method: 'GET',
    url: 'devices',
  }));
  const leaving = new AbortController();
  const { body } = await fetch(`${feed.base}/beta/$batch`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ requests }),
    signal: leaving.signal,
  });
  await body?.getReader().read();
  leaving.abort();
  expect((await feed.get('/beta/devices/$count')).status).toBe(200);
  expect(feed.observations.filter(({ kind }) => kind === 'request.defect')).toEqual([]);
});

test('a batch is observed as one request with the rows of all its parts', async () => {
  const before = feed.observations.length;
  await batch([{ url: 'devices?$top=2' }, { url: 'devices?$top=3' }]);
  const observation = feed.observations.slice(before).find(({ kind }) => kind === 'request.answered');
  const shape = '/beta/$batch [devices?$top]';
  expect(observation).toMatchObject({ method: 'POST', shape, status: 200, rows: 5 });
});

describe('$entity', () => {
  test.each(['devices(DEVICE)', '/beta/devices(DEVICE)', 'BASE/beta/devices(DEVICE)', 'devices%28DEVICE%29'])(
    'finds the row of the id %s',
    async (id) => {
      const { json } = await feed.get('/beta/devices?$top=1');
      const [{ deviceKey }] = json.value;
      const written = id.replace('DEVICE', deviceKey).replace('BASE', feed.base);
      const path = `/beta/$entity?$select=deviceKey&$id=${encodeURIComponent(written)}`;
      expect(await feed.get(path)).toMatchObject({ status: 200, json: { deviceKey } });
    },
  );

  test.each(['/beta/$entity', '/beta/$entity?$id=', '/beta/$entity?$id=devices', '/beta/$entity?$id=/x(1)'])(
    '%s is refused',
    async (path) => {
      const { status, json } = await feed.get(path);
      expect([status, json.error.code, json.error.target]).toEqual([400, 'request.malformed-url', '$id']);
    },
  );
});
