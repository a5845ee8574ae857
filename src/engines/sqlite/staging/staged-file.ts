// What a night brings of one collection, in a file that SQLite opens as its own when the collection is merged.
import { columnSql } from '../../../../schema/derive/ddl.ts';
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import { NOT_REPORTED, type StagedRow, type StagedValue } from '../../generation-build.ts';
import { EMPTY_BLOB, type RecordValue, RecordWriter } from '../table-writer/record-writer.ts';
import { TableWriter } from '../table-writer/table-writer.ts';
import { mayBeUnreported, NATURAL_KEY, stagedColumn } from './staged-value.ts';

export interface StagedFile {
  readonly path: string;
  /** Columns in which some row leaves something untold. */
  readonly unreportedColumns: ReadonlySet<string>;
  readonly rows: number;
  append(rows: readonly StagedRow[]): void;
  /** No more rows: it can be attached. */
  end(): void;
  /** No more rows, and no use of those that came. */
  abandon(): void;
}

/** The table in it. */
export const STAGED_TABLE = 'staged';

/** Makes the file. Each way to end closes it; whoever made it removes it. */
export function openStagedFile(path: string, storage: Storage): StagedFile {
  const { entity, sourced, roles } = storage;
  const hasSurrogateKey = roles.has('surrogate');
  const naturalKey: Column = { name: NATURAL_KEY, type: 'TEXT', nullable: false };
  const properties = sourced.map((name) => stagedColumn(storage, name));
  const columns = [...(hasSurrogateKey ? [naturalKey] : []), ...properties];
  const unreportedColumns = new Set<string>();
  const writer = new TableWriter(path);
  const record = new RecordWriter(columns.length);
  let count = 0;

  const optionalColumns = new Set(sourced.filter((name) => mayBeUnreported(storage, name)));
  const toRecordValue = (value: StagedValue | undefined, { name, nullable }: Column): RecordValue => {
    if (value === undefined || (value === null && !nullable))
      throw new TypeError(`${entity.name}.${name}: a row came without a value.`);
    if (value !== NOT_REPORTED) return value;
    if (!optionalColumns.has(name)) throw new TypeError(`${entity.name}.${name} must be told.`);
    unreportedColumns.add(name);
    return EMPTY_BLOB;
  };
  return {
    path,
    unreportedColumns,
    get rows() {
      return count;
    },
    append(rows) {
      for (const row of rows) {
        if (hasSurrogateKey) record.add(toRecordValue(row.naturalKey, naturalKey));
        for (const column of properties) record.add(toRecordValue(row.values[column.name], column));
        writer.put(record.end());
      }
      count += rows.length;
    },
    end: () => writer.end(STAGED_TABLE, columns.map(columnSql)),
    abandon: () => writer.abandon(),
  };
}
