// The tables of an export, imported into an empty warehouse by the same release, a later one and an earlier one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeModel, type Model } from '../../schema/model.ts';
import { entity, int32, text, textOrNull } from '../../schema/entity.ts';
import { openExport } from '../../src/engines/sqlite/transfer/export-tables.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import type { ImportSource } from '../../src/engines/sqlite/transfer/import-tables.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { TableRow } from '../../src/format/table/table-format.ts';
import { select, withDataDir } from './small-model.ts';

const noon = new Date('2026-01-01T12:00:00Z');
const visits = (
  more: Readonly<Record<string, ReturnType<typeof text> | ReturnType<typeof textOrNull>>> = {},
) =>
  entity({
    name: 'visits',
    singular: 'visit',
    lifetime: 'daily',
    description: 'Visits.',
    key: ['dateKey', 'placeId'],
    properties: { dateKey: int32('Day.', { role: 'day' }), placeId: text('Place.'), ...more },
  });
const small = makeModel('Small', [visits()]);
const grown = makeModel('Grown', [visits({ mood: textOrNull('Mood.'), room: text('Room.') })]);

/** Three days; the second has no rows. */
function exported(
  dataDir: string,
  model: Model,
  values: Readonly<Record<string, string>> = {},
): ImportSource {
  const warehouse = openSqliteWarehouse({ dataDir, model });
  const visitsOfModel = model.entities.get('visits')!;
  for (const [day, places] of [
    [20260101, ['a', 'b']],
    [20260102, []],
    [20260103, ['b']],
  ] as const) {
    const build = warehouse.beginBuild(day, noon);
    build.staging.append(
      visitsOfModel,
      places.map((placeId) => ({ values: { placeId, ...values } })),
    );
    build.merge(visitsOfModel, 'complete');
    build.publish();
  }
  const [newest] = listGenerations(dataDir);
  const source = openExport(newest!.path, model);
  const rows = new Map(source.tables.map((table) => [table.name, [...source.rows(table)]]));
  source.close();
  async function* batchOf(name: string): AsyncGenerator<readonly TableRow[]> {
    yield await Promise.resolve(rows.get(name) ?? []);
  }
  return { generation: newest!, tables: source.tables, rows: ({ name }) => batchOf(name) };
}

async function importedBy(model: Model, source: ImportSource): Promise<readonly (readonly unknown[])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-import-'));
  try {
    await openSqliteWarehouse({ dataDir: folder, model }).importTables(source);
    return select(folder, 'SELECT * FROM visits ORDER BY dateKey, placeId').map(Object.values);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('an import', () => {
  test('keeps a day without rows', async () => {
    const rows = await importedBy(
      small,
      withDataDir((dataDir) => exported(dataDir, small)),
    );
    expect(rows).toEqual([
      [20260101, 'a'],
      [20260101, 'b'],
      [20260103, 'b'],
    ]);
  });

  test('fills columns that the model has gained since', async () => {
    const rows = await importedBy(
      grown,
      withDataDir((dataDir) => exported(dataDir, small)),
    );
    expect(rows[0]).toEqual([20260101, 'a', null, '']);
  });

  test('refuses a column that only a later release has', async () => {
    const source = withDataDir((dataDir) => exported(dataDir, grown, { mood: 'good', room: '7' }));
    await expect(importedBy(small, source)).rejects.toMatchObject({
      code: 'setup.bad-setting',
      message: "The export has 'visits.mood', which this release does not know.",
    });
  });
});
