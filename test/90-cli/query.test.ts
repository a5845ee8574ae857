// `query`: what the server would answer, without a server, and how SQLite would find it.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { readTypedAddress } from '../../src/cli/text/typed-address.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { fileFeed } from '../70-http/file-feed.ts';
import { runProgram } from './run-program.ts';

const feed = fileFeed();

const query = async (...args: readonly string[]) => {
  const environment = { FLEETFEED_DATA: feed.data, FLEETFEED_TODAY: '2026-11-20' };
  const program = runProgram(['query', ...args], environment);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

describe('query', () => {
  test.each([
    "/beta/devices?$filter=not isDeleted and deviceName ge 'D'&$orderby=deviceName&$select=deviceName&$top=3",
    '/v1.0/devices/$count',
    '/ReportingService/DataWarehouseFEService/dates(20261120)?api-version=beta',
    '/beta',
    '/v1.0/$metadata',
  ])('prints for %s what the server sends', async (path) => {
    const { code, stdout, stderr } = await query(feed.base + path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${(await feed.get(path)).text}\n`);
  });

  test('reads as a role, and sees what its readers see', async () => {
    const { stdout } = await query('/beta/$metadata', '--as', 'reader');
    expect(stdout).toContain('osVersion');
    expect(stdout).not.toContain('serialNumber');
    const { code, stderr } = await query('/beta/devices', '--as', 'raeder');
    expect([code, stderr]).toEqual([1, expect.stringContaining("Did you mean 'reader'?")]);
  });

  test('prints a page of many chunks completely, and its next link works', async () => {
    const path = '/beta/devicePropertyHistories';
    const rows = feed.count('devicePropertyHistories');
    const first = JSON.parse((await query(path, '--page-rows', '150')).stdout);
    expect(first.value).toHaveLength(150);
    const second = JSON.parse((await query(first['@odata.nextLink'], '--page-rows', '100000')).stdout);
    expect(second.value).toHaveLength(rows - 150);
  });

  test.each([
    [
      '/beta/devices?$filter=devicName eq 1',
      "No property 'devicName' on devices. Did you mean 'deviceName'?",
    ],
    ['/beta/devices(123456)', 'No device has this key.'],
    ['devices?$top=1', "Nothing lives at '/devices'. An address begins with v1.0 or beta: beta/devices."],
  ])('ends %s with 1 and the error that a server sends', async (path, sentence) => {
    const { code, stdout, stderr } = await query(path);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stderr).error.message).toContain(sentence);
  });

  test('migrates a warehouse of an earlier release, once, and says so', async () => {
    const [newest] = listGenerations(feed.data);
    const data = mkdtempSync(join(tmpdir(), 'fleetfeed-query-'));
    try {
      const path = join(data, basename(newest!.path));
      copyFileSync(newest!.path, path);
      const earlier = new Database(path);
      earlier.exec('ALTER TABLE devices DROP COLUMN easDeviceId; PRAGMA user_version = 1');
      earlier.close();
      const ask = () => query('beta/devices?$select=easDeviceId&$top=1', '--data', data);
      const first = await ask();
      expect(first.stderr).toContain(`as generation ${newest!.id + 1}.`);
      const second = await ask();
      expect([first.code, second]).toEqual([0, { code: 0, stdout: first.stdout, stderr: '' }]);
      expect(JSON.parse(second.stdout).value).toEqual([{ easDeviceId: null }]);
    } finally {
      rmSync(data, { recursive: true });
    }
  });

  test('with an empty warehouse says what is missing, and makes no folder', async () => {
    const nothing = `${feed.data}/nothing-here`;
    const { stderr } = await query('beta/devices', '--data', nothing);
    expect(stderr).toContain(`Nothing has been published in '${nothing}' yet.`);
    expect(existsSync(nothing)).toBe(false);
  });

  test('--explain prints the plan, the SQL with its values and the query plan of SQLite, and no row', async () => {
    const address =
      "beta/devices?$filter=startswith(deviceName,'DESK')&$orderby=osVersion&$select=deviceName";
    const { code, stdout } = await query(address, '--explain');
    expect(code).toBe(0);
    expect(stdout).toContain("test: 'startswith'");
    expect(stdout).toContain("deviceName: 'Edm.String',");
    expect(stdout).toMatch(/SQL: the first rows of a page\n {2}SELECT/);
    expect(stdout).toContain("1: 'DESK'\n  2: 'DESL'\n  3: <rows>");
    expect(stdout).toContain('USE TEMP B-TREE FOR ORDER BY');
    expect(stdout).toContain('<of the last row, order value 1>');
    expect(stdout).not.toContain('DESKTOP');
  });

  test('--explain shows every statement, also those that check whether a row exists', async () => {
    const { stdout } = await query('--explain', 'beta/deviceTypes(1)/devices?$count=true');
    expect(stdout.match(/^SQL: .*/gm)).toEqual([
      'SQL: one value',
      'SQL: one value',
      'SQL: the first rows of a page',
      'SQL: further rows, after the last row before',
    ]);
  });
});

describe('an address as it is typed', () => {
  const own = 'https://fleet.example/warehouse';
  test.each([
    ['beta/devices', '/beta/devices', own],
    [' /beta/devices?$top=3 ', '/beta/devices?$top=3', own],
    [`${own}/beta/devices`, '/beta/devices', own],
    ['http://127.0.0.1:4004/v1.0?a=b', '/v1.0?a=b', 'http://127.0.0.1:4004'],
    ["beta/users?$filter=userName eq 'Zoë'", "/beta/users?$filter=userName%20eq%20'Zo%C3%AB'", own],
    ['beta/devices?$filter=a%20eq%201', '/beta/devices?$filter=a%20eq%201', own],
  ])('%s', (typed, target, base) => {
    expect(readTypedAddress(typed, own)).toEqual({ target, base });
  });
});
