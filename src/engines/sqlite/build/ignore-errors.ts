// For steps after the decisive one: where they fail, the next run makes up for them.

/** A full disk, a file that another program holds open, a system that cannot flush directories. */
export function ignoreErrors(work: () => void): void {
  try {
    work();
  } catch {
    // See above.
  }
}
