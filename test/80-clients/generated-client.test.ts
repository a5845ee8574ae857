// A client that odata2ts writes from our $metadata: it compiles strictly, its types bite, and it reads the feed.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CLIENT_TIMEOUT_MS, openClientProject, type ClientProject } from './client-project.ts';

/** What somebody who uses the generated client would write. */
const PROGRAM = `
import { FetchClient } from '@odata2ts/http-client-fetch';
import { FleetfeedService } from './client/FleetfeedService';

async function main(root: string): Promise<void> {
  const feed = new FleetfeedService(new FetchClient(), root);
  const devices = await feed.devices().query((ask, device) =>
    ask
      .select('deviceKey', 'deviceName', 'lastSyncDateTime')
      .filter(device.isDeleted.eq(false), device.deviceName.ne(null), device.operatingSystem.toLower().eq('windows'))
      .orderBy(device.deviceName.desc())
      .top(5)
      .count(),
  );
  const names: (string | null)[] = devices.data.value.map(({ deviceName }) => deviceName);
  const key: number = devices.data.value[0]!.deviceKey;
  const one = await feed.devices(key).query();
  const type = await feed.devices(key).deviceType().query();
  const state = await feed
    .deviceEncryptionStates()
    .query((ask, fact) => ask.filter(fact.deviceKey.eq(key)).orderBy(fact.dateKey.desc()).top(1));
  // @ts-expect-error No such property.
  void state.data.value[0]!.encrypted;
  console.log(JSON.stringify({
    count: devices.data['@odata.count'],
    names,
    sameName: one.data.deviceName === names[0],
    type: type.data.deviceTypeName,
    day: state.data.value[0]!.dateKey,
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

test('a typed client is generated from $metadata, compiles, and reads what it asks for', async () => {
  const options = ['-s', 'fleetfeed.xml', '-o', 'client', '-m', 'service', '-e', 'ts'];
  await workshop.runTool('@odata2ts/odata2ts/lib/run-cli.js', ...options);
  const answer = await workshop.compileAndRun(PROGRAM, `${workshop.feed.base}/beta`);
  expect(answer).toEqual({
    count: expect.any(Number),
    names: [...answer.names].sort().reverse(),
    sameName: true,
    type: expect.any(String),
    day: 20261120,
  });
  expect(answer.names).toHaveLength(5);
  expect(answer.count).toBeGreaterThan(5);
});
