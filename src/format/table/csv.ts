// Tables as CSV (RFC 4180, UTF-8): texts are quoted, so that an empty text differs from null, which is an empty field.
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import type { Value } from '../../../schema/entity.ts';
import type { TableColumn, TableFormat, TableRow } from './table-format.ts';

/** Rows of a batch. */
const BATCH_ROWS = 1000;

export const CSV: TableFormat = {
  extension: 'csv',
  async write(path, columns, rows) {
    const names = columns.map(({ name }) => name);
    const text = stringify({ header: true, columns: names, quoted_string: true, cast: { boolean: String } });
    await pipeline(Readable.from(rows), text, createWriteStream(path));
  },
  async *read(path, columns) {
    const parser = parse({ bom: true, cast: (text, { quoting }) => (text === '' && !quoting ? null : text) });
    const source = createReadStream(path);
    // Errors of the source reach the loop through the parser.
    pipeline(source, parser).catch(() => undefined);
    let batch: TableRow[] = [];
    let line = 0;
    for await (const record of parser as AsyncIterable<readonly (string | null)[]>) {
      line += 1;
      if (line === 1) {
        expectHeader(record, columns);
        continue;
      }
      batch.push(columns.map((column, index) => parseValue(record[index] ?? null, column, line)));
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  },
};

function expectHeader(header: readonly (string | null)[], columns: readonly TableColumn[]): void {
  const expected = columns.map(({ name }) => name);
  if (header.join() === expected.join()) return;
  throw new Error(`its columns are ${header.join(', ')}, and not ${expected.join(', ')}`);
}

function parseValue(text: string | null, { name, type, nullable }: TableColumn, line: number): Value {
  if (text === null) {
    if (nullable) return null;
    throw new Error(`record ${line}: ${name} is empty`);
  }
  const value = PARSERS[type](text);
  if (value === undefined)
    throw new Error(`record ${line}: ${name} is '${text}', which is not of the type ${type}`);
  return value;
}

/** A whole number of so many bits; undefined for any other text. */
function parseWholeNumber(text: string, bits: 32 | 64): bigint | undefined {
  // BigInt takes time that grows with the digits, so their number is checked first.
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

const PARSERS: Readonly<Record<TableColumn['type'], (text: string) => Value | undefined>> = {
  'Edm.Boolean': (text) => ({ true: true, false: false })[text],
  'Edm.Int32': (text) => {
    const value = parseWholeNumber(text, 32);
    return value === undefined ? undefined : Number(value);
  },
  'Edm.Int64': (text) => parseWholeNumber(text, 64),
  'Edm.Double': (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)),
  'Edm.String': (text) => text,
  'Edm.DateTimeOffset': (text) => text,
};
