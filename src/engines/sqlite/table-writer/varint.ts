// Numbers in as few bytes as they need, seven bits each, as SQLite's files have them.
// https://www.sqlite.org/fileformat2.html#varint

/** How many bytes it takes, of a number below 2^31. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}

/** The most that any of them takes. */
export const VARINT_BYTES = varintBytes(2 ** 31 - 1);

/** Returns where the next byte goes. */
export function putVarint(into: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    into[at] = value;
    return at + 1;
  }
  const end = at + varintBytes(value);
  into[end - 1] = value & 0x7f;
  for (let place = end - 2, rest = value >>> 7; place >= at; place -= 1, rest >>>= 7) {
    into[place] = (rest & 0x7f) | 0x80;
  }
  return end;
}
