// A single row as an answer.

const EMPTY_ROW = '{}'.length;

/** The JSON object of the row with the context as its first member; the context is null under metadata=none. */
export function encodeEntity(context: string | null, row: Uint8Array): Uint8Array {
  if (context === null) return row;
  const head = `{"@odata.context":${JSON.stringify(context)}`;
  return row.byteLength === EMPTY_ROW
    ? Buffer.from(`${head}}`)
    : Buffer.concat([Buffer.from(`${head},`), row.subarray(1)]);
}
