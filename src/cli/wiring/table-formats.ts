// The formats of an export, by their names in --format.
import { CSV } from '../../format/table/csv.ts';
import { PARQUET } from '../../format/table/parquet.ts';
import type { TableFormat } from '../../format/table/table-format.ts';

export const TABLE_FORMATS: Readonly<Record<'csv' | 'parquet', TableFormat>> = {
  csv: CSV,
  parquet: PARQUET,
};
