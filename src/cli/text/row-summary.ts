// How many rows a generation has, in words.
import { countOf } from './count-of.ts';

/** By collection; null where another release made it. */
export function rowSummary(rows: Readonly<Record<string, number>> | null): string {
  if (rows === null) return 'made by another release; its pages are intact';
  const total = Object.values(rows).reduce((sum, each) => sum + each, 0);
  return `${countOf(Object.keys(rows).length, 'collection')}, ${countOf(total, 'row')}, intact`;
}
