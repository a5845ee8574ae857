// Tables as files: what is written is read back to the last digit, and the same rows make the same bytes.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { CSV } from '../../src/format/table/csv.ts';
import { PARQUET } from '../../src/format/table/parquet.ts';
import type { TableColumn, TableFormat, TableRow } from '../../src/format/table/table-format.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COLUMNS: readonly TableColumn[] = [
  { name: 'id', type: 'Edm.Int32', nullable: false },
  { name: 'bytes', type: 'Edm.Int64', nullable: true },
  { name: 'share', type: 'Edm.Double', nullable: true },
  { name: 'isThere', type: 'Edm.Boolean', nullable: true },
  { name: 'name', type: 'Edm.String', nullable: true },
  { name: 'seen', type: 'Edm.DateTimeOffset', nullable: true },
];
const ROWS: readonly TableRow[] = [
  [1, 9_007_199_254_740_993n, 0.1, true, 'Zoë', '2018-02-21T23:18:51.3277273Z'],
  [-2_147_483_648, -9_223_372_036_854_775_808n, -1e-300, false, '', '9999-12-31T00:00:00Z'],
  [3, null, null, null, null, null],
  [4, 0n, 0, false, 'a,"b"\r\n=c\n', '0001-01-01T00:00:00Z'],
  [5, 1n, 1, true, 'null', null],
];

const roundTrip = async (format: TableFormat, columns: readonly TableColumn[], rows: readonly TableRow[]) => {
  const path = join(folder, `table.${format.extension}`);
  await format.write(path, columns, rows);
  const bytes = readFileSync(path);
  const read: TableRow[] = [];
  for await (const batch of format.read(path, columns)) read.push(...batch);
  await format.write(path, columns, read);
  return { read, bytes, again: readFileSync(path) };
};

describe.each([
  ['csv', CSV],
  ['parquet', PARQUET],
])('%s', (_, format) => {
  test('gives back every value of every type, null and an empty text apart', async () => {
    const { read, bytes, again } = await roundTrip(format, COLUMNS, ROWS);
    expect(read).toEqual(ROWS);
    expect(again.equals(bytes)).toBe(true);
  });

  test('has columns also where it has no rows', async () => {
    expect((await roundTrip(format, COLUMNS, [])).read).toEqual([]);
  });

  test('is one column of nulls, if need be', async () => {
    const columns = [{ name: 'name', type: 'Edm.String', nullable: true }] as const;
    expect((await roundTrip(format, columns, [[null], [''], [null]])).read).toEqual([[null], [''], [null]]);
  });

  test('reads more rows than it holds at a time', async () => {
    const rows = Array.from({ length: 12_345 }, (_each, index): TableRow => [index, `n${index % 7}`]);
    const columns = [COLUMNS[0]!, { name: 'name', type: 'Edm.String', nullable: false } as const];
    expect((await roundTrip(format, columns, rows)).read).toEqual(rows);
  });

  test('refuses a file with other columns', async () => {
    await roundTrip(format, COLUMNS, ROWS);
    const read = format.read(join(folder, `table.${format.extension}`), COLUMNS.slice(1));
    await expect(async () => {
      for await (const batch of read) expect(batch).toBeDefined();
    }).rejects.toThrow('its columns are id, bytes');
  });
});

test.each([
  ['"id"\n1.5\n', "record 2: id is '1.5', which is not of the type Edm.Int32"],
  ['"id"\n1\n\n', 'record 3: id is empty'],
  ['"id"\n2147483648\n', "record 2: id is '2147483648', which is not of the type Edm.Int32"],
  ['"id"\n-2147483649\n', "record 2: id is '-2147483649', which is not of the type Edm.Int32"],
  [
    '"bytes"\n9223372036854775808\n',
    "record 2: bytes is '9223372036854775808', which is not of the type Edm.Int64",
  ],
  [
    '"bytes"\n-9223372036854775809\n',
    "record 2: bytes is '-9223372036854775809', which is not of the type Edm.Int64",
  ],
  [
    `"bytes"\n${'9'.repeat(20)}\n`,
    `record 2: bytes is '${'9'.repeat(20)}', which is not of the type Edm.Int64`,
  ],
  [`"bytes"\n1${'0'.repeat(100_000)}\n`, 'which is not of the type Edm.Int64'],
])('csv refuses %.60j', async (text, why) => {
  const path = join(folder, 'bad.csv');
  writeFileSync(path, text);
  const columns = COLUMNS.filter(({ name }) => text.startsWith(`"${name}"`));
  await expect(async () => {
    for await (const batch of CSV.read(path, columns)) expect(batch).toBeDefined();
  }).rejects.toThrow(why);
});
