// More rows inside a row than fit there: a link leads to the rest, whatever the query around it.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { fileFeed } from './file-feed.ts';
import { followNested } from './follow-nested.ts';

const feed = fileFeed();

/** The rows of a page, with those behind the links inside them. */
async function whole(address: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const { status, json, text } = await feed.get(address, headers);
  if (status !== 200) throw new Error(text);
  return followNested(feed, json, headers);
}

const BARE = { accept: 'application/json;odata.metadata=none' };
const SMALL = { ...BARE, prefer: 'maxpagesize=3' };

describe('with maxpagesize the links inside lead to every row once, in order', () => {
  test.each([
    ['as it stands', 'ownerTypes?$top=3&$expand=devices($select=deviceKey)'],
    ['of one row', 'ownerTypes(1)?$expand=devices($select=deviceKey)'],
    [
      'in another order',
      'ownerTypes?$top=3&$expand=devices($select=deviceName;$orderby=osVersion desc,deviceName)',
    ],
    ['cut on both sides', 'ownerTypes?$top=3&$expand=devices($select=deviceKey;$skip=2;$top=9)'],
    [
      'filtered with an alias',
      "ownerTypes?$top=3&$expand=devices($select=deviceKey;$filter=deviceName ne @name and deviceKey gt 4)&@name='a''b;c&d'".replaceAll(
        '&d',
        '%26d',
      ),
    ],
    [
      'computed',
      'ownerTypes?$top=3&$expand=devices($compute=deviceKey mul 2 as twice;$select=twice;$filter=twice gt 9)',
    ],
    ['searched', 'ownerTypes?$top=3&$expand=devices($select=deviceKey;$search=windows OR iphone)'],
    [
      'inside each other',
      'ownerTypes?$top=3&$expand=devices($select=deviceKey,ownerType/ownerTypeKey;$expand=ownerType,devicePropertyHistories($select=dateKey;$orderby=dateKey desc))',
    ],
    [
      'behind one row',
      'devices?$top=3&$select=deviceKey&$expand=ownerType($select=ownerTypeKey;$expand=devices($select=deviceKey))',
    ],
    ['of days', 'devices?$top=3&$select=deviceKey&$expand=devicePropertyHistories($select=dateKey)'],
    [
      'of rows with a key of many',
      'devicePropertyHistories?$top=3&$select=dateKey&$expand=date($select=dateKey;$expand=devicePropertyHistories($select=deviceKey))',
    ],
    ['of references', 'ownerTypes?$top=3&$expand=devices/$ref'],
    ['of all there is', 'ownerTypes?$top=3&$expand=*($levels=2)'],
  ])('%s', async (_, address) => {
    const { text } = await feed.get(`/beta/${address}`, SMALL);
    expect(text).toContain('@odata.nextLink');
    expect(text).not.toMatch(/(?:\{[^[\]{}]*\},){3}\{[^[\]{}]*\}\]/);
    expect(await whole(`/beta/${address}`, SMALL)).toEqual(await whole(`/beta/${address}`, BARE));
  });
});

test('the link follows its collection and is absolute, and its page has a context', async () => {
  const { json, headers } = await feed.get(
    '/beta/ownerTypes(1)?$select=ownerTypeKey&$expand=devices($select=deviceKey;$count=true)',
    { prefer: 'maxpagesize=2' },
  );
  expect(headers.get('preference-applied')).toBe('maxpagesize=2');
  expect(Object.keys(json)).toEqual([
    '@odata.context',
    'ownerTypeKey',
    'devices@odata.count',
    'devices',
    'devices@odata.nextLink',
  ]);
  const link = String(json['devices@odata.nextLink']);
  expect(link).toMatch(
    new RegExp(
      `^${feed.base}/beta/ownerTypes\\(1\\)/devices\\?\\$select=deviceKey&\\$count=true&\\$skiptoken=`,
    ),
  );
  const next = await feed.get(link.slice(feed.base.length), { prefer: 'maxpagesize=2' });
  expect(next.json['@odata.context']).toMatch(/#devices\(deviceKey\)$/);
  expect(next.json['@odata.count']).toBe(json['devices@odata.count']);
  expect(next.json.value).toHaveLength(2);
  expect(next.json['@odata.nextLink']).toMatch(/\$skiptoken=/);
});

test('a collection that just fits has no link', async () => {
  const { json } = await feed.get('/beta/devices(1)?$expand=devicePropertyHistories', {
    prefer: 'maxpagesize=4',
  });
  expect(json.devicePropertyHistories).toHaveLength(4);
  expect(json).not.toHaveProperty(['devicePropertyHistories@odata.nextLink']);
});

test('a link works for its own query only, and stays on its generation', async () => {
  const { json } = await feed.get('/beta/ownerTypes(1)?$expand=devices($select=deviceKey)', {
    prefer: 'maxpagesize=2',
  });
  const link = String(json['devices@odata.nextLink']).slice(feed.base.length);
  const other = await feed.get(link.replace('$select=deviceKey', '$select=deviceName'));
  expect([other.status, other.json.error.code]).toEqual([400, 'request.bad-skiptoken']);
  // The first twelve letters are the checksum.
  const token = Buffer.from(/\$skiptoken=(.*)$/.exec(link)?.[1]?.slice(12) ?? '', 'base64url').toString();
  expect(token).toMatch(/^4,\d+,2\b/);
});

describe('a row with too many rows inside it in total', () => {
  const there = 'ownerType($select=ownerTypeKey;$expand=devices($select=deviceKey;$expand=';
  const round = `ownerTypes?$select=ownerTypeKey&$filter=ownerTypeKey eq 1&$expand=devices($select=deviceKey;$expand=${there}${there}deviceType)))))`;

  test('has smaller pages inside, and never more rows at once than the limit', async () => {
    const { status, json, text } = await feed.get(`/beta/${round}`);
    expect(status).toBe(200);
    for (const row of json.value) expect(countRows(row)).toBeLessThanOrEqual(LIMITS.expandedInAll);
    expect(text).toContain('devices@odata.nextLink');
  });

  test('is complete when its pages are followed', async () => {
    const few =
      'ownerTypes?$select=ownerTypeKey&$filter=ownerTypeKey eq 1&$expand=devices($select=deviceKey;$expand=ownerType($select=ownerTypeKey;$expand=devices($select=deviceKey)))';
    const rows = (await whole(`/beta/${few}`, BARE)) as {
      value: { devices: { ownerType: { devices: unknown[] } }[] }[];
    };
    const { devices } = rows.value[0]!;
    expect(devices.length).toBeGreaterThan(10);
    for (const { ownerType } of devices) expect(ownerType.devices).toHaveLength(devices.length);
  });
});

function countRows(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + 1 + countRows(each), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, each) => sum + countRows(each), 0);
}
