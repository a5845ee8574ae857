// Calls Intune's report actions: a POST whose response is a table, with its columns in an arbitrary order.
import { FeedError } from '../../src/base/feed-error.ts';
import { sourceName, type GraphAccess } from './graph-client.ts';

export type ReportRow<Name extends string> = Readonly<Record<Name, unknown>>;

interface ReportTable {
  readonly total: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The service allows no more. */
const PAGE_ROWS = 50;

/**
 * All rows of a small report, with their columns by name. They are ordered by the first column, so that pages do not
 * overlap. Throws FeedError as `GraphClient.post` does, and `feed.source-unavailable` for a report that ends early.
 */
export async function readReportAction<Name extends string>(
  { graph, run }: GraphAccess,
  address: string,
  columns: readonly [Name, ...Name[]],
): Promise<readonly ReportRow<Name>[]> {
  const source = sourceName(new URL(address, graph.rootUrl));
  const rows: ReportRow<Name>[] = [];
  for (;;) {
    const body = {
      select: columns,
      filter: '',
      search: '',
      orderBy: [columns[0]],
      skip: rows.length,
      top: PAGE_ROWS,
    };
    const result = await graph.post(address, body, parseTable);
    const table = result.kind === 'value' ? result.value : null;
    if (table === null || (table.rows.length === 0 && rows.length < table.total)) {
      throw new FeedError('feed.source-unavailable', `Microsoft Graph ended the report ${source} early.`, {
        target: source,
      });
    }
    rows.push(...table.rows.map((cells) => rowOf(columns, table.columns, cells)));
    run.reportProgress(source, rows.length, table.total);
    if (rows.length >= table.total) return rows;
  }
}

function rowOf<Name extends string>(
  requested: readonly Name[],
  columns: readonly string[],
  cells: readonly unknown[],
): ReportRow<Name> {
  return Object.fromEntries(requested.map((name) => [name, cells[columns.indexOf(name)]])) as Readonly<
    Record<Name, unknown>
  >;
}

function parseTable(json: unknown): ReportTable | null {
  if (typeof json !== 'object' || json === null) return null;
  const { TotalRowCount: total, Schema: schema, Values: rows } = json as Readonly<Record<string, unknown>>;
  if (typeof total !== 'number' || !Array.isArray(schema) || !Array.isArray(rows)) return null;
  if (!rows.every((row): row is readonly unknown[] => Array.isArray(row))) return null;
  const columns = schema.map((each: { readonly Column?: unknown } | null) => String(each?.Column));
  return { total, columns, rows };
}
