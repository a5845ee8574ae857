// A client that SAP's Cloud SDK writes from our $metadata: it compiles strictly, its types bite, and it reads the feed.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { TODAY } from '../70-http/test-feed.ts';
import { CLIENT_TIMEOUT_MS, openClientProject, type ClientProject } from './client-project.ts';

/** What somebody who uses the generated client would write. */
const PROGRAM = `
import { and, desc, filterFunctions, or } from '@sap-cloud-sdk/odata-v4';
import type { Moment } from 'moment';
import { batch } from './client/fleetfeed/BatchRequest';
import { fleetfeed } from './client/fleetfeed/service';

async function main(url: string): Promise<void> {
  const { devicesApi, deviceEncryptionStatesApi, deviceTypesApi } = fleetfeed();
  const { endsWith, toLower } = filterFunctions();
  const device = devicesApi.schema;
  const fact = deviceEncryptionStatesApi.schema;

  const matching = devicesApi
    .requestBuilder()
    .getAll()
    .filter(
      and(
        device.IS_DELETED.equals(false),
        toLower(device.OPERATING_SYSTEM).equals('windows'),
        or(endsWith(device.DEVICE_NAME, '8').equals(true), device.DEVICE_KEY.lessThan(20)),
      ),
    );
  const count: number = await matching.count().execute({ url });
  const devices = await matching
    .select(device.DEVICE_KEY, device.DEVICE_NAME)
    .expand(
      device.DEVICE_TYPE.select(deviceTypesApi.schema.DEVICE_TYPE_NAME),
      device.DEVICE_ENCRYPTION_STATES.select(fact.DATE_KEY).filter(fact.DATE_KEY.greaterThan(${TODAY - 2})),
    )
    .orderBy(desc(device.DEVICE_NAME))
    .top(5)
    .execute({ url });

  const { deviceKey } = devices[0]!;
  const one = await devicesApi.requestBuilder().getByKey(deviceKey).execute({ url });
  const enrolled: Moment | null | undefined = one.enrolledDateTime;

  const days = await deviceEncryptionStatesApi
    .requestBuilder()
    .getAll()
    .filter(fact.DEVICE_KEY.equals(deviceKey))
    .orderBy(desc(fact.DATE_KEY))
    .execute({ url });
  const answers = await batch(
    devicesApi.requestBuilder().getByKey(deviceKey),
    deviceTypesApi.requestBuilder().getAll().top(2),
    devicesApi.requestBuilder().getByKey(-77),
  ).execute({ url });
  const [again, types, nobody] = answers;

  // @ts-expect-error No such property.
  void days[0]!.encrypted;

  console.log(JSON.stringify({
    count,
    devices: devices.map(({ deviceKey, deviceName, osVersion = 'not asked for' }) => [deviceKey, deviceName, osVersion]),
    types: devices.map(({ deviceType }) => deviceType?.deviceTypeName),
    latest: devices[0]!.deviceEncryptionStates.map(({ dateKey }) => dateKey),
    one: [one.deviceKey, one.deviceName, enrolled?.toISOString()],
    days: days.map(({ dateKey }) => dateKey),
    batch: [
      again?.isReadResponse() && again.as(devicesApi)[0]?.deviceName,
      types?.isReadResponse() && types.as(deviceTypesApi).length,
      nobody && !nobody.isSuccess() && nobody.httpCode,
    ],
  }));
}

void main(process.argv[2]!);
`;

jest.setTimeout(CLIENT_TIMEOUT_MS);
let workshop: ClientProject;
beforeAll(async () => {
  workshop = await openClientProject();
});
afterAll(() => workshop.close());

test('a typed client is generated from $metadata, compiles, and reads what we would answer', async () => {
  const { feed } = workshop;
  await workshop.runTool('@sap-cloud-sdk/generator/dist/cli.js', '-i', 'fleetfeed.xml', '-o', 'client');
  const answer = await workshop.compileAndRun(PROGRAM, `${feed.base}/beta`);

  const filter =
    "isDeleted eq false and operatingSystem eq 'Windows' and (endswith(deviceName,'8') or deviceKey lt 20)";
  const { json } = await feed.get(
    `/beta/devices?$filter=${filter}&$orderby=deviceName desc&$count=true&$expand=deviceType`,
  );
  const five: (typeof json.value)[] = json.value.slice(0, 5);
  const [first] = json.value;
  expect(json.value.length).toBeGreaterThan(5);
  expect(answer).toEqual({
    count: json['@odata.count'],
    devices: five.map(({ deviceKey, deviceName }) => [deviceKey, deviceName, 'not asked for']),
    types: five.map(({ deviceType }) => deviceType.deviceTypeName),
    latest: [TODAY - 1, TODAY],
    one: [first.deviceKey, first.deviceName, new Date(first.enrolledDateTime).toISOString()],
    days: [TODAY, TODAY - 1, TODAY - 2, TODAY - 3],
    batch: [first.deviceName, 2, 404],
  });
});
