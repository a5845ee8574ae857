// Reads the CSV file in a ZIP while it is downloaded, record by record, in constant memory.
import { Readable, pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { parse } from 'csv-parse';

/** Records that are yielded together. */
const PAGE_RECORDS = 1000;

/** Longer than any real record. Without a limit, a quote that is never closed would read the whole file into memory. */
const MAX_RECORD_BYTES = 128 * 1024;

/**
 * Pages of records, the header first. Accepts the byte order mark, unescaped quotes and records of uneven length that
 * Intune writes. Throws an Error for bytes that are not a ZIP, truncated, or not a CSV.
 */
export async function* readZippedCsv(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly (readonly string[])[], void, undefined> {
  const parser = parse({
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  // The loop below gets errors of the source through the parser.
  pipeline(Readable.from(unzip(bytes)), parser, () => undefined);
  let page: string[][] = [];
  for await (const record of parser as AsyncIterable<string[]>) {
    if (page.push(record) < PAGE_RECORDS) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

const LOCAL_HEADER = {
  signature: 0x04034b50,
  bytes: 30,
  method: 8,
  nameLength: 26,
  extraLength: 28,
} as const;
const DEFLATED = 8;

/**
 * The first entry of a ZIP. Its length is often written only after the data, so the end is not found by length, nor by a
 * signature, which may also occur in the data: deflated data marks its own end.
 */
async function* unzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const source = bytes[Symbol.asyncIterator]();
  let buffered = Buffer.alloc(0);
  const bufferAtLeast = async (length: number): Promise<void> => {
    while (buffered.length < length) {
      const next = await source.next();
      if (next.done) throw new Error('the ZIP ends in its header');
      buffered = Buffer.concat([buffered, next.value]);
    }
  };
  await bufferAtLeast(LOCAL_HEADER.bytes);
  if (buffered.readUInt32LE(0) !== LOCAL_HEADER.signature) throw new Error('it is not a ZIP');
  if (buffered.readUInt16LE(LOCAL_HEADER.method) !== DEFLATED) throw new Error('the ZIP is not deflated');
  const start =
    LOCAL_HEADER.bytes +
    buffered.readUInt16LE(LOCAL_HEADER.nameLength) +
    buffered.readUInt16LE(LOCAL_HEADER.extraLength);
  await bufferAtLeast(start);

  const deflated = Readable.from(remainingBytes(buffered.subarray(start), source));
  const inflate = createInflateRaw();
  deflated.on('error', (error) => inflate.destroy(error)).pipe(inflate);
  try {
    for await (const chunk of inflate as AsyncIterable<Uint8Array>) yield chunk;
  } finally {
    // The bytes after the entry are not read.
    deflated.destroy();
  }
}

async function* remainingBytes(
  first: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (first.length > 0) yield first;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}
