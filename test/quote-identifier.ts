// Names in SQL that tests write by hand.

/** Puts a name into SQL as a name, whatever it contains. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
