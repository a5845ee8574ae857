// Groups of a daily collection made of its validity intervals: an unchanged row is read once, and not once a day.
import { INTERVAL_COLUMNS, storageOf } from '../../../schema/derive/storage.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { Aggregate, Condition, RowId, RowSource, Scalar } from '../../plan/relational-algebra.ts';
import { columnsOfCondition, columnsOfScalar } from './referenced-columns.ts';
import { deadlineCheck } from './deadline-check.ts';
import type { Dialect } from '../dialect.ts';
import {
  type Fragment,
  column,
  columnName,
  identifier,
  joinFragments,
  rowAlias,
  sql,
  value,
  integerConstant,
} from '../fragment.ts';
import { conjunctsOf } from './key-order.ts';

/** How expressions are rendered; handed in, since rows stand in conditions and conditions in rows. */
export interface ExpressionRenderers {
  readonly condition: (condition: Condition) => Fragment;
  readonly scalar: (scalar: Scalar) => Fragment;
  readonly dialect: Dialect;
}

type Of<Kind extends RowSource['kind']> = RowSource & { readonly kind: Kind };

/** A column of the groups: its partial values per group of intervals, and their combination over the days. */
interface TwoPhaseColumn {
  readonly perInterval: readonly Fragment[];
  readonly overDays: (names: readonly Fragment[]) => Fragment;
}

/** What an expression depends on: only the day, anything but the day, or both. */
type Dependency = 'day' | 'interval' | 'both';

const INTERVALS = identifier('intervals');
const comma = sql`, `;
const and = sql` AND `;

/**
 * The groups that the view would give, or null where they cannot be made this way. First the intervals are grouped, also
 * by their ends; then these few groups are joined with their days and grouped again. Of 1.2 million device-days in
 * 240,000 intervals `groupby((dateKey,complianceStateKey),aggregate($count as n))` takes 0.2 s instead of 0.7
 * (2026-11), and less where fewer devices change from day to day.
 */
export function renderIntervalGroups(source: Of<'grouped'>, renderers: ExpressionRenderers): Fragment | null {
  const { row } = source;
  const stored = filteredCollection(source.of, row);
  if (stored?.of.entity.lifetime !== 'daily') return null;
  const { name, day, table } = dailyStorage(stored.of);
  const dependencyOf = (names: readonly string[]): Dependency => {
    if (!names.includes(day)) return 'interval';
    return names.every((each) => each === day) ? 'day' : 'both';
  };
  const where = stored.where.map((each) => ({ each, side: dependencyOf(columnsOfCondition(each, row)) }));
  const by = [...source.by.values()].map((each) =>
    groupKeyColumn(renderers.scalar(each), dependencyOf(columnsOfScalar(each, row))),
  );
  const aggregates = [...source.aggregates.values()].map((each) =>
    aggregateColumn(each, dependencyOf(columnsOfAggregate(each, row)), renderers),
  );
  const columns = [...by, ...aggregates].filter((piece) => piece !== null);
  const complete = columns.length > 0 && columns.length === by.length + aggregates.length;
  if (!complete || where.some(({ side }) => side === 'both')) return null;

  const conditionsOf = (dependency: Dependency): readonly Fragment[] =>
    where.flatMap(({ each, side }) => (side === dependency ? [renderers.condition(each)] : []));
  const days: Days = { row, day, collection: name, conditions: conditionsOf('day') };
  const own = [INTERVAL_COLUMNS.period, INTERVAL_COLUMNS.from, INTERVAL_COLUMNS.to].map((each) =>
    column(row, each),
  );
  const parts = columns
    .flatMap(({ perInterval }) => perInterval)
    .map((each, index) => sql`${each} AS ${partialName(index)}`);
  const places = own.length + by.flatMap((piece) => piece?.perInterval ?? []).length;
  const deadlineFragment = deadlineCheck(stored.of, row, renderers.dialect);
  const intervals = sql`SELECT ${joinFragments([...own, ...parts], comma)} FROM ${identifier(table)} AS ${rowAlias(row)}
WHERE ${joinFragments([deadlineFragment, ...intervalConditions(days), ...conditionsOf('interval')], and)} GROUP BY ${groupPositions(places)}`;
  const columnNames = [...source.by.keys(), ...source.aggregates.keys()];
  const groups = combinedColumns(columns).map(
    (each, index) => sql`${each} AS ${columnName(columnNames[index] ?? '')}`,
  );
  const rows = sql`SELECT ${joinFragments(groups, comma)} FROM (${intervals}) AS ${INTERVALS} JOIN ${joinDays(days, renderers.dialect)}`;
  return by.length === 0 ? rows : sql`${rows} GROUP BY ${groupPositions(by.length)}`;
}

/** A collection with conditions on its rows; null for any other source. */
function filteredCollection(
  source: RowSource,
  row: RowId,
): { readonly of: Of<'collection'>; readonly where: readonly Condition[] } | null {
  if (source.kind === 'collection') return { of: source, where: [] };
  if (source.kind !== 'filtered' || source.row !== row) return null;
  const inner = filteredCollection(source.of, row);
  return inner && { of: inner.of, where: [...inner.where, ...conjunctsOf(source.where)] };
}

