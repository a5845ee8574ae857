// groupby and aggregate: many rows become one, and what is told of them.
import { type Listing, findName } from '../../schema/derive/catalogue.ts';
import { assertNever } from '../base/assert-never.ts';
import type { AggregateItem, AggregateMethod, GroupTerm } from '../odata/wanted.ts';
import { type ApplyRows, shownColumns } from './apply-rows.ts';
import { bindScalar } from './bind-expression.ts';
import { bindFold } from './bind-path.ts';
import { checkAlias } from './check-alias.ts';
import { checkReads, uniteRows } from './concat-rows.ts';
import type { Aggregate, Column, RowSource, Scalar } from './read-plan.ts';
import { inWords, mismatch, notOffered } from './refusals.ts';
import { MAIN_ROW, type Scope } from './scope.ts';
import { articled, familyOf, typeOfSum } from './type-words.ts';

/** Columns by name, and the value that rows of a group share in each. */
type Grouping = ReadonlyMap<string, Scalar & Column>;

/**
 * One row for each group, and with `rollup` one for each group of groups. A subtotal is null where a group has a value,
 * and not without the property as the standard has it: Power Query refuses a row that lacks what $metadata declares.
 * `Prefer: omit-values=nulls` leaves it out.
 */
export function groupRows(
  { source, it }: ApplyRows,
  by: readonly GroupTerm[],
  items: readonly AggregateItem[],
  scope: Scope,
): ApplyRows {
  const groupings = groupingsOf(by, scope);
  const all = new Map(groupings.flatMap((grouping) => [...grouping]));
  const mayBeEmpty = groupings.some(({ size }) => size === 0);
  const aggregates = new Map<string, Aggregate>();
  for (const item of items) {
    checkAlias(item, new Map<string, unknown>([...all, ...aggregates]), { ...scope, it: bare(it) });
    aggregates.set(item.as, bindAggregate(item, mayBeEmpty, scope));
  }
  const groups = groupings.map((grouping): RowSource => ({
    kind: 'grouped',
    of: source,
    row: MAIN_ROW,
    by: grouping,
    aggregates,
    columns: new Map([
      ...[...grouping].map(([name, each]) => [name, it.columns.get(name) ?? columnOf(each)] as const),
      ...[...aggregates].map(([name, each]) => [name, { ...columnOf(each), dynamic: true }] as const),
    ]),
    key: [...grouping.keys()],
  }));
  const [only] = groups;
  const found =
    only && groups.length === 1 ? only : uniteRows(groups, { option: scope.option, at: by[0]?.at ?? 0 });
  return { source: found, it: { ...bare(it), columns: shownColumns(found.columns) }, order: [], expands: [] };
}

const columnOf = ({ type, nullable }: Column): Column => ({ type, nullable });

// Of the rows that go into a group nothing is left to name.
function bare<Row extends ApplyRows['it']>(it: Row): Row {
  return { ...it, columns: new Map(), ways: new Map() };
}

/** The finest first: `c,rollup(a,b)` groups by c,a,b and by c,a; `rollup($all,a,b)` also by nothing. */
function groupingsOf(by: readonly GroupTerm[], scope: Scope): readonly Grouping[] {
  return by.reduce<readonly Grouping[]>(
    (groupings, term) => {
      const levels = levelsOf(term, scope);
      checkReads(groupings.length * levels.length, { option: scope.option, at: term.at });
      return groupings.flatMap((grouping) => levels.map((level) => new Map([...grouping, ...level])));
    },
    [new Map()],
  );
}

function levelsOf(term: GroupTerm, scope: Scope): readonly Grouping[] {
  switch (term.kind) {
    case 'path':
      return [new Map([groupColumn(term.segments, term.at, scope)])];
    case 'rollup': {
      const columns = term.of.map((segments) => groupColumn(segments, term.at, scope));
      const levels = columns.map((_, dropped) => new Map(columns.slice(0, columns.length - dropped)));
      return term.all ? [...levels, new Map()] : levels;
    }
    default:
      return assertNever(term);
  }
}

function groupColumn(
  segments: readonly string[],
  at: number,
  scope: Scope,
): readonly [name: string, value: Scalar & Column] {
  const value = bindScalar({ kind: 'path', segments, at }, scope);
  if (value.kind === 'literal') throw new TypeError('A path is no literal.');
  return [nameOfPath(segments, scope), value];
}

/** The path as the model writes it. */
function nameOfPath(segments: readonly string[], { it, catalogue }: Scope): string {
  const written = segments.join('/');
  const own = findName(it.columns, written);
  if (own !== null) return own;
  const names: string[] = [];
  let at: Pick<Listing, 'properties' | 'ways'> = { properties: new Map(), ways: it.ways };
  for (const segment of segments) {
    const name = findName(at.ways, segment) ?? findName(at.properties, segment) ?? segment;
    names.push(name);
    at = catalogue.listings.get(at.ways.get(name)?.to ?? '') ?? at;
  }
  return names.join('/');
}

function bindAggregate(item: AggregateItem, mayBeEmpty: boolean, scope: Scope): Aggregate {
  if (item.kind === 'count') return bindCounted(item, scope);
  const { expression, method } = item;
  const counts = method === 'countdistinct';
  const folded =
    expression.kind === 'path'
      ? bindFold(expression, method === 'min' || method === 'max' ? method : 'sum', scope)
      : null;
  if (folded && counts) throw notOffered('countdistinct of related rows', expression, scope, FROM_THERE);
  const of = folded ?? bindScalar(expression, scope);
  const { type, kind } = of;
  const adds = method === 'sum' || method === 'average';
  if (type === 'null' || (adds && familyOf(type) !== 'number')) {
    const hint = type === 'null' ? undefined : 'min, max and countdistinct take any value.';
    const message = `${method} takes ${adds ? 'a number' : 'a value'}; ${inWords(expression)} is ${articled(type)}.`;
    throw mismatch(message, expression, scope, hint);
  }
  const nullable = mayBeEmpty || kind === 'literal' || of.nullable;
  const result = resultOf(method, of, nullable);
  if (!folded || method !== 'average' || expression.kind !== 'path') return { method, of, ...result };
  const to = bindFold(expression, 'count', scope);
  if (!to) throw new TypeError('What is added up can be counted.');
  return { method: 'ratio', of, to, ...result };
}

const FROM_THERE = 'Start at the collection of the related rows, and group it by the way back.';

function bindCounted(
  { of: segments, at }: AggregateItem & { readonly kind: 'count' },
  scope: Scope,
): Aggregate {
  if (!segments) return { method: 'count', type: 'Edm.Int64', nullable: false };
  const path = { kind: 'path', segments, at } as const;
  const of = bindFold(path, 'sum', scope) ?? bindScalar(path, scope);
  return { method: 'total', of, type: 'Edm.Int64', nullable: false };
}

function resultOf(method: AggregateMethod, { type }: Scalar, nullable: boolean): Column {
  switch (method) {
    case 'sum':
      return { type: typeOfSum(type), nullable };
    case 'average':
      return { type: 'Edm.Double', nullable };
    case 'min':
    case 'max':
      return { type, nullable };
    case 'countdistinct':
      return { type: 'Edm.Int64', nullable: false };
    default:
      return assertNever(method);
  }
}
