// A rule of the year: a question to the file of a night, and to the file of the night before, that must find nothing.
import { quoteIdentifier } from '../quote-identifier.ts';

export interface Rule {
  readonly description: string;
  /**
   * Yields rows where it is broken. `main` is the night and `old` the one before; `@day` is the night, `@from` and
   * `@until` the midnights that bound the day before it. `told` has the collections that a harvest of the night brought,
   * and `whole` those of which it brought everything.
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
