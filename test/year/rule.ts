// A rule of the simulated year: a query of the generation of a day, and of that of the day before, that must find nothing.
import { quoteIdentifier } from '../quote-identifier.ts';

export interface Rule {
  readonly description: string;
  /**
   * Yields rows where it is broken. `main` is the generation of the day and `old` the one before; `@day` is the day, `@from` and
   * `@until` the midnights that bound the day before it. `harvested` has the collections of which the day has harvested rows,
   * and `whole` those that were harvested completely.
   */
  readonly sql: string;
}

/** `o."a", o."b"` */
export function columnList(names: readonly string[], alias: string): string {
  return names.map((name) => `${alias}.${quoteIdentifier(name)}`).join(', ');
}

/** True where `n` and `o` say the same. IS, since null is the same as null. */
export function sameColumns(names: readonly string[]): string {
  return names.length === 0
    ? 'TRUE'
    : names.map((name) => `n.${quoteIdentifier(name)} IS o.${quoteIdentifier(name)}`).join(' AND ');
}

/** Rows that are in one of two selections and not in the other. */
export function differingRows(one: string, other: string): string {
  return `SELECT 1 FROM (SELECT * FROM (${one}) EXCEPT SELECT * FROM (${other}))
    UNION ALL SELECT 1 FROM (SELECT * FROM (${other}) EXCEPT SELECT * FROM (${one}))`;
}
