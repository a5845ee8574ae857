// What the transformations of $apply make of rows, as a SELECT each, inside the one of the next.
import { assertNever } from '../base/assert-never.ts';
import type {
  Aggregate,
  Condition,
  Order,
  RowId,
  RowSource,
  Scalar,
  TransformedRows,
} from '../plan/read-plan.ts';
import { deadline } from './deadline.ts';
import type { Dialect } from './dialect.ts';
import { type Fragment, column, columnName, join, rowName, sql, value, wholeConstant } from './fragment.ts';
import { renderSpanGroups } from './render-span-groups.ts';

/** How what stands inside is rendered; handed in, since rows stand in conditions and conditions in rows. */
export interface Within {
  readonly rows: (source: RowSource, row: RowId) => Fragment;
  readonly condition: (condition: Condition) => Fragment;
  readonly scalar: (scalar: Scalar) => Fragment;
  readonly dialect: Dialect;
}

type Of<Kind extends TransformedRows['kind']> = TransformedRows & { readonly kind: Kind };

/** A SELECT that yields the columns of the source. */
export function renderTransformed(source: TransformedRows, within: Within): Fragment {
  switch (source.kind) {
    case 'filtered':
      return select(sql`${rowName(source.row)}.*`, source, [within.condition(source.where)], within);
    case 'grouped':
      return renderGroups(source, within);
    case 'cut':
      return renderCut(source, within);
    case 'ranked':
      return renderRanked(source, within);
    case 'united':
      return join(
        source.of.map((each, index) => renderBranch(each, index, source, within)),
        sql` UNION ALL `,
      );
    default:
      return assertNever(source);
  }
}

/** The innermost SELECT, which reads what is stored, asks about the deadline for every row; those around it see fewer. */
function select(
  columns: Fragment,
  { of, row }: { readonly of: RowSource; readonly row: RowId },
  conditions: readonly Fragment[],
  { rows, dialect }: Within,
): Fragment {
  const all = readsStored(of) ? [deadline(of, row, dialect), ...conditions] : conditions;
  const read = sql`SELECT ${columns} FROM ${rows(of, row)}`;
  return all.length === 0 ? read : sql`${read} WHERE ${join(all, sql` AND `)}`;
}

function readsStored(source: RowSource): boolean {
  return source.kind === 'collection' || (source.kind === 'computed' && readsStored(source.of));
}

function renderGroups(source: Of<'grouped'>, within: Within): Fragment {
  const ofSpans = renderSpanGroups(source, within);
  if (ofSpans) return ofSpans;
  const by = [...source.by].map(([name, scalar]) => sql`${within.scalar(scalar)} AS ${columnName(name)}`);
  const told = [...source.aggregates].map(
    ([name, each]) => sql`${renderAggregate(each, within)} AS ${columnName(name)}`,
  );
  // The one group of everything is one row also where nothing is told of it.
  const columns = by.length + told.length === 0 ? [sql`count(*)`] : [...by, ...told];
  const groups = select(join(columns, sql`, `), source, [], within);
  const places = by.map((_, index) => wholeConstant(index + 1));
  return places.length === 0 ? groups : sql`${groups} GROUP BY ${join(places, sql`, `)}`;
}

function renderAggregate(aggregate: Aggregate, { scalar, dialect }: Within): Fragment {
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

// What LIMIT says where there is none; OFFSET does not stand without one.
const NO_LIMIT = 9223372036854775807n;

function renderCut(source: Of<'cut'>, within: Within): Fragment {
  if (source.within.length > 0) return renderCutGroups(source, within);
  const rows = select(sql`${rowName(source.row)}.*`, source, [], within);
  const limit = value(source.top === null ? NO_LIMIT : BigInt(source.top));
  return sql`${rows} ORDER BY ${renderOrder(source.order, within)} LIMIT ${limit} OFFSET ${value(BigInt(source.skip))}`;
}

function renderCutGroups(source: Of<'cut'>, within: Within): Fragment {
  const { row, columns, order, skip, top } = source;
  const groups = join(
    source.within.map((each) => within.scalar(each)),
    sql`, `,
  );
  const place = columnName('#place');
  const placed = select(
    sql`${rowName(row)}.*, row_number() OVER (PARTITION BY ${groups} ORDER BY ${renderOrder(order, within)}) AS ${place}`,
    source,
    [],
    within,
  );
  const shown = [...columns.keys()].map((name) => column(row, name));
  const first = value(BigInt(skip));
  const last = value(top === null ? NO_LIMIT : BigInt(skip) + BigInt(top));
  return sql`SELECT ${join(shown, sql`, `)} FROM (${placed}) AS ${rowName(row)} WHERE ${place} > ${first} AND ${place} <= ${last}`;
}

function renderOrder(order: readonly Order[], { scalar }: Within): Fragment {
  // An order of nothing is that of a single row.
  if (order.length === 0) return sql`NULL`;
  return join(
    order.map(({ by, descending }) => (descending ? sql`${scalar(by)} DESC` : scalar(by))),
    sql`, `,
  );
}

/*
 * Inside out: each row with its place and the sum up to it; with the first place where the sum is enough; and what lies
 * before. A row without a value adds nothing. Where the sum is never enough, all rows are taken.
 */
function renderRanked(
  { of, row, order, value: by, until, amount, columns }: Of<'ranked'>,
  within: Within,
): Fragment {
  const [place, sum, whole, last] = [
    columnName('#place'),
    columnName('#sum'),
    columnName('#whole'),
    columnName('#last'),
  ];
  const number = sql`coalesce(${within.scalar(by)}, 0)`;
  const upToHere = sql`(ORDER BY ${renderOrder(order, within)} ROWS UNBOUNDED PRECEDING)`;
  const placed = select(
    sql`${rowName(row)}.*, row_number() OVER ${upToHere} AS ${place}, sum(${number}) OVER ${upToHere} AS ${sum}, sum(${number}) OVER () AS ${whole}`,
    { of, row },
    [],
    within,
  );
  const wanted = value(amount);
  const isEnough = until === 'sum' ? sql`${sum} >= ${wanted}` : sql`${sum} * 100.0 >= ${whole} * ${wanted}`;
  const measured = sql`SELECT *, min(CASE WHEN ${isEnough} THEN ${place} END) OVER () AS ${last} FROM (${placed}) AS ${rowName(row)}`;
  const shown = [...columns.keys()].map((name) => column(row, name));
  return sql`SELECT ${join(shown, sql`, `)} FROM (${measured}) AS ${rowName(row)} WHERE ${place} <= coalesce(${last}, ${place})`;
}

// Each SELECT of a union names its relation for itself.
const BRANCH_ROW: RowId = 0;

function renderBranch(
  of: RowSource,
  index: number,
  { branch, columns }: Of<'united'>,
  within: Within,
): Fragment {
  const all = [...columns.keys()].map((name) => {
    if (name === branch) return sql`${wholeConstant(index)} AS ${columnName(name)}`;
    return of.columns.has(name) ? column(BRANCH_ROW, name) : sql`NULL AS ${columnName(name)}`;
  });
  return select(join(all, sql`, `), { of, row: BRANCH_ROW }, [], within);
}
