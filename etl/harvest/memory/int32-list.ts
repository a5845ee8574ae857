// Whole numbers by the hundred thousand: four bytes each, outside of what the garbage collector looks through.

export interface Int32List {
  /** 0 where nothing was set. */
  at(place: number): number;
  /** A number of 32 bits, in any place from 0 on. */
  set(place: number, value: number): void;
}

/** Places of a block, as a power of two. A block stays where it is: one that grew would be copied, and leave a hole. */
const BLOCK_BITS = 14;

export function makeInt32List(): Int32List {
  const blocks: Int32Array[] = [];
  return {
    at: (place) => blocks[place >> BLOCK_BITS]?.[place & ((1 << BLOCK_BITS) - 1)] ?? 0,
    set(place, value) {
      const block = (blocks[place >> BLOCK_BITS] ??= new Int32Array(1 << BLOCK_BITS));
      block[place & ((1 << BLOCK_BITS) - 1)] = value;
    },
  };
}
