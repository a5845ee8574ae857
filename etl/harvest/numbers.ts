// Whole numbers by the hundred thousand: four bytes each, outside of what the garbage collector looks through.

export interface Numbers {
  /** 0 where nothing was set. */
  at(place: number): number;
  /** A number of 32 bits, in any place from 0 on. */
  set(place: number, value: number): void;
}

/** Places of a block, as a power of two. A block stays where it is: one that grew would be copied, and leave a hole. */
const PLACES = 14;

export function makeNumbers(): Numbers {
  const blocks: Int32Array[] = [];
  return {
    at: (place) => blocks[place >> PLACES]?.[place & ((1 << PLACES) - 1)] ?? 0,
    set(place, value) {
      const block = (blocks[place >> PLACES] ??= new Int32Array(1 << PLACES));
      block[place & ((1 << PLACES) - 1)] = value;
    },
  };
}
