// `export`: writes each collection of the newest generation into a file, for other programs or another warehouse.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODEL } from '../../../schema/fleetfeed-model.ts';
import { digestFile } from '../../engines/digest-file.ts';
import { FeedError } from '../../base/feed-error.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import { feedEmpty } from '../../base/feed-empty.ts';
import {
  openExport,
  type ExportSource,
  type ExportTable,
} from '../../engines/sqlite/transfer/export-tables.ts';
import { listGenerations, type StoredGeneration } from '../../engines/sqlite/generations/generation-files.ts';
import { schemaFingerprint } from '../../engines/sqlite/generations/schema-fingerprint.ts';
import type { TableFormat, TableRow } from '../../format/table/table-format.ts';
import { migrateWarehouse } from '../wiring/migrate-warehouse.ts';
import { choice, names } from '../../settings/setting.ts';
import { defineCommand, requiredPath } from './command.ts';
import { MANIFEST, type ExportedTable, type ExportManifest } from '../wiring/export-manifest.ts';
import { TABLE_FORMATS } from '../wiring/table-formats.ts';
import { countOf } from '../text/count-of.ts';
import { say } from '../process/terminal.ts';

export const exportCommand = defineCommand({
  help: 'Writes each collection with all its days into a file, with a manifest.',
  settings: ['data', 'keepGenerations'],
  options: {
    to: requiredPath('The folder to write into: an empty one, or one to make.'),
    format: choice(['csv', 'parquet'], 'How it is written: text in UTF-8, or compressed by columns.'),
    collections: names('Collections to export, separated by commas; all of them by default.'),
  },
  example: 'fleetfeed export --to /mnt/export',
  run: async (settings, { to, format, collections }) => {
    const { data } = settings;
    requireFreeFolder(to);
    for (const name of collections) requireCollection(name);
    if (existsSync(data)) migrateWarehouse(settings);
    const [newest] = listGenerations(data);
    if (!newest) throw feedEmpty(data);
    // It holds personal data: nobody else may read the files, or a folder that is made for them.
    process.umask(0o077);
    mkdirSync(to, { recursive: true });
    const source = openExport(newest.path, MODEL);
    try {
      const isWanted = ({ name }: ExportTable): boolean =>
        collections.length === 0 || collections.includes(name);
      const tables = await writeTables(to, TABLE_FORMATS[format], source, source.tables.filter(isWanted));
      const manifest = manifestOf(newest, { format, whole: collections.length === 0, tables });
      writeFileSync(join(to, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
      const rows = tables.reduce((sum, each) => sum + each.rows, 0);
      say(
        `Generation ${newest.id} of ${newest.dateKey} is in '${to}': ${countOf(tables.length, 'file')}, ${countOf(rows, 'row')}.`,
      );
    } finally {
      source.close();
    }
  },
});

/** An export among other files could not be distinguished from them. */
function requireFreeFolder(to: string): void {
  const stats = statSync(to, { throwIfNoEntry: false });
  if (!stats) return;
  const isFolder = stats.isDirectory();
  if (isFolder && readdirSync(to).length === 0) return;
  const message = isFolder ? `The folder '${to}' is not empty.` : `'${to}' is a file, not a folder.`;
  throw new FeedError('setup.bad-setting', message, { target: '--to' });
}

function requireCollection(name: string): void {
  if (MODEL.entities.has(name)) return;
  const hint = didYouMean(MODEL.entities.keys(), name) ?? "'fleetfeed print collections' lists them.";
  throw new FeedError('setup.bad-setting', `There is no collection '${name}'.`, {
    target: '--collections',
    hint,
  });
}

/** Removes what was written of an export that fails: without a manifest it is useless. */
async function writeTables(
  folder: string,
  format: TableFormat,
  source: ExportSource,
  tables: readonly ExportTable[],
): Promise<readonly ExportedTable[]> {
  const written: ExportedTable[] = [];
  try {
    for (const table of tables) written.push(await writeTable(folder, format, source, table));
    return written;
  } catch (error) {
    for (const { name } of tables) rmSync(join(folder, `${name}.${format.extension}`), { force: true });
    throw error;
  }
}

async function writeTable(
  folder: string,
  format: TableFormat,
  source: ExportSource,
  table: ExportTable,
): Promise<ExportedTable> {
  const { name, columns } = table;
  const file = `${name}.${format.extension}`;
  const path = join(folder, file);
  let rows = 0;
  function* counted(): Generator<TableRow> {
    for (const row of source.rows(table)) {
      rows += 1;
      yield row;
    }
  }
  await format.write(path, columns, counted());
  return { name, file, rows, sha256: await digestFile(path), columns };
}

type ManifestContents = Pick<ExportManifest, 'format' | 'whole' | 'tables'>;

function manifestOf(
  { id, dateKey, publishedAt }: StoredGeneration,
  contents: ManifestContents,
): ExportManifest {
  const { format, whole, tables } = contents;
  const mark = schemaFingerprint(MODEL);
  return { kind: 'fleetfeed-export', format, generation: id, dateKey, publishedAt, mark, whole, tables };
}
