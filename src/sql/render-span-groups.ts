// Groups of a daily collection made of its spans: rows that were alike for days are looked at once, and not once a day.
import { SPAN_COLUMNS, storageOf } from '../../schema/derive/storage.ts';
import { assertNever } from '../base/assert-never.ts';
import type { Aggregate, Condition, RowId, RowSource, Scalar } from '../plan/read-plan.ts';
import { columnsOfCondition, columnsOfScalar } from './columns-named.ts';
import { deadline } from './deadline.ts';
import type { Dialect } from './dialect.ts';
import {
  type Fragment,
  column,
  columnName,
  identifier,
  join,
  rowName,
  sql,
  value,
  wholeConstant,
} from './fragment.ts';
import { conjunctsOf } from './key-range.ts';

interface Within {
  readonly condition: (condition: Condition) => Fragment;
  readonly scalar: (scalar: Scalar) => Fragment;
  readonly dialect: Dialect;
}

type Of<Kind extends RowSource['kind']> = RowSource & { readonly kind: Kind };

/** A column of the groups: what is kept of spans that are alike, and what becomes of that, by its names, over their days. */
interface Piece {
  readonly ofSpans: readonly Fragment[];
  readonly ofDays: (names: readonly Fragment[]) => Fragment;
}

/** What an expression depends on: the day alone, all but the day, or both. */
type Side = 'day' | 'span' | 'both';

const SPANS = identifier('spans');
const comma = sql`, `;
const and = sql` AND `;

/**
 * The groups that the view would give, or null where they cannot be made so. First the spans are grouped, by their ends
 * too; then those groups, which are few, meet the days that they lasted, and are grouped once more. Of 1.2 million
 * device-days in 240,000 spans `groupby((dateKey,complianceStateKey),aggregate($count as n))` takes 0.2 s instead of 0.7
 * (2026-11), and less where fewer devices change from night to night.
 */
export function renderSpanGroups(source: Of<'grouped'>, within: Within): Fragment | null {
  const { row } = source;
  const stored = storedRows(source.of, row);
  if (stored?.of.entity.lifetime !== 'daily') return null;
  const { name, day, table } = dailyStorage(stored.of);
  const sideOf = (names: readonly string[]): Side => {
    if (!names.includes(day)) return 'span';
    return names.every((each) => each === day) ? 'day' : 'both';
  };
  const where = stored.where.map((each) => ({ each, side: sideOf(columnsOfCondition(each, row)) }));
  const by = [...source.by.values()].map((each) =>
    pieceOfKey(within.scalar(each), sideOf(columnsOfScalar(each, row))),
  );
  const told = [...source.aggregates.values()].map((each) =>
    pieceOfAggregate(each, sideOf(columnsOfAggregate(each, row)), within),
  );
  const pieces = [...by, ...told].filter((piece) => piece !== null);
  const complete = pieces.length > 0 && pieces.length === by.length + told.length;
  if (!complete || where.some(({ side }) => side === 'both')) return null;

  const conditionsOf = (wanted: Side): readonly Fragment[] =>
    where.flatMap(({ each, side }) => (side === wanted ? [within.condition(each)] : []));
  const days: Days = { row, day, collection: name, conditions: conditionsOf('day') };
  const own = [SPAN_COLUMNS.period, SPAN_COLUMNS.from, SPAN_COLUMNS.to].map((each) => column(row, each));
  const parts = pieces
    .flatMap(({ ofSpans }) => ofSpans)
    .map((each, index) => sql`${each} AS ${keptName(index)}`);
  const places = own.length + by.flatMap((piece) => piece?.ofSpans ?? []).length;
  const asked = deadline(stored.of, row, within.dialect);
  const spans = sql`SELECT ${join([...own, ...parts], comma)} FROM ${identifier(table)} AS ${rowName(row)}
WHERE ${join([asked, ...spansOf(days), ...conditionsOf('span')], and)} GROUP BY ${numbers(places)}`;
  const columns = [...source.by.keys(), ...source.aggregates.keys()];
  const groups = finishedPieces(pieces).map(
    (each, index) => sql`${each} AS ${columnName(columns[index] ?? '')}`,
  );
  const rows = sql`SELECT ${join(groups, comma)} FROM (${spans}) AS ${SPANS} JOIN ${meetDays(days, within.dialect)}`;
  return by.length === 0 ? rows : sql`${rows} GROUP BY ${numbers(by.length)}`;
}

/** A whole collection under conditions; null for rows that came about in any other way. */
function storedRows(
  source: RowSource,
  row: RowId,
): { readonly of: Of<'collection'>; readonly where: readonly Condition[] } | null {
  if (source.kind === 'collection') return { of: source, where: [] };
  if (source.kind !== 'filtered' || source.row !== row) return null;
  const inner = storedRows(source.of, row);
  return inner && { of: inner.of, where: [...inner.where, ...conjunctsOf(source.where)] };
}

function dailyStorage({ entity }: Of<'collection'>): { name: string; day: string; table: string } {
  const { table, roles } = storageOf(entity);
  const day = roles.get('day');
  if (day === undefined) throw new TypeError(`${entity.name} does not say its day.`);
  return { name: entity.name, day, table };
}

