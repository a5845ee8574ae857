// A client that odata2ts writes from our $metadata: it compiles strictly, its types bite, and it reads the feed.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeTestWarehouse, startTestFeed, type TestFeed } from '../70-http/feed.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
// Collections that all lead to each other make deep types: the compiler wants more stack than the usual megabyte.
const DEEP = '--stack-size=3900';
const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'commonjs',
  moduleResolution: 'node10',
  ignoreDeprecations: '6.0',
  strict: true,
  types: ['node'],
  skipLibCheck: true,
};

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

let warehouse: Awaited<ReturnType<typeof makeTestWarehouse>>;
let feed: TestFeed;
let folder: string;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  feed = await startTestFeed({ data: warehouse.data });
  folder = mkdtempSync(join(tmpdir(), 'fleetfeed-client-'));
  symlinkSync(MODULES, join(folder, 'node_modules'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await feed.stop();
  warehouse.remove();
});

/** What a program printed; throws with all of it when it fails. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [DEEP, program, ...args], { cwd: folder })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(stdout + stderr, { cause: error });
  }
}

test('a typed client is generated from $metadata, compiles, and reads what it asks for', async () => {
  const { text } = await feed.get('/beta/$metadata', { accept: 'application/xml' });
  writeFileSync(join(folder, 'metadata.xml'), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
  writeFileSync(join(folder, 'program.ts'), PROGRAM);

  const wanted = ['-s', 'metadata.xml', '-o', 'client', '-m', 'service', '-e', 'ts'];
  await run(join(MODULES, '@odata2ts/odata2ts/lib/run-cli.js'), ...wanted);
  await run(join(MODULES, 'typescript/bin/tsc'), '-p', '.');
  const printed = await run('program.js', `${feed.base}/beta`);

  const answer = JSON.parse(printed);
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
