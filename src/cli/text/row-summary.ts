// How many rows a generation has, in words.

/** By collection; null where another release made it. */
export function rowSummary(rows: Readonly<Record<string, number>> | null): string {
  if (rows === null) return 'made by another release; its pages are intact';
  const total = Object.values(rows).reduce((sum, each) => sum + each, 0);
  return `${Object.keys(rows).length} collections, ${total.toLocaleString('en')} rows, intact`;
}
