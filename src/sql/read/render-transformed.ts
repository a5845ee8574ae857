// The transformations of $apply, each a SELECT that is nested in the next.
import { assertNever } from '../../base/assert-never.ts';
import type { Aggregate, Order, RowId, RowSource, TransformedRows } from '../../plan/relational-algebra.ts';
import { deadlineCheck } from './deadline-check.ts';
import {
  type Fragment,
  column,
  columnName,
  joinFragments,
  rowAlias,
  sql,
  value,
  integerConstant,
} from '../fragment.ts';
import { type ExpressionRenderers, renderIntervalGroups } from './render-interval-groups.ts';

export interface InnerRenderers extends ExpressionRenderers {
  readonly rows: (source: RowSource, row: RowId) => Fragment;
}

type Of<Kind extends TransformedRows['kind']> = TransformedRows & { readonly kind: Kind };

/** A SELECT with the columns of the source. */
export function renderTransformed(source: TransformedRows, renderers: InnerRenderers): Fragment {
  switch (source.kind) {
    case 'filtered':
      return selectRows(
        sql`${rowAlias(source.row)}.*`,
        source,
        [renderers.condition(source.where)],
        renderers,
      );
    case 'grouped':
      return renderGroups(source, renderers);
    case 'limited':
      return renderLimited(source, renderers);
    case 'topUntilTotal':
      return renderTopUntilTotal(source, renderers);
    case 'unionAll':
      return joinFragments(
        source.of.map((each, index) => renderBranch(each, index, source, renderers)),
        sql` UNION ALL `,
      );
    default:
      return assertNever(source);
  }
}

/** Only the innermost SELECT, which reads stored rows, checks the deadline: those around it see fewer rows. */
function selectRows(
  columns: Fragment,
  { of, row }: { readonly of: RowSource; readonly row: RowId },
  conditions: readonly Fragment[],
  { rows, dialect }: InnerRenderers,
): Fragment {
  const conditionsAndDeadline = readsCollection(of)
    ? [deadlineCheck(of, row, dialect), ...conditions]
    : conditions;
  const read = sql`SELECT ${columns} FROM ${rows(of, row)}`;
  return conditionsAndDeadline.length === 0
    ? read
    : sql`${read} WHERE ${joinFragments(conditionsAndDeadline, sql` AND `)}`;
}

function readsCollection(source: RowSource): boolean {
  return source.kind === 'collection' || (source.kind === 'computed' && readsCollection(source.of));
}

function renderGroups(source: Of<'grouped'>, renderers: InnerRenderers): Fragment {
  const ofIntervals = renderIntervalGroups(source, renderers);
  if (ofIntervals) return ofIntervals;
  const by = [...source.by].map(([name, scalar]) => sql`${renderers.scalar(scalar)} AS ${columnName(name)}`);
  const aggregates = [...source.aggregates].map(
    ([name, each]) => sql`${renderAggregate(each, renderers)} AS ${columnName(name)}`,
  );
  // The single group without `by` is one row, even without aggregates.
  const columns = by.length + aggregates.length === 0 ? [sql`count(*)`] : [...by, ...aggregates];
  const groups = selectRows(joinFragments(columns, sql`, `), source, [], renderers);
  const places = by.map((_, index) => integerConstant(index + 1));
  return places.length === 0 ? groups : sql`${groups} GROUP BY ${joinFragments(places, sql`, `)}`;
}

function renderAggregate(aggregate: Aggregate, { scalar, dialect }: InnerRenderers): Fragment {
  switch (aggregate.method) {
    case 'count':
      return sql`count(*)`;
    case 'total':
      return sql`coalesce(sum(${scalar(aggregate.of)}), 0)`;
    case 'sum':
      return sql`sum(${scalar(aggregate.of)})`;
    case 'ratio': {
      const { of, to, type } = aggregate;
      return dialect.arithmetic.divby(sql`sum(${scalar(of)})`, sql`nullif(sum(${scalar(to)}), 0)`, type);
    }
    case 'average':
      return sql`avg(${scalar(aggregate.of)})`;
    case 'min':
      return sql`min(${scalar(aggregate.of)})`;
    case 'max':
      return sql`max(${scalar(aggregate.of)})`;
    case 'countdistinct':
      return sql`count(DISTINCT ${scalar(aggregate.of)})`;
    default:
      return assertNever(aggregate);
  }
}

