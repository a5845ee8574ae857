// The two ways out of a command: results on standard output, all other talk on standard error.

/** A result that another program may read. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Talk for the person at the terminal. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
