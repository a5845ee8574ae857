// Writes the values of a row down as SQLite does: a header that tells their types, and then their bytes.
// https://www.sqlite.org/fileformat2.html#record_format
import { putVarint, VARINT_BYTES } from './varint.ts';

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
  readonly #width: number;
  /** The types so far. The header has them after its own length, and stands first: before the values is room for it. */
  readonly #types: Uint8Array;
  readonly #room: number;
  #bytes: Buffer;
  #view: DataView;
  #typesEnd = 0;
  #end: number;
  #count = 0;

  constructor(width: number) {
    this.#width = width;
    this.#types = new Uint8Array(VARINT_BYTES * width);
    this.#room = VARINT_BYTES * (width + 1);
    this.#bytes = Buffer.allocUnsafeSlow(this.#room + FIRST_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
    this.#end = this.#room;
  }

  add(value: RecordValue): void {
    this.#typesEnd = putVarint(this.#types, this.#typesEnd, this.#put(value));
    this.#count += 1;
  }

  /** The record, until the next one begins with an `add`. */
  end(): Uint8Array {
    if (this.#count !== this.#width)
      throw new TypeError(`A row of ${this.#width} values came with ${this.#count}.`);
    const types = this.#typesEnd;
    // Its length counts itself.
    const header = types + 1 < 0x80 ? types + 1 : types + 2;
    const start = this.#room - header;
    const at = putVarint(this.#bytes, start, header);
    for (let index = 0; index < types; index += 1) this.#bytes[at + index] = this.#types[index] ?? 0;
    const record = this.#bytes.subarray(start, this.#end);
    this.#count = 0;
    this.#typesEnd = 0;
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
    this.#makeRoom(text.length * CHARACTER_BYTES);
    const bytes = this.#bytes.write(text, this.#end);
    this.#end += bytes;
    return TEXT + 2 * bytes;
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
