// A growing list of 32-bit integers: four bytes each, in memory that the garbage collector does not scan.

export interface Int32List {
  /** 0 where nothing was set. */
  at(index: number): number;
  /** Any index from 0 on. */
  set(index: number, value: number): void;
}

/** Size of a block, as a power of two. Blocks are added, never resized: resizing would copy them and fragment memory. */
const BLOCK_BITS = 14;

export function makeInt32List(): Int32List {
  const blocks: Int32Array[] = [];
  return {
    at: (index) => blocks[index >> BLOCK_BITS]?.[index & ((1 << BLOCK_BITS) - 1)] ?? 0,
    set(index, value) {
      const block = (blocks[index >> BLOCK_BITS] ??= new Int32Array(1 << BLOCK_BITS));
      block[index & ((1 << BLOCK_BITS) - 1)] = value;
    },
  };
}
