// How a harvested value is stored in a staging table, also one that its source did not report.
import type { BoundValue } from '../execute-sql.ts';
import { NOT_REPORTED, type StagedValue } from '../../staging.ts';

/** No property is a blob, so no value is mistaken for it. See `isReported` of the dialect. */
const NOT_REPORTED_BLOB = Buffer.of(0);

/** Throws a TypeError where the row has no value. */
export function toStagedSqlValue(entity: string, name: string, value: StagedValue | undefined): BoundValue {
  if (value === undefined) throw new TypeError(`A row of ${entity} has no value for ${name}.`);
  if (value === NOT_REPORTED) return NOT_REPORTED_BLOB;
  return typeof value === 'boolean' ? Number(value) : value;
}
