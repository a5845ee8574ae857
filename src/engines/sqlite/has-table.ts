// Whether a file has a table or view. Files of earlier releases lack what the model has gained since.
import type { Database } from 'better-sqlite3';
import { identifier, sql, value } from '../../sql/fragment.ts';
import { readNumber } from './execute-sql.ts';

export function hasTable(database: Database, name: string, schema = 'main'): boolean {
  const found = sql`SELECT 1 FROM ${identifier(schema)}."sqlite_schema" WHERE "name" = ${value(name)}`;
  return readNumber(database, found) !== null;
}
