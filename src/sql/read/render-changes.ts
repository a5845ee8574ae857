// Changes between two generations as pages: rows that are new or changed, and rows that are gone.
import type { RowTemplate } from '../../format/odata/row-template.ts';
import type { ChangesPlan } from '../../plan/plan-changes.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import type { Dialect } from '../dialect.ts';
import {
  type Fragment,
  pageStatement,
  column,
  columnName,
  identifier,
  joinFragments,
  rowAlias,
  sql,
  textConstant,
} from '../fragment.ts';
import { type ChunkRows, chunkTerms, rowsAfterCursor, rowsFromStart, orderedChunk } from './render-page.ts';
import { renderCondition, renderRows } from './render-condition.ts';
import { renderRow, rowColumns } from './render-row.ts';
import type { PageStatements } from '../statement.ts';

/** How each kind of change is written. */
export interface ChangeTemplates {
  /** A row that is new or changed. */
  readonly row: RowTemplate;
  /** A row that does not exist any more. */
  readonly deleted: RowTemplate;
  /** A row that still exists, but is not among the requested ones any more. */
  readonly changed: RowTemplate;
}

const REMOVED_REASONS = ['deleted', 'changed'] as const;

// No column of a client's begins with #.
const REMOVED_REASON = columnName('#fate');
const OTHER_ROWS = identifier('other');

/**
 * In key order, for which both generations have a B-tree: a chunk reads only as far as it must, and never what came
 * before it. A row counts as changed where a value that is written differs.
 */
export function renderChanges(
  changes: ChangesPlan,
  templates: ChangeTemplates,
  dialect: Dialect,
): PageStatements {
  const { newer } = changes;
  const terms = chunkTerms(newer, dialect);
  const written = REMOVED_REASONS.map(
    (reason) => sql`WHEN ${textConstant(reason)} THEN ${renderRow(newer, templates[reason], dialect)}`,
  );
  const row = sql`CASE ${REMOVED_REASON} ${joinFragments(written, sql` `)} ELSE ${renderRow(newer, templates.row, dialect)} END`;
  const page = (rows: readonly Fragment[]) =>
    pageStatement(
      dialect.page({
        row,
        order: terms.map(({ name, order: { by } }) => ({ column: name, type: by.type })),
        chunk: sql`(${orderedChunk(joinFragments(rows, sql` UNION ALL `), terms, 0)}) AS ${rowAlias(newer.row)}`,
      }),
      (position) => dialect.placeholder(position),
    );
  const changedAndRemoved = changedAndRemovedRows(changes, rowColumns(newer, templates.row), dialect);
  const next = page(changedAndRemoved.map((side) => rowsAfterCursor(side, terms)));
  return {
    first: newer.after ? next : page(changedAndRemoved.map(rowsFromStart)),
    next,
    orderValues: terms.length,
    sortsEveryChunk: false,
    regroupsEveryChunk: false,
    hasLargeRows: false,
  };
}

/** The rows that are new or changed, and those that are gone. */
function changedAndRemovedRows(
  { newer, earlier }: ChangesPlan,
  written: readonly string[],
  dialect: Dialect,
): readonly ChunkRows[] {
  const earlierDialect: Dialect = { ...dialect, relation: (name) => dialect.earlierRelation(name) };
  const { key } = newer.from;
  const names = [...new Set([...written, ...key])];
  const own = (name: string): Fragment => column(newer.row, name);
  const isThere = sql`EXISTS (SELECT 1 FROM ${dialect.relation(newer.entity.name)} AS ${OTHER_ROWS} WHERE ${sameValues(key, newer, dialect)})`;
  return [
    {
      plan: newer,
      columns: joinFragments([...names.map(own), sql`NULL AS ${REMOVED_REASON}`], sql`, `),
      extraConditions: [notExistsIn(earlier, newer, names, earlierDialect)],
      dialect,
    },
    {
      plan: earlier,
      columns: joinFragments(
        [
          ...names.map((name) => (key.includes(name) ? own(name) : sql`NULL AS ${columnName(name)}`)),
          sql`CASE WHEN ${isThere} THEN 'changed' ELSE 'deleted' END AS ${REMOVED_REASON}`,
        ],
        sql`, `,
      ),
      extraConditions: [notExistsIn(newer, earlier, key, dialect)],
      dialect: earlierDialect,
    },
  ];
}

/** No row of the plan has the same values as the candidate. */
function notExistsIn(
  plan: ReadPlan,
  candidate: ReadPlan,
  names: readonly string[],
  dialect: Dialect,
): Fragment {
  const columns = joinFragments(
    names.map((name) => column(plan.row, name)),
    sql`, `,
  );
  const read = sql`SELECT ${columns} FROM ${renderRows(plan.from, plan.row, dialect)}`;
  const rows = plan.where ? sql`${read} WHERE ${renderCondition(plan.where, 'filter', dialect)}` : read;
  return sql`NOT EXISTS (SELECT 1 FROM (${rows}) AS ${OTHER_ROWS} WHERE ${sameValues(names, candidate, dialect)})`;
}

/** Keys are never null, so a plain = lets their index serve. */
function sameValues(names: readonly string[], { from, row }: ReadPlan, dialect: Dialect): Fragment {
  const pairs = names.map((name) => {
    const [theirs, own] = [sql`${OTHER_ROWS}.${columnName(name)}`, column(row, name)];
    return from.key.includes(name) ? sql`${theirs} = ${own}` : dialect.isNotDistinct(theirs, own);
  });
  return joinFragments(pairs, sql` AND `);
}
