// What a generation that is served again takes over from the one that was reverted.
import type { Storage } from '../../../../schema/derive/storage.ts';
import { identifier, sql, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { columnOf, columnsEqual, STORED_TRUE } from '../columns.ts';
import { renderRaiseSequences } from '../schema/reference-data.ts';

/** The tables of the reverted generation by name. */
export type RevertedTables = (name: string) => Fragment;

/** Keys that were given out belong to their instances for ever. */
export function renderCarryOverKeys(dialect: BuildDialect, from: RevertedTables): readonly Fragment[] {
  const keys = dialect.insertOrIgnore({
    table: dialect.table('surrogateKeys'),
    columns: ['entity', 'natural', 'key'],
    rows: sql`SELECT "entity", "natural", "key" FROM ${from('surrogateKeys')}`,
  });
  // Without WHERE, ON would be read as part of a join.
  const sequences = sql`SELECT "entity", "last" FROM ${from('surrogateSequences')} WHERE TRUE`;
  return [keys, renderRaiseSequences(dialect, sequences)];
}

/** Whoever was erased for good stays erased. */
export function renderCarryOverTombstones(dialect: BuildDialect, from: RevertedTables): Fragment {
  return dialect.insertOrIgnore({
    table: dialect.table('tombstones'),
    columns: ['hash', 'placeholder', 'forGood'],
    rows: sql`SELECT "hash", "placeholder", "forGood" FROM ${from('tombstones')} WHERE "forGood" = ${STORED_TRUE}`,
  });
}

/** Rows that were served with another moment of modification get a new one, `at`, so that incremental readers meet them. */
export function renderMarkDiffering(
  dialect: BuildDialect,
  { table, entity }: Storage,
  { modified, at, from }: { readonly modified: string; readonly at: string; readonly from: RevertedTables },
): Fragment {
  const [t, o] = [sql`t`, sql`o`];
  const differs = sql`${columnOf(t, modified)} <> ${columnOf(o, modified)}`;
  return sql`UPDATE ${dialect.table(table)} AS t SET ${identifier(modified)} = ${value(at)} FROM ${from(table)} o
WHERE ${columnsEqual(entity.key, t, o)} AND ${differs}`;
}