// OFFSET needs a LIMIT.
const NO_LIMIT = 9223372036854775807n;

function renderLimited(source: Of<'limited'>, renderers: InnerRenderers): Fragment {
  if (source.partitionBy.length > 0) return renderLimitedPerGroup(source, renderers);
  const rows = selectRows(sql`${rowAlias(source.row)}.*`, source, [], renderers);
  const limit = value(source.top === null ? NO_LIMIT : BigInt(source.top));
  return sql`${rows} ORDER BY ${renderOrder(source.order, renderers)} LIMIT ${limit} OFFSET ${value(BigInt(source.skip))}`;
}

function renderLimitedPerGroup(source: Of<'limited'>, renderers: InnerRenderers): Fragment {
  const { row, columns, order, skip, top } = source;
  const groups = joinFragments(
    source.partitionBy.map((each) => renderers.scalar(each)),
    sql`, `,
  );
  const rowNumber = columnName('#rowNumber');
  const numbered = selectRows(
    sql`${rowAlias(row)}.*, row_number() OVER (PARTITION BY ${groups} ORDER BY ${renderOrder(order, renderers)}) AS ${rowNumber}`,
    source,
    [],
    renderers,
  );
  const shownColumns = [...columns.keys()].map((name) => column(row, name));
  const first = value(BigInt(skip));
  const last = value(top === null ? NO_LIMIT : BigInt(skip) + BigInt(top));
  return sql`SELECT ${joinFragments(shownColumns, sql`, `)} FROM (${numbered}) AS ${rowAlias(row)} WHERE ${rowNumber} > ${first} AND ${rowNumber} <= ${last}`;
}

function renderOrder(order: readonly Order[], { scalar }: InnerRenderers): Fragment {
  // A source without an order has a single row.
  if (order.length === 0) return sql`NULL`;
  return joinFragments(
    order.map(({ by, descending }) => (descending ? sql`${scalar(by)} DESC` : scalar(by))),
    sql`, `,
  );
}

/*
 * From the inside out: each row with its row number and running sum; the first row number where the sum is enough; and the
 * rows up to it. A null value adds nothing. Where the sum is never enough, all rows are taken.
 */
function renderTopUntilTotal(
  { of, row, order, value: by, until, amount, columns }: Of<'topUntilTotal'>,
  renderers: InnerRenderers,
): Fragment {
  const [rowNumber, sum, total, last] = [
    columnName('#rowNumber'),
    columnName('#sum'),
    columnName('#total'),
    columnName('#last'),
  ];
  const number = sql`coalesce(${renderers.scalar(by)}, 0)`;
  const upToHere = sql`(ORDER BY ${renderOrder(order, renderers)} ROWS UNBOUNDED PRECEDING)`;
  const numbered = selectRows(
    sql`${rowAlias(row)}.*, row_number() OVER ${upToHere} AS ${rowNumber}, sum(${number}) OVER ${upToHere} AS ${sum}, sum(${number}) OVER () AS ${total}`,
    { of, row },
    [],
    renderers,
  );
  const target = value(amount);
  const isEnough = until === 'sum' ? sql`${sum} >= ${target}` : sql`${sum} * 100.0 >= ${total} * ${target}`;
  const measured = sql`SELECT *, min(CASE WHEN ${isEnough} THEN ${rowNumber} END) OVER () AS ${last} FROM (${numbered}) AS ${rowAlias(row)}`;
  const shown = [...columns.keys()].map((name) => column(row, name));
  return sql`SELECT ${joinFragments(shown, sql`, `)} FROM (${measured}) AS ${rowAlias(row)} WHERE ${rowNumber} <= coalesce(${last}, ${rowNumber})`;
}

// The alias may repeat: each SELECT of a union has its own relations.
const BRANCH_ROW: RowId = 0;

function renderBranch(
  of: RowSource,
  index: number,
  { branch, columns }: Of<'unionAll'>,
  renderers: InnerRenderers,
): Fragment {
  const all = [...columns.keys()].map((name) => {
    if (name === branch) return sql`${integerConstant(index)} AS ${columnName(name)}`;
    return of.columns.has(name) ? column(BRANCH_ROW, name) : sql`NULL AS ${columnName(name)}`;
  });
  return selectRows(joinFragments(all, sql`, `), { of, row: BRANCH_ROW }, [], renderers);
}
