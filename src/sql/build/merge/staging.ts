// The tables of staged rows: what a run appended for a collection, and what enrichment sources said of its instances.
import type { Column } from '../../../../schema/derive/storage.ts';
import { identifier, rowParameter, sql, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { columnList, commaList } from '../columns.ts';
import { columnDefinition, renderCreateTable } from '../schema/create-table.ts';

/** Rows keep the order in which they arrive, see `stagedPosition`. */
export function renderCreateStagedTable(
  dialect: BuildDialect,
  table: Fragment,
  columns: readonly Column[],
): Fragment {
  return sql`CREATE TABLE ${table} (${commaList(columns.map((each) => columnDefinition(dialect, each)))})`;
}

/** For several rows, one after the other. */
export function renderInsertStaged(table: Fragment, columns: number, rows: number): Fragment {
  const row = sql`(${rowParameters(columns)})`;
  return sql`INSERT INTO ${table} VALUES ${commaList(Array<Fragment>(rows).fill(row))}`;
}

export interface EnrichmentColumns {
  readonly identity: readonly string[];
  /** Columns that may also hold the mark for values that were not reported. */
  readonly attributes: readonly Column[];
}

export function renderCreateEnrichmentTable(
  dialect: BuildDialect,
  table: Fragment,
  { identity, attributes }: EnrichmentColumns,
): Fragment {
  const columns = [
    ...identity.map((name): Column => ({ name, type: 'TEXT', nullable: false })),
    ...attributes,
  ];
  const definitions = columns.map((each) => columnDefinition(dialect, each));
  return renderCreateTable(dialect, { table, columns: definitions, primaryKey: identity, layout: 'loose' });
}

/** For rows of identity and attributes. In each column the last reported value wins. */
export function renderEnrich(
  dialect: BuildDialect,
  table: Fragment,
  { identity, attributes }: EnrichmentColumns,
): Fragment {
  const assignments = attributes.map(({ name }) => {
    const column = identifier(name);
    const incoming = sql`excluded.${column}`;
    return sql`${column} = CASE WHEN ${dialect.isReported(incoming)} THEN ${incoming} ELSE t.${column} END`;
  });
  const values = rowParameters(identity.length + attributes.length);
  return sql`INSERT INTO ${table} AS t VALUES (${values})
ON CONFLICT (${columnList(identity)}) DO UPDATE SET ${commaList(assignments)}`;
}

function rowParameters(count: number): Fragment {
  return commaList(Array.from({ length: count }, () => rowParameter()));
}
