// Writes the values of a row down as SQLite does: a header that tells their types, and then their bytes.
// https://www.sqlite.org/fileformat2.html#record_format
import { putVarint, VARINT_BYTES, varintBytes } from './varint.ts';

/** A blob without a byte. */
export const EMPTY_BLOB: unique symbol = Symbol('empty blob');

export type RecordValue = string | number | bigint | boolean | null | typeof EMPTY_BLOB;

/** Types by their numbers. Of a text it is 13 and twice its bytes. */
const NULL = 0;
const INT32 = 4;
const INT64 = 6;
const DOUBLE = 7;
const ZERO = 8;
const ONE = 9;
const NO_BYTES = 12;
const TEXT = 13;

const FIRST_BYTES = 4096;
const NUMBER_BYTES = 8;
/** The most that one of JavaScript's characters takes in UTF-8. */
const CHARACTER_BYTES = 3;

/** Of rows of so many values: call `add` for each of them, then `end`. */
export class RecordWriter {
  readonly #types: Uint32Array;
  // The header is whole only at the end and stands first: room for it is left.
  readonly #room: number;
  #bytes: Buffer;
  #view: DataView;
  #end: number;
  #count = 0;

  constructor(width: number) {
    this.#types = new Uint32Array(width);
    this.#room = VARINT_BYTES * (width + 1);
    this.#bytes = Buffer.allocUnsafeSlow(this.#room + FIRST_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
    this.#end = this.#room;
  }

  add(value: RecordValue): void {
    this.#types[this.#count++] = this.#put(value);
  }

  /** The record, until the next one begins with an `add`. */
  end(): Uint8Array {
    const { length } = this.#types;
    if (this.#count !== length) throw new TypeError(`A row of ${length} values came with ${this.#count}.`);
    let types = 0;
    for (const type of this.#types) types += varintBytes(type);
    // The header tells its own length, too.
    let header = types + 1;
    if (varintBytes(header) > 1) header += 1;
    const start = this.#room - header;
    let at = putVarint(this.#bytes, start, header);
    for (const type of this.#types) at = putVarint(this.#bytes, at, type);
    const record = this.#bytes.subarray(start, this.#end);
    this.#count = 0;
    this.#end = this.#room;
    return record;
  }

  /** Returns the type. */
  #put(value: RecordValue): number {
    if (value === null) return NULL;
    if (typeof value === 'string') return this.#putText(value);
    if (typeof value === 'boolean') return value ? ONE : ZERO;
    this.#makeRoom(NUMBER_BYTES);
    if (typeof value === 'number') return this.#putNumber(value);
    if (value === EMPTY_BLOB) return NO_BYTES;
    return this.#putInt64(value);
  }

  #putNumber(value: number): number {
    if (value === 0) return ZERO;
    if (value === 1) return ONE;
    if ((value | 0) === value) {
      this.#view.setInt32(this.#advance(4), value);
      return INT32;
    }
    if (Number.isSafeInteger(value)) return this.#putInt64(BigInt(value));
    this.#view.setFloat64(this.#advance(8), value);
    return DOUBLE;
  }

  #putInt64(value: bigint): number {
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit 64 bits.`);
    this.#view.setBigInt64(this.#advance(8), value);
    return INT64;
  }

  #putText(text: string): number {
    const { length } = text;
    this.#makeRoom(length * CHARACTER_BYTES);
    const bytes = this.#bytes;
    const start = this.#end;
    let end = start;
    // Most texts are short and of ASCII: a loop is faster than a call of the platform.
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        end = start + bytes.write(text, start);
        break;
      }
      bytes[end++] = code;
    }
    this.#end = end;
    return TEXT + 2 * (end - start);
  }

  #advance(bytes: number): number {
    const at = this.#end;
    this.#end += bytes;
    return at;
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const before = this.#bytes;
    this.#bytes = Buffer.allocUnsafeSlow(2 * (this.#end + bytes));
    before.copy(this.#bytes, 0, 0, this.#end);
    this.#view = new DataView(this.#bytes.buffer);
  }
}
