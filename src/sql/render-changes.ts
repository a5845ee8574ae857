// What became of a read between two generations, as pages: rows that are new or other, and rows that are gone.
import type { RowTemplate } from '../format/row-template.ts';
import type { ChangesPlan } from '../plan/plan-changes.ts';
import type { ReadPlan } from '../plan/read-plan.ts';
import type { Dialect } from './dialect.ts';
import {
  type Fragment,
  blankStatement,
  column,
  columnName,
  identifier,
  join,
  sql,
  textConstant,
} from './fragment.ts';
import { type ChunkRows, chunkTerms, continued, opening, ordered } from './render-page.ts';
import { renderCondition, renderRows } from './render-condition.ts';
import { renderRow, rowColumns } from './render-row.ts';
import type { PageStatements } from './statement.ts';

/** How what became of a row is written. */
export interface ChangeTemplates {
  /** A row that is new, or other than it was. */
  readonly row: RowTemplate;
  /** One that is no more. */
  readonly deleted: RowTemplate;
  /** One that is still there, but is not asked for any more. */
  readonly changed: RowTemplate;
}

const GONE = ['deleted', 'changed'] as const;

// No column of a client's begins so.
const FATE = columnName('#fate');
const OTHER = identifier('other');

/**
 * Row for row in the order of the key, of which both generations have a tree: a chunk reads as far as it must, and never
 * what came before it. A row counts as other where a value that is written differs.
 */
export function renderChanges(
  changes: ChangesPlan,
  templates: ChangeTemplates,
  dialect: Dialect,
): PageStatements {
  const { now } = changes;
  const terms = chunkTerms(now, dialect);
  const written = GONE.map(
    (fate) => sql`WHEN ${textConstant(fate)} THEN ${renderRow(now, templates[fate], dialect)}`,
  );
  const row = sql`CASE ${FATE} ${join(written, sql` `)} ELSE ${renderRow(now, templates.row, dialect)} END`;
  const page = (rows: readonly Fragment[]) =>
    blankStatement(
      dialect.page({
        row,
        order: terms.map(({ name, order: { by } }) => ({ column: name, type: by.type })),
        chunk: sql`(${ordered(join(rows, sql` UNION ALL `), terms, 0)}) AS ${identifier(`r${now.row}`)}`,
      }),
      (position) => dialect.placeholder(position),
    );
  const sides = sidesOf(changes, rowColumns(now, templates.row), dialect);
  const next = page(sides.map((side) => continued(side, terms)));
  return {
    first: now.after ? next : page(sides.map(opening)),
    next,
    orderValues: terms.length,
    sorts: false,
    regroups: false,
    nests: false,
  };
}

/** The rows that are new or other, and those that are gone. */
function sidesOf(
  { now, before }: ChangesPlan,
  written: readonly string[],
  dialect: Dialect,
): readonly ChunkRows[] {
  const earlier: Dialect = { ...dialect, relation: (name) => dialect.earlierRelation(name) };
  const { key } = now.from;
  const names = [...new Set([...written, ...key])];
  const own = (name: string): Fragment => column(now.row, name);
  const isThere = sql`EXISTS (SELECT 1 FROM ${dialect.relation(now.entity.name)} AS ${OTHER} WHERE ${sameIn(key, now, dialect)})`;
  return [
    {
      plan: now,
      columns: join([...names.map(own), sql`NULL AS ${FATE}`], sql`, `),
      beside: [absent(before, now, names, earlier)],
      dialect,
    },
    {
      plan: before,
      columns: join(
        [
          ...names.map((name) => (key.includes(name) ? own(name) : sql`NULL AS ${columnName(name)}`)),
          sql`CASE WHEN ${isThere} THEN 'changed' ELSE 'deleted' END AS ${FATE}`,
        ],
        sql`, `,
      ),
      beside: [absent(now, before, key, dialect)],
      dialect: earlier,
    },
  ];
}

/** The rows of the plan have none with the same values as the row that is looked at. */
function absent(plan: ReadPlan, looked: ReadPlan, names: readonly string[], dialect: Dialect): Fragment {
  const columns = join(
    names.map((name) => column(plan.row, name)),
    sql`, `,
  );
  const read = sql`SELECT ${columns} FROM ${renderRows(plan.from, plan.row, dialect)}`;
  const rows = plan.where ? sql`${read} WHERE ${renderCondition(plan.where, 'filter', dialect)}` : read;
  return sql`NOT EXISTS (SELECT 1 FROM (${rows}) AS ${OTHER} WHERE ${sameIn(names, looked, dialect)})`;
}

/** Keys are never null, and found in their tree. */
function sameIn(names: readonly string[], { from, row }: ReadPlan, dialect: Dialect): Fragment {
  const pairs = names.map((name) => {
    const [theirs, own] = [sql`${OTHER}.${columnName(name)}`, column(row, name)];
    return from.key.includes(name) ? sql`${theirs} = ${own}` : dialect.same(theirs, own);
  });
  return join(pairs, sql` AND `);
}
