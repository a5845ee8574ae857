// Walks a collection chunk by chunk as an engine does, on one connection.
import type { Database } from 'better-sqlite3';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import type { RowTemplate } from '../../src/format/odata/row-template.ts';
import type { ReadPlan } from '../../src/plan/read-plan.ts';
import { renderPage } from '../../src/sql/read/render-page.ts';
import type { PageStatement, PageStatements, SqlValue } from '../../src/sql/statement.ts';

export function templateOf(names: readonly string[]): RowTemplate {
  return { members: names.map((name) => ({ kind: 'property', name })), int64AsText: false, omitNulls: false };
}

/** All rows, parsed from what SQLite wrote, and the chunks they came in. */
export function walkChunks(
  database: Database,
  plan: ReadPlan,
  chunkRows: number,
  template = templateOf(plan.columns),
) {
  const statements = renderPage(plan, template, SQLITE_DIALECT);
  return walkStatements(database, statements, chunkRows, plan.after ?? []);
}

/** As walkChunks, whatever the statements are of. */
export function walkStatements(
  database: Database,
  statements: PageStatements,
  chunkRows: number,
  from: readonly SqlValue[] = [],
) {
  const rows: Record<string, unknown>[] = [];
  const sizes: number[] = [];
  let after = from;
  for (let statement = statements.first; ; statement = statements.next) {
    const chunk = readChunk(database, statement, statements, chunkRows, after);
    rows.push(...chunk.rows);
    sizes.push(chunk.rows.length);
    if (sizes.length > 1000) throw new Error('The chunks go round in circles.');
    if (chunk.rows.length < chunkRows) return { rows, sizes, sorts: statements.sortsEveryChunk };
    after = chunk.after;
  }
}

function readChunk(
  database: Database,
  { text, values }: PageStatement,
  { orderValues }: PageStatements,
  rows: number,
  after: readonly SqlValue[],
) {
  const bound = values.map((value) =>
    value !== null && typeof value === 'object'
      ? value.parameter === 'rows'
        ? rows
        : after[value.index]
      : value,
  );
  const cells = database
    .prepare<unknown[], SqlValue[]>(text)
    .raw()
    .safeIntegers()
    .get(...bound)!;
  const [body, counted, ...last] = cells as [Buffer | null, bigint, ...SqlValue[]];
  const parsed = JSON.parse(`[${body?.toString() ?? ''}]`) as Record<string, unknown>[];
  if (parsed.length !== Number(counted) || last.length !== orderValues) throw new Error('A chunk miscounts.');
  return { rows: parsed, after: last };
}
