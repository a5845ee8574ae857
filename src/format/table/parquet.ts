// Tables as Parquet, compressed by Snappy, in row groups that fit in memory.
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import type { EdmType, Row, Value } from '../../../schema/entity.ts';
import type { TableColumn, TableFormat, TableRow } from './table-format.ts';

const GROUP_ROWS = 10_000;

// Instants are texts: Parquet's nanoseconds do not reach the year 9999, and its microseconds lose the seventh digit.
const PARQUET_TYPES = {
  'Edm.Boolean': 'BOOLEAN',
  'Edm.Int32': 'INT32',
  'Edm.Int64': 'INT64',
  'Edm.Double': 'DOUBLE',
  'Edm.String': 'STRING',
  'Edm.DateTimeOffset': 'STRING',
} as const satisfies Record<EdmType, string>;

export const PARQUET: TableFormat = {
  extension: 'parquet',
  async write(path, columns, rows) {
    await parquetWriteRows({
      writer: fileWriter(path),
      columns: columns.map(({ name, type, nullable }) => ({ name, type: PARQUET_TYPES[type], nullable })),
      rows: rowObjects(columns, rows),
      rowGroupSize: GROUP_ROWS,
    });
  },
  async *read(path, columns) {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const names = columns.map(({ name }) => name);
    const found = metadata.schema.slice(1).map(({ name }) => name);
    if (found.join() !== names.join())
      throw new Error(`its columns are ${found.join(', ')}, and not ${names.join(', ')}`);
    let rowStart = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      let rows: readonly TableRow[] = [];
      const onComplete = (read: Value[][]): void => {
        rows = read;
      };
      await parquetRead({ file, metadata, columns: names, rowStart, rowEnd, onComplete });
      yield rows;
      rowStart = rowEnd;
    }
  },
};

function* rowObjects(columns: readonly TableColumn[], rows: Iterable<TableRow>): Generator<Row> {
  for (const row of rows)
    yield Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]));
}
