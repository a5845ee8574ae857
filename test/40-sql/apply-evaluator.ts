// What $apply means, step by step over arrays of rows in plain JavaScript: what SQL is held against.
import type { Row, Value } from '../../schema/entity.ts';
import type { Expression, OrderTerm } from '../../src/odata/syntax/expression.ts';
import type {
  AggregateItem,
  AggregateMethod,
  Transformation,
  GroupTerm,
  RankMethod,
} from '../../src/odata/syntax/parsed-request.ts';
import { compareCells, evaluate, holds } from './evaluator.ts';

/** Rows as columns, a path being a column of its name: `kind/kindName`. */
export interface Table {
  readonly rows: readonly Row[];
  /** Columns that no two rows have alike. */
  readonly key: readonly string[];
  readonly order: readonly OrderTerm[];
  /** Columns that are not there, but can be reached along a navigation. */
  readonly navigable: readonly string[];
  /** Columns of which a row has many values, as long as the others are reached: `things/number`. */
  readonly relatedValues?: RelatedValues;
}

export type RelatedValues = ReadonlyMap<string, (row: Row) => readonly Value[]>;

type Step<Kind extends Transformation['kind']> = Transformation & { readonly kind: Kind };

export function evaluateApply(steps: readonly Transformation[], table: Table): Table {
  return steps.reduce(evaluateStep, table);
}

/** In the order that was asked for, then in that of the key: backwards where the key itself was asked for backwards. */
export function inOrder({ rows, key, order }: Table): readonly Row[] {
  const backwards =
    order.length > 0 &&
    order.every(
      ({ expression, descending }, index) =>
        descending && expression.kind === 'path' && expression.segments.join('/') === key[index],
    );
  return rows.toSorted((a, b) => {
    for (const { expression, descending } of order) {
      const compared = compareCells(evaluate(expression, a), evaluate(expression, b));
      if (compared !== 0) return descending ? -compared : compared;
    }
    return compareKeys(key, a, b) * (backwards ? -1 : 1);
  });
}

function compareKeys(key: readonly string[], a: Row, b: Row): number {
  for (const name of key) {
    const compared = compareCells(a[name] ?? null, b[name] ?? null);
    if (compared !== 0) return compared;
  }
  return 0;
}

function evaluateStep(table: Table, step: Transformation): Table {
  const { rows, key, order } = table;
  switch (step.kind) {
    case 'identity':
      return table;
    case 'filter':
      return { ...table, rows: rows.filter((row) => holds(step.expression, row) === true) };
    case 'compute':
      return { ...table, rows: rows.map((row) => ({ ...row, ...computed(step, row) })) };
    case 'orderby':
      return { ...table, order: [...step.terms, ...order] };
    case 'top':
      return { ...table, rows: inOrder(table).slice(0, step.rows) };
    case 'skip':
      return { ...table, rows: inOrder(table).slice(step.rows) };
    case 'aggregate':
      return { rows: [aggregated(step.items, table)], key: [], order: [], navigable: [] };
    case 'groupby':
      return grouped(step, table);
    case 'concat':
      return concatenated(step.of.map((branch) => evaluateApply(branch, table)));
    case 'topcount':
    case 'topsum':
    case 'toppercent':
    case 'bottomcount':
    case 'bottomsum':
    case 'bottompercent':
      return { ...table, rows: topRows(step, rows, key) };
    case 'search':
    case 'expand':
      throw new TypeError(`No ${step.kind} here.`);
  }
}

function computed({ items }: Step<'compute'>, row: Row): Row {
  return Object.fromEntries(items.map(({ as, expression }) => [as, evaluate(expression, row)]));
}

function grouped({ by, then }: Step<'groupby'>, table: Table): Table {
  const { rows } = table;
  if (then[0]?.kind === 'topcount') {
    const [columns = []] = groupingsOf(by);
    const best = groups(rows, columns).flatMap(
      (group) => evaluateApply(then, { ...table, rows: group }).rows,
    );
    return { ...table, rows: best };
  }
  const tables = groupingsOf(by).map((columns): Table => {
    const found = groups(rows, columns).map((group): Row => {
      const named = columns.map((name) => [name, group[0]?.[name] ?? null] as const);
      const [aggregates] =
        then.length === 0 ? [] : evaluateApply(then, { ...table, rows: group, key: [], order: [] }).rows;
      return { ...Object.fromEntries(named), ...aggregates };
    });
    return { rows: found, key: columns, order: [], navigable: [] };
  });
  return tables.length === 1 ? tables[0]! : concatenated(tables);
}

