// Turns a harvested record into the row that its stream describes.
import type { Property, Value } from '../../schema/words.ts';
import type { StagedRow } from '../../src/engines/stage.ts';
import type { Stream } from '../stream.ts';

export type ToRow<Record_> = (record: Record_) => StagedRow;

/** Made once a stream, since it is called once a record. */
export function rowMaker<Own extends Readonly<Record<string, Property>>, Record_>({
  natural,
  columns,
}: Stream<Own, Record_>): ToRow<Record_> {
  const sources = Object.entries<(record: Record_) => Value>(columns);
  return (record) => {
    const values: Record<string, Value> = {};
    for (const [name, valueOf] of sources) values[name] = valueOf(record);
    return natural ? { natural: natural(record), values } : { values };
  };
}
