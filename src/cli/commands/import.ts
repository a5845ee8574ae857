// `import`: makes a warehouse from an export, in an empty data folder.
import { join } from 'node:path';
import { FeedError } from '../../base/feed-error.ts';
import type { ImportSource } from '../../engines/sqlite/transfer/import-tables.ts';
import type { TableFormat, TableRow } from '../../format/table/table-format.ts';
import { defineCommand } from './command.ts';
import {
  checkFiles,
  readManifest,
  type ExportedTable,
  type ExportManifest,
} from '../wiring/export-manifest.ts';
import { TABLE_FORMATS } from '../wiring/table-formats.ts';
import { openTenantWarehouse } from '../wiring/tenant-etl.ts';
import { countOf } from '../text/count-of.ts';
import { say } from '../process/terminal.ts';

export const importCommand = defineCommand({
  operands: { folder: { help: 'the folder of an export.', isPath: true } },
  example: 'fleetfeed import /mnt/export',
  help: 'Makes a warehouse from an export, in an empty data folder: same rows, same keys, same days.',
  settings: ['data', 'keepGenerations'],
  run: async (settings, { folder }) => {
    const manifest = readManifest(folder);
    await checkFiles(folder, manifest);
    const { id, dateKey } = await openTenantWarehouse(settings).importTables(sourceOf(folder, manifest));
    const rows = manifest.tables.reduce((sum, each) => sum + each.rows, 0);
    say(
      `Generation ${id} of ${dateKey} is served: ${countOf(manifest.tables.length, 'file')}, ${countOf(rows, 'row')}.`,
    );
  },
});

function sourceOf(folder: string, manifest: ExportManifest): ImportSource {
  const { generation: id, dateKey, publishedAt, tables } = manifest;
  const format = Object.values(TABLE_FORMATS).find((each) => each.extension === manifest.format);
  if (!format) throw new FeedError('setup.bad-setting', `The format '${manifest.format}' is unknown.`);
  const byName = new Map(tables.map((table) => [table.name, table]));
  return {
    generation: { id, dateKey, publishedAt },
    tables,
    rows: ({ name }) => rowsOf(folder, format, byName.get(name)),
  };
}

async function* rowsOf(
  folder: string,
  format: TableFormat,
  table: ExportedTable | undefined,
): AsyncGenerator<readonly TableRow[]> {
  if (!table) return;
  const path = join(folder, table.file);
  let rows = 0;
  try {
    for await (const batch of format.read(path, table.columns)) {
      rows += batch.length;
      yield batch;
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FeedError('feed.unavailable', `'${path}' cannot be read: ${why}.`, { cause });
  }
  if (rows === table.rows) return;
  throw new FeedError('feed.unavailable', `'${path}' has ${rows} rows instead of ${table.rows}.`);
}