/** One table after another: an extra column counts them. */
function concatenated(tables: readonly Table[]): Table {
  const keys = tables.flatMap(({ key }) => key);
  const origin = `#${String(Math.max(...tables.map(({ key }) => key.filter((name) => name.startsWith('#')).length)))}`;
  const everywhere = tables.every(({ navigable: reached }) => reached.length > 0);
  const own = (row: Row, reached: readonly string[]): Row =>
    Object.fromEntries(Object.entries(row).filter(([name]) => everywhere || !reached.includes(name)));
  return {
    rows: tables.flatMap(({ rows, navigable: reached }, index) =>
      rows.map((row) => ({ ...own(row, reached), [origin]: index })),
    ),
    key: [origin, ...new Set(keys)],
    order: [],
    navigable: everywhere ? (tables[0]?.navigable ?? []) : [],
    ...(tables[0]?.relatedValues && { relatedValues: tables[0].relatedValues }),
  };
}

/** The columns of every grouping, the finest first: `rollup(a,b)` beside c is c,a,b and c,a; with $all, c as well. */
function groupingsOf(by: readonly GroupTerm[]): readonly (readonly string[])[] {
  return by.reduce<readonly (readonly string[])[]>(
    (sofar, term) => {
      if (term.kind === 'path') return sofar.map((columns) => [...columns, term.segments.join('/')]);
      const names = term.of.map((segments) => segments.join('/'));
      const lengths = names.map((_, index) => names.length - index);
      const levels = [...lengths, ...(term.all ? [0] : [])].map((length) => names.slice(0, length));
      return sofar.flatMap((columns) => levels.map((level) => [...columns, ...level]));
    },
    [[]],
  );
}

function groups(rows: readonly Row[], columns: readonly string[]): readonly (readonly Row[])[] {
  // All rows together are a group even where there is none.
  if (columns.length === 0) return [rows];
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const name = JSON.stringify(columns.map((column) => String(row[column] ?? null)));
    found.set(name, [...(found.get(name) ?? []), row]);
  }
  return [...found.values()];
}

function aggregated(items: readonly AggregateItem[], { rows, relatedValues: folded }: Table): Row {
  const valuesOf = (expression: Expression): readonly Value[] => {
    const many = expression.kind === 'path' ? folded?.get(expression.segments.join('/')) : undefined;
    return rows.flatMap((row) => (many ? many(row) : [evaluate(expression, row)]));
  };
  return Object.fromEntries(
    items.map((item): [string, Value] => {
      if (item.kind === 'count') {
        const segments = item.of;
        if (!segments) return [item.as, BigInt(rows.length)];
        // As many as there are values of any column that is never null.
        return [item.as, BigInt(rows.flatMap((row) => folded?.get(segments.join('/'))?.(row) ?? []).length)];
      }
      const cells = valuesOf(item.expression).filter((cell) => cell !== null);
      return [item.as, METHODS[item.method](cells)];
    }),
  );
}

type Cells = readonly NonNullable<Value>[];

const METHODS: Record<AggregateMethod, (cells: Cells) => Value> = {
  sum: (cells) => (cells.length === 0 ? null : total(cells)),
  average: (cells) => (cells.length === 0 ? null : Number(total(cells)) / cells.length),
  min: (cells) => cells.toSorted(compareCells)[0] ?? null,
  max: (cells) => cells.toSorted(compareCells).at(-1) ?? null,
  countdistinct: (cells) => BigInt(new Set(cells).size),
};

function total(cells: Cells): number | bigint {
  return cells.every((cell) => typeof cell === 'bigint')
    ? cells.reduce((sum, cell) => sum + cell, 0n)
    : cells.reduce<number>((sum, cell) => sum + Number(cell), 0);
}

/** So many rows from one end as the method wants; equals in the order of the key. Rows without a value add nothing. */
function topRows(
  { kind, amount, by }: Step<RankMethod>,
  rows: readonly Row[],
  key: readonly string[],
): readonly Row[] {
  const target = Number(evaluate(amount, {}));
  const descending = kind.startsWith('top');
  const sorted = inOrder({ rows, key, order: [{ expression: by, descending }], navigable: [] });
  if (kind.endsWith('count')) return sorted.slice(0, target);
  const sizeOf = (row: Row, expression: Expression): number => Number(evaluate(expression, row) ?? 0);
  const whole = sorted.reduce((sum, row) => sum + sizeOf(row, by), 0);
  const isEnough = (sum: number): boolean =>
    kind.endsWith('percent') ? sum * 100 >= whole * target : sum >= target;
  let sum = 0;
  const last = sorted.findIndex((row) => isEnough((sum += sizeOf(row, by))));
  return last < 0 ? sorted : sorted.slice(0, last + 1);
}
