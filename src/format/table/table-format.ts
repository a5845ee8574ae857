// A whole table as one file: what every format of an export can do.
import type { EdmType, Value } from '../../../schema/entity.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: EdmType;
  readonly nullable: boolean;
}

/** Values in the order of the columns: an Int64 is a bigint, an instant OData's text with `Z`. */
export type TableRow = readonly Value[];

/** Reads and writes row by row: memory does not grow with the table. */
export interface TableFormat {
  /** Of the file's name, without a dot. */
  readonly extension: string;
  /** The same rows make the same bytes. Rejects with what the disk says. */
  write(path: string, columns: readonly TableColumn[], rows: Iterable<TableRow>): Promise<void>;
  /** Rows in batches, as they were written. Throws an Error that says where the file is not what was expected. */
  read(path: string, columns: readonly TableColumn[]): AsyncIterable<readonly TableRow[]>;
}