const keptName = (index: number): Fragment => columnName(`#${index}`);
const numbers = (count: number): Fragment =>
  join(
    Array.from({ length: count }, (_, index) => wholeConstant(index + 1)),
    comma,
  );

function finishedPieces(pieces: readonly Piece[]): readonly Fragment[] {
  let next = 0;
  return pieces.map(({ ofSpans, ofDays }) => ofDays(ofSpans.map(() => sql`${SPANS}.${keptName(next++)}`)));
}

/** A piece of which one value is kept. */
const kept = (ofSpan: Fragment, ofDays: (name: Fragment) => Fragment): Piece => ({
  ofSpans: [ofSpan],
  ofDays: ([name = ofSpan]) => ofDays(name),
});
const ofDaysAlone = (ofDays: Fragment): Piece => ({ ofSpans: [], ofDays: () => ofDays });

function pieceOfKey(key: Fragment, side: Side): Piece | null {
  if (side === 'both') return null;
  return side === 'day' ? ofDaysAlone(key) : kept(key, (name) => name);
}

function columnsOfAggregate(aggregate: Aggregate, row: RowId): readonly string[] {
  if (aggregate.method === 'count') return [];
  const names = columnsOfScalar(aggregate.of, row);
  return aggregate.method === 'ratio' ? [...names, ...columnsOfScalar(aggregate.to, row)] : names;
}

/** Null for what is not made of parts: sums of fractions depend on their order, and what is distinct is seen side by side. */
function pieceOfAggregate(aggregate: Aggregate, side: Side, { scalar, dialect }: Within): Piece | null {
  const { method } = aggregate;
  if (method === 'count') return kept(sql`count(*)`, (name) => sql`coalesce(sum(${name}), 0)`);
  if (side === 'both') return null;
  const of = scalar(aggregate.of);
  const { type } = aggregate.of;
  switch (method) {
    case 'min':
      return side === 'day'
        ? ofDaysAlone(sql`min(${of})`)
        : kept(sql`min(${of})`, (name) => sql`min(${name})`);
    case 'max':
      return side === 'day'
        ? ofDaysAlone(sql`max(${of})`)
        : kept(sql`max(${of})`, (name) => sql`max(${name})`);
    case 'countdistinct':
      return side === 'day' ? ofDaysAlone(sql`count(DISTINCT ${of})`) : null;
    case 'sum':
      if (side === 'day' || (type !== 'Edm.Int32' && type !== 'Edm.Int64')) return null;
      return kept(sql`sum(${of})`, (name) => sql`sum(${name})`);
    case 'total':
      return side === 'day' ? null : kept(sql`sum(${of})`, (name) => sql`coalesce(sum(${name}), 0)`);
    case 'average':
      if (side === 'day' || type !== 'Edm.Int32') return null;
      return {
        ofSpans: [sql`sum(${of})`, sql`count(${of})`],
        ofDays: ([sum = of, count = of]) =>
          dialect.arithmetic.divby(sql`sum(${sum})`, sql`nullif(sum(${count}), 0)`, aggregate.type),
      };
    case 'ratio':
      return null;
    default:
      return assertNever(method);
  }
}

/** The published days of a collection, or those of them that are wanted; conditions call one `row`. */
interface Days {
  readonly row: RowId;
  /** What the collection calls its day. */
  readonly day: string;
  readonly collection: string;
  readonly conditions: readonly Fragment[];
}

function daysOf({ row, day, collection }: Days): Fragment {
  return sql`(SELECT "period", "dateKey" AS ${columnName(day)} FROM "snapshotDays" WHERE "collection" = ${value(collection)}) AS ${rowName(row)}`;
}

/** What holds of a span that may have lasted on a wanted day, so that others need not be looked at. */
function spansOf(days: Days): readonly Fragment[] {
  const { row, day, conditions } = days;
  if (conditions.length === 0) return [];
  const wanted = sql`FROM ${daysOf(days)} WHERE ${join(conditions, and)}`;
  const own = column(row, day);
  const period = column(row, SPAN_COLUMNS.period);
  return [
    sql`${period} IN (SELECT ${period} ${wanted})`,
    sql`${column(row, SPAN_COLUMNS.from)} <= (SELECT max(${own}) ${wanted})`,
    sql`${column(row, SPAN_COLUMNS.to)} > (SELECT min(${own}) ${wanted})`,
  ];
}

function meetDays(days: Days, dialect: Dialect): Fragment {
  const { row, day, conditions } = days;
  const own = column(row, day);
  const of = (name: string): Fragment => sql`${SPANS}.${identifier(name)}`;
  const { period, from, to } = SPAN_COLUMNS;
  const on = sql`${column(row, period)} = ${of(period)} AND ${own} >= ${of(from)} AND ${own} < ${of(to)}`;
  const asked = dialect.withinDeadline(sql`${of(from)}, ${own}`);
  return sql`${daysOf(days)} ON ${on} WHERE ${join([asked, ...conditions], and)}`;
}
