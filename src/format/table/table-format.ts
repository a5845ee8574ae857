// A table as a file: the interface of every export format.
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
  /** The extension of file names, without a dot. */
  readonly extension: string;
  /** The same rows make the same bytes. Rejects with the error of the file system. */
  write(path: string, columns: readonly TableColumn[], rows: Iterable<TableRow>): Promise<void>;
  /** Rows in batches, as they were written. Throws an Error that names the first unexpected place. */
  read(path: string, columns: readonly TableColumn[]): AsyncIterable<readonly TableRow[]>;
}
