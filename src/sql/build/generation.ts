// What a generation says of itself.
import { sql, value, type Fragment } from '../fragment.ts';
import type { BuildDialect } from './build-dialect.ts';

/** `id`, `dateKey` and `publishedAt`, which is a canonical instant. */
export function renderGeneration(dialect: BuildDialect): Fragment {
  return sql`SELECT "id", "dateKey", "publishedAtUTC" AS "publishedAt" FROM ${dialect.table('generation')}`;
}

export interface GenerationRow {
  readonly id: number;
  readonly dateKey: number;
  /** Canonical instant. */
  readonly publishedAt: string;
}

/** In this order. */
export function renderWriteGeneration(
  dialect: BuildDialect,
  { id, dateKey, publishedAt }: GenerationRow,
): readonly Fragment[] {
  const table = dialect.table('generation');
  return [
    sql`DELETE FROM ${table}`,
    sql`INSERT INTO ${table} ("id", "dateKey", "publishedAtUTC") VALUES (${value(id)}, ${value(dateKey)}, ${value(publishedAt)})`,
  ];
}

/** How many rows a collection has as readers see it. */
export function renderRowsOf(dialect: BuildDialect, collection: string): Fragment {
  return sql`SELECT count(*) FROM ${dialect.table(collection)}`;
}
