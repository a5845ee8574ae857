// Interns strings by the hundred thousand: each is stored once, as bytes in blocks. A Map would take three times the memory.
import { makeInt32List } from './int32-list.ts';

export interface StringPool {
  readonly count: number;
  /** The number of the text. Numbers count from 0, in the order of the first `add`. */
  add(text: string): number;
  /** The number of the text, or -1 when it was never added. */
  find(text: string): number;
  /** The text of a number. */
  at(number: number): string;
}

/** Blocks are added, never resized: resizing would copy them and fragment memory. */
const BLOCK_BYTES = 64 * 1024;

/** The maximum for one UTF-16 code unit in UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Marks a GUID, which is stored as this byte and 16 more. It never occurs in UTF-8. */
const GUID_MARK = 0xff;

const INITIAL_SLOTS = 256;

export function makeStringPool(): StringPool {
  const blocks: Buffer[] = [];
  /** Used bytes of the last block. */
  let usedBytes = BLOCK_BYTES;
  /** By number: where the text begins, counted over all blocks, and its length in bytes. */
  const offsets = makeInt32List();
  const lengths = makeInt32List();
  let count = 0;
  /** A hash table with open addressing: the number of a text plus one, or 0 when free. */
  let slots = new Int32Array(INITIAL_SLOTS);
  /** Holds the encoded text while it is looked up. */
  let scratch = Buffer.alloc(1024);

  const blockOf = (number: number): Buffer => blocks[Math.floor(offsets.at(number) / BLOCK_BYTES)] ?? scratch;
  const startOf = (number: number): number => offsets.at(number) % BLOCK_BYTES;

  const encodeToScratch = (text: string): number => {
    if (text.length * MAX_BYTES_PER_CHARACTER > scratch.length)
      scratch = Buffer.alloc(text.length * MAX_BYTES_PER_CHARACTER);
    if (!GUID.test(text)) return scratch.write(text);
    scratch[0] = GUID_MARK;
    return 1 + scratch.write(text.replaceAll('-', ''), 1, 'hex');
  };

  /** The slot of the text in `scratch`, or the free slot for it. */
  const slotOf = (length: number): number => {
    const slotMask = slots.length - 1;
    for (let slot = hashOf(scratch, 0, length) & slotMask; ; slot = (slot + 1) & slotMask) {
      const number = (slots[slot] ?? 0) - 1;
      if (number < 0) return slot;
      if (lengths.at(number) === length && equalsBytes(scratch, blockOf(number), startOf(number), length))
        return slot;
    }
  };

  /** Stores the text in `scratch`. */
  const storeScratch = (length: number): void => {
    if (usedBytes + length > BLOCK_BYTES) {
      blocks.push(Buffer.alloc(Math.max(BLOCK_BYTES, length)));
      usedBytes = 0;
    }
    scratch.copy(blocks.at(-1) ?? scratch, usedBytes, 0, length);
    offsets.set(count, (blocks.length - 1) * BLOCK_BYTES + usedBytes);
    lengths.set(count, length);
    usedBytes += length;
    count += 1;
  };

  const growSlots = (): void => {
    slots = new Int32Array(slots.length * 2);
    const slotMask = slots.length - 1;
    for (let number = 0; number < count; number += 1) {
      let slot = hashOf(blockOf(number), startOf(number), lengths.at(number)) & slotMask;
      while (slots[slot] !== 0) slot = (slot + 1) & slotMask;
      slots[slot] = number + 1;
    }
  };

  return {
    get count() {
      return count;
    },
    find: (text) => (slots[slotOf(encodeToScratch(text))] ?? 0) - 1,
    add(text) {
      const length = encodeToScratch(text);
      const slot = slotOf(length);
      const known = (slots[slot] ?? 0) - 1;
      if (known >= 0) return known;
      storeScratch(length);
      slots[slot] = count;
      // At most three quarters full: beyond that, probing gets slow.
      if (count * 4 > slots.length * 3) growSlots();
      return count - 1;
    },
    at(number) {
      const [block, from, length] = [blockOf(number), startOf(number), lengths.at(number)];
      const isGuid = length > 0 && block[from] === GUID_MARK;
      return isGuid
        ? guidOf(block.toString('hex', from + 1, from + length))
        : block.toString('utf8', from, from + length);
    },
  };
}

function guidOf(digits: string): string {
  const part = (from: number, to?: number): string => digits.slice(from, to);
  return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20)}`;
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < from + length; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

function equalsBytes(scratch: Uint8Array, block: Uint8Array, from: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (scratch[at] !== block[from + at]) return false;
  return true;
}