function dailyStorage({ entity }: Of<'collection'>): { name: string; day: string; table: string } {
  const { table, roles } = storageOf(entity);
  const day = roles.get('day');
  if (day === undefined) throw new TypeError(`${entity.name} has no property with the role 'day'.`);
  return { name: entity.name, day, table };
}

const partialName = (index: number): Fragment => columnName(`#${index}`);
const groupPositions = (count: number): Fragment =>
  joinFragments(
    Array.from({ length: count }, (_, index) => integerConstant(index + 1)),
    comma,
  );

function combinedColumns(pieces: readonly TwoPhaseColumn[]): readonly Fragment[] {
  let next = 0;
  return pieces.map(({ perInterval, overDays }) =>
    overDays(perInterval.map(() => sql`${INTERVALS}.${partialName(next++)}`)),
  );
}

/** A column with one partial value. */
const singlePartial = (perInterval: Fragment, overDays: (name: Fragment) => Fragment): TwoPhaseColumn => ({
  perInterval: [perInterval],
  overDays: ([name = perInterval]) => overDays(name),
});
const dayOnly = (overDays: Fragment): TwoPhaseColumn => ({ perInterval: [], overDays: () => overDays });

function groupKeyColumn(key: Fragment, side: Dependency): TwoPhaseColumn | null {
  if (side === 'both') return null;
  return side === 'day' ? dayOnly(key) : singlePartial(key, (name) => name);
}

function columnsOfAggregate(aggregate: Aggregate, row: RowId): readonly string[] {
  if (aggregate.method === 'count') return [];
  const names = columnsOfScalar(aggregate.of, row);
  return aggregate.method === 'ratio' ? [...names, ...columnsOfScalar(aggregate.to, row)] : names;
}

/** Null for aggregates that cannot be combined: sums of fractions depend on the order, distinct values on all rows. */
function aggregateColumn(
  aggregate: Aggregate,
  side: Dependency,
  { scalar, dialect }: ExpressionRenderers,
): TwoPhaseColumn | null {
  const { method } = aggregate;
  if (method === 'count') return singlePartial(sql`count(*)`, (name) => sql`coalesce(sum(${name}), 0)`);
  if (side === 'both') return null;
  const of = scalar(aggregate.of);
  const { type } = aggregate.of;
  switch (method) {
    case 'min':
      return side === 'day'
        ? dayOnly(sql`min(${of})`)
        : singlePartial(sql`min(${of})`, (name) => sql`min(${name})`);
    case 'max':
      return side === 'day'
        ? dayOnly(sql`max(${of})`)
        : singlePartial(sql`max(${of})`, (name) => sql`max(${name})`);
    case 'countdistinct':
      return side === 'day' ? dayOnly(sql`count(DISTINCT ${of})`) : null;
    case 'sum':
      if (side === 'day' || (type !== 'Edm.Int32' && type !== 'Edm.Int64')) return null;
      return singlePartial(sql`sum(${of})`, (name) => sql`sum(${name})`);
    case 'total':
      return side === 'day' ? null : singlePartial(sql`sum(${of})`, (name) => sql`coalesce(sum(${name}), 0)`);
    case 'average':
      if (side === 'day' || type !== 'Edm.Int32') return null;
      return {
        perInterval: [sql`sum(${of})`, sql`count(${of})`],
        overDays: ([sum = of, count = of]) =>
          dialect.arithmetic.divby(sql`sum(${sum})`, sql`nullif(sum(${count}), 0)`, aggregate.type),
      };
    case 'ratio':
      return null;
    default:
      return assertNever(method);
  }
}

/** The snapshot days of a collection that meet the conditions; `row` is the id of a day in them. */
interface Days {
  readonly row: RowId;
  /** The collection's property for the day. */
  readonly day: string;
  readonly collection: string;
  readonly conditions: readonly Fragment[];
}

function publishedDays({ row, day, collection }: Days): Fragment {
  return sql`(SELECT "period", "dateKey" AS ${columnName(day)} FROM "snapshotDays" WHERE "collection" = ${value(collection)}) AS ${rowAlias(row)}`;
}

/** Conditions that exclude intervals which contain none of the days. */
function intervalConditions(days: Days): readonly Fragment[] {
  const { row, day, conditions } = days;
  if (conditions.length === 0) return [];
  const wantedDays = sql`FROM ${publishedDays(days)} WHERE ${joinFragments(conditions, and)}`;
  const own = column(row, day);
  const period = column(row, INTERVAL_COLUMNS.period);
  return [
    sql`${period} IN (SELECT ${period} ${wantedDays})`,
    sql`${column(row, INTERVAL_COLUMNS.from)} <= (SELECT max(${own}) ${wantedDays})`,
    sql`${column(row, INTERVAL_COLUMNS.to)} > (SELECT min(${own}) ${wantedDays})`,
  ];
}

function joinDays(days: Days, dialect: Dialect): Fragment {
  const { row, day, conditions } = days;
  const own = column(row, day);
  const of = (name: string): Fragment => sql`${INTERVALS}.${identifier(name)}`;
  const { period, from, to } = INTERVAL_COLUMNS;
  const on = sql`${column(row, period)} = ${of(period)} AND ${own} >= ${of(from)} AND ${own} < ${of(to)}`;
  const deadlineFragment = dialect.withinDeadline(sql`${of(from)}, ${own}`);
  return sql`${publishedDays(days)} ON ${on} WHERE ${joinFragments([deadlineFragment, ...conditions], and)}`;
}
