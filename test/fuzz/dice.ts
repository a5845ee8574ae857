// Reproducible random numbers: the same seed gives the same sequence.

export interface Dice {
  /** From 0 to below `sides`. */
  readonly int: (sides: number) => number;
  readonly chance: (percent: number) => boolean;
  readonly pick: <Each>(all: readonly [Each, ...Each[]]) => Each;
  /** An array of random length, at least `least`. */
  readonly listOf: <Each>(least: number, most: number, make: () => Each) => Each[];
}

/** Mulberry32: good enough to choose with. */
export function makeDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (sides: number): number => Math.floor(next() * sides);
  return {
    int,
    chance: (percent) => next() * 100 < percent,
    pick: (all) => all[int(all.length)] ?? all[0],
    listOf: (min, max, make) => Array.from({ length: min + int(max - min + 1) }, make),
  };
}
