// Texts by the hundred thousand, each kept once: as bytes in blocks, where a map of them would take three times as much.
import { makeNumbers } from './numbers.ts';

export interface Texts {
  readonly count: number;
  /** The number of the text: they count from 0, in the order in which they first came. */
  add(text: string): number;
  /** The number of the text, or -1 where it never came. */
  find(text: string): number;
  /** The text of a number. */
  at(number: number): string;
}

/** A block stays where it is: one that grew would be copied, and leave a hole behind. */
const BLOCK_BYTES = 64 * 1024;

/** No character takes more in UTF-8. */
const MOST_BYTES = 3;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The first byte of a GUID, whose other 16 are its digits. No UTF-8 has it. */
const IS_GUID = 0xff;

const FIRST_SLOTS = 256;

export function makeTexts(): Texts {
  const blocks: Buffer[] = [];
  /** Bytes of the last block that are taken. */
  let taken = BLOCK_BYTES;
  /** By number: the block and the byte in it where the text begins, and how many bytes it has. */
  const places = makeNumbers();
  const lengths = makeNumbers();
  let count = 0;
  /** A table of hashes with open addressing: the number of a text and one more, or 0. */
  let slots = new Int32Array(FIRST_SLOTS);
  /** Where a text stands while it is looked for. */
  let desk = Buffer.alloc(1024);

  const blockOf = (number: number): Buffer => blocks[Math.floor(places.at(number) / BLOCK_BYTES)] ?? desk;
  const startOf = (number: number): number => places.at(number) % BLOCK_BYTES;

  const write = (text: string): number => {
    if (text.length * MOST_BYTES > desk.length) desk = Buffer.alloc(text.length * MOST_BYTES);
    if (!GUID.test(text)) return desk.write(text);
    desk[0] = IS_GUID;
    return 1 + desk.write(text.replaceAll('-', ''), 1, 'hex');
  };

  /** The slot of the text on the desk, or the free one where it would be. */
  const slotOf = (length: number): number => {
    const last = slots.length - 1;
    for (let slot = hashOf(desk, 0, length) & last; ; slot = (slot + 1) & last) {
      const number = (slots[slot] ?? 0) - 1;
      if (number < 0) return slot;
      if (lengths.at(number) === length && isSame(desk, blockOf(number), startOf(number), length))
        return slot;
    }
  };

  /** Takes the text from the desk. */
  const keep = (length: number): void => {
    if (taken + length > BLOCK_BYTES) {
      blocks.push(Buffer.alloc(Math.max(BLOCK_BYTES, length)));
      taken = 0;
    }
    desk.copy(blocks.at(-1) ?? desk, taken, 0, length);
    places.set(count, (blocks.length - 1) * BLOCK_BYTES + taken);
    lengths.set(count, length);
    taken += length;
    count += 1;
  };

  const widen = (): void => {
    slots = new Int32Array(slots.length * 2);
    const last = slots.length - 1;
    for (let number = 0; number < count; number += 1) {
      let slot = hashOf(blockOf(number), startOf(number), lengths.at(number)) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = number + 1;
    }
  };

  return {
    get count() {
      return count;
    },
    find: (text) => (slots[slotOf(write(text))] ?? 0) - 1,
    add(text) {
      const length = write(text);
      const slot = slotOf(length);
      const known = (slots[slot] ?? 0) - 1;
      if (known >= 0) return known;
      keep(length);
      slots[slot] = count;
      // Three of four at most: beyond, the ways to a free one grow long.
      if (count * 4 > slots.length * 3) widen();
      return count - 1;
    },
    at(number) {
      const [block, from, length] = [blockOf(number), startOf(number), lengths.at(number)];
      const isGuid = length > 0 && block[from] === IS_GUID;
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

function isSame(desk: Uint8Array, block: Uint8Array, from: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (desk[at] !== block[from + at]) return false;
  return true;
}
