// Turns a harvested record into the row that its stream describes.
import type { Property } from '../../schema/entity.ts';
import type { StagedRow, StagedValue } from '../../src/engines/staging.ts';
import type { Stream } from '../stream.ts';

export type RowMapper<Record_> = (record: Record_) => StagedRow;

/** Call it once for a stream; the mapper is called for each record. */
export function makeRowMapper<Own extends Readonly<Record<string, Property>>, Record_>({
  naturalKey,
  sources,
}: Stream<Own, Record_>): RowMapper<Record_> {
  const entries = Object.entries<(record: Record_) => StagedValue>(sources);
  return (record) => {
    const values: Record<string, StagedValue> = {};
    for (const [name, readValue] of entries) values[name] = readValue(record);
    return naturalKey ? { naturalKey: naturalKey(record), values } : { values };
  };
}

/** Maps a record to the values of an enrichment: those properties that it has a source for. */
export function makeEnrichmentMapper<Record_>(
  enrichment: Readonly<Record<string, ((record: Record_) => StagedValue) | undefined>>,
): (record: Record_) => StagedRow['values'] {
  const sources = Object.entries(enrichment);
  return (record) =>
    Object.fromEntries(
      sources.flatMap(([name, readValue]) => (readValue ? [[name, readValue(record)]] : [])),
    );
}
