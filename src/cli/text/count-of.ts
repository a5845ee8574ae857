// A number with its noun: `1 row`, `1,204 rows`.

/** The plural takes an s. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
