// Fair comparison on a busy machine: the methods run alternately, round after round, and ratios are taken within a round.

export interface Contender {
  readonly name: string;
  /** Does the work once. */
  readonly run: () => Promise<unknown>;
}

export interface Times {
  readonly name: string;
  /** One a round, in the order of the rounds. */
  readonly milliseconds: readonly number[];
}

/** One round to warm up, then `rounds` that count. */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
): Promise<readonly Times[]> {
  const times = contenders.map(({ name }) => ({ name, milliseconds: [] as number[] }));
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, { run }] of contenders.entries()) {
      const before = performance.now();
      await run();
      if (round >= 0) times[index]?.milliseconds.push(performance.now() - before);
    }
  }
  return times;
}

/** The value below which `part` of them lie. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** How many times faster than the reference, as the median of the rounds. */
export function pairedRatio(own: Times, reference: Times): number {
  return median(
    own.milliseconds.map((milliseconds, round) => (reference.milliseconds[round] ?? NaN) / milliseconds),
  );
}

/** Columns as wide as their longest cell; the first to the left, numbers to the right. */
export function printTable(title: string, heads: readonly string[], rows: readonly (readonly string[])[]) {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  console.log(`\n${title}\n`);
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('  ')}`);
  }
}
