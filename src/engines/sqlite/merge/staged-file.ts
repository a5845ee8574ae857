// What a night brings of one collection, in a file that SQLite opens as its own when the collection is merged.
import { columnSql } from '../../../../schema/derive/ddl.ts';
import type { Column, Storage } from '../../../../schema/derive/storage.ts';
import { NOT_TOLD, type StagedRow, type StagedValue } from '../../stage.ts';
import { EMPTY_BLOB, type RecordValue, RecordWriter } from '../table-writer/record-writer.ts';
import { TableWriter } from '../table-writer/table-writer.ts';
import { mayBeUntold, NATURAL, stagedColumn } from './staged-value.ts';

export interface StagedFile {
  readonly path: string;
  /** Columns in which some row leaves something untold. */
  readonly untold: ReadonlySet<string>;
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
  const isNumbered = roles.has('surrogate');
  const natural: Column = { name: NATURAL, type: 'TEXT', nullable: false };
  const properties = sourced.map((name) => stagedColumn(storage, name));
  const columns = [...(isNumbered ? [natural] : []), ...properties];
  const untold = new Set<string>();
  const writer = new TableWriter(path);
  const record = new RecordWriter(columns.length);
  let count = 0;

  const untellable = new Set(sourced.filter((name) => mayBeUntold(storage, name)));
  const told = (value: StagedValue | undefined, { name, nullable }: Column): RecordValue => {
    if (value === undefined || (value === null && !nullable))
      throw new TypeError(`${entity.name}.${name}: a row came without a value.`);
    if (value !== NOT_TOLD) return value;
    if (!untellable.has(name)) throw new TypeError(`${entity.name}.${name} must be told.`);
    untold.add(name);
    return EMPTY_BLOB;
  };
  return {
    path,
    untold,
    get rows() {
      return count;
    },
    append(rows) {
      for (const row of rows) {
        if (isNumbered) record.add(told(row.natural, natural));
        for (const column of properties) record.add(told(row.values[column.name], column));
        writer.put(record.end());
      }
      count += rows.length;
    },
    end: () => writer.end(STAGED_TABLE, columns.map(columnSql)),
    abandon: () => writer.abandon(),
  };
}
