// The shorter spellings of OData 4.01 mean the same as the spellings of 4.0.
import { expect, test } from '@jest/globals';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

test.each([
  ['devices?filter=deviceKey gt 3&top=2', 'devices?$filter=deviceKey gt 3&$top=2'],
  ['devices?$FILTER=deviceKey GT 3 AND NOT isDeleted', 'devices?$filter=deviceKey gt 3 and not isDeleted'],
  ["devices?$filter=CONTAINS(deviceName,'a')", "devices?$filter=contains(deviceName,'a')"],
  ['DEVICES?$select=DeviceKey,DEVICENAME', 'devices?$select=deviceKey,deviceName'],
  ['devices?$orderby=DEVICENAME DESC', 'devices?$orderby=deviceName desc'],
  ['devices?$filter=deviceKey in (3,4)', 'devices?$filter=deviceKey eq 3 or deviceKey eq 4'],
  ['devices?$filter=deviceKey in (@a,@b)&@a=3&@b=4', 'devices?$filter=deviceKey eq 3 or deviceKey eq 4'],
  ['devices?$filter=deviceKey divby 2 eq 1.5', 'devices?$filter=deviceKey eq 3'],
  ['devices?$filter=user eq null', 'devices?$filter=user/userId eq null'],
  [
    'users?$filter=devices/$count($filter=isDeleted eq false) gt 0',
    'users?$filter=devices/any(x:x/isDeleted eq false)',
  ],
  [
    "devices?$filter=lastSyncDateTime gt now() sub 'P2D'",
    "devices?$filter=lastSyncDateTime gt now() sub duration'P2D'",
  ],
  [
    "devices?$filter=now() sub lastSyncDateTime lt duration'P2D'",
    "devices?$filter=lastSyncDateTime gt now() sub duration'P2D'",
  ],
  ["devices?$filter=deviceKey eq '3'", 'devices?$filter=deviceKey eq 3'],
  [
    'devices?$filter=@f&@f=deviceKey gt 3 and @g&@g=not isDeleted',
    'devices?$filter=deviceKey gt 3 and not isDeleted',
  ],
  ['devices?$orderby=@o desc&@o=deviceName', 'devices?$orderby=deviceName desc'],
  ['devices?$apply=filter(@f)&@f=deviceKey gt 3', 'devices?$apply=filter(deviceKey gt 3)'],
  ['devices?$filter=isof(Fleetfeed.device)', 'devices'],
  ["devices?$filter=substring(deviceName,-1) eq '1'", "devices?$filter=endswith(deviceName,'1')"],
  ['devices/$filter(@f)?@f=deviceKey gt 3', 'devices?$filter=deviceKey gt 3'],
  ['devices/$filter(@f)/7?@f=deviceKey gt 3', 'devices(7)'],
  [
    'devices/$filter(@f)?@f=deviceKey gt 3&$filter=isDeleted eq false&$top=5',
    'devices?$filter=deviceKey gt 3 and isDeleted eq false&$top=5',
  ],
  ['devices/$filter(@f)/7/devicePropertyHistories?@f=deviceKey gt 3', 'devices(7)/devicePropertyHistories'],
  ['users?$filter=devices/$count($search=NOT zzzz;$filter=true) eq 1', 'users?$filter=devices/$count eq 1'],
  ['devices(@key)?@key=3', 'devices(3)'],
  ['devices(deviceKey=3)', 'devices(3)'],
  ['devices/3', 'devices(3)'],
])('%s asks the same as %s', async (easy, strict) => {
  const [one, other] = [await feed.get(`/beta/${easy}`), await feed.get(`/beta/${strict}`)];
  expect([one.status, other.status]).toEqual([200, 200]);
  const rows = other.json.value ?? [other.json];
  expect(rows.length).toBeGreaterThan(0);
  expect(one.json.value ?? [one.json]).toEqual(rows);
});

test('a client that prefers respond-async gets its answer at once', async () => {
  const { status, headers } = await feed.get('/beta/devices?$top=1', {
    prefer: 'respond-async, maxpagesize=1',
  });
  expect(status).toBe(200);
  expect(headers.get('preference-applied')).toBe('maxpagesize=1');
});

test.each(['$schemaversion=1', '$index=0', '$select=deviceName($top=1)', "$filter=deviceName has 'x'"])(
  '%s is 501',
  async (option) => {
    const { status, json } = await feed.get(`/beta/devices?${option}`);
    expect([status, json.error.code]).toEqual([501, 'request.not-offered']);
  },
);
