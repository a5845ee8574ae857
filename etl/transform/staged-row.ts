// Turns a harvested record into the row that its stream describes.
import type { Property } from '../../schema/words.ts';
import type { StagedRow, StagedValue } from '../../src/engines/generation-build.ts';
import type { Stream } from '../stream.ts';

export type ToRow<Record_> = (record: Record_) => StagedRow;

/** Made once a stream, since it is called once a record. */
export function rowMaker<Own extends Readonly<Record<string, Property>>, Record_>({
  natural,
  columns,
}: Stream<Own, Record_>): ToRow<Record_> {
  const sources = Object.entries<(record: Record_) => StagedValue>(columns);
  return (record) => {
    const values: Record<string, StagedValue> = {};
    for (const [name, valueOf] of sources) values[name] = valueOf(record);
    return natural ? { naturalKey: natural(record), values } : { values };
  };
}

/** The values of a supplement: those properties that it has a source for. */
export function supplementMaker<Record_>(
  columns: Readonly<Record<string, ((record: Record_) => StagedValue) | undefined>>,
): (record: Record_) => StagedRow['values'] {
  const sources = Object.entries(columns);
  return (record) =>
    Object.fromEntries(sources.flatMap(([name, valueOf]) => (valueOf ? [[name, valueOf(record)]] : [])));
}
