// groupby and aggregate: one row for each group, with its aggregates.
import { type EntitySet, findName } from '../../../schema/derive/exposed-model.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { AggregateItem, AggregateMethod, GroupTerm } from '../../odata/syntax/parsed-request.ts';
import { type ApplyRows, visibleColumns } from './apply-rows.ts';
import { bindScalar } from '../bind/bind-expression.ts';
import { bindRelatedAggregate } from '../bind/bind-path.ts';
import { checkAlias } from '../bind/check-alias.ts';
import { checkApplyReads, unionRows } from './concat-rows.ts';
import type { Aggregate, ColumnShape, RowSource, Scalar } from '../relational-algebra.ts';
import { describeExpression, typeMismatch, notOffered } from '../bind/bind-errors.ts';
import { MAIN_ROW, type Scope } from '../bind/scope.ts';
import { describeType, familyOf, typeOfSum } from '../bind/type-family.ts';

/** Column name → the value that the rows of a group share. */
type GroupingSet = ReadonlyMap<string, Scalar & ColumnShape>;

/**
 * One row for each group, and with `rollup` one for each subtotal. A subtotal has null for the properties that it sums
 * over. The standard omits them, but Power Query refuses a row without a property that $metadata declares;
 * `Prefer: omit-values=nulls` omits them.
 */
export function groupRows(
  { source, it }: ApplyRows,
  by: readonly GroupTerm[],
  items: readonly AggregateItem[],
  scope: Scope,
): ApplyRows {
  const groupingSets = groupingSetsOf(by, scope);
  const all = new Map(groupingSets.flatMap((groupingSet) => [...groupingSet]));
  const mayBeEmpty = groupingSets.some(({ size }) => size === 0);
  const aggregates = new Map<string, Aggregate>();
  for (const item of items) {
    checkAlias(item, new Map<string, unknown>([...all, ...aggregates]), { ...scope, it: withoutNames(it) });
    aggregates.set(item.as, bindAggregate(item, mayBeEmpty, scope));
  }
  const groups = groupingSets.map((groupingSet): RowSource => ({
    kind: 'grouped',
    of: source,
    row: MAIN_ROW,
    by: groupingSet,
    aggregates,
    columns: new Map([
      ...[...groupingSet].map(([name, each]) => [name, it.columns.get(name) ?? columnOf(each)] as const),
      ...[...aggregates].map(([name, each]) => [name, { ...columnOf(each), dynamic: true }] as const),
    ]),
    key: [...groupingSet.keys()],
  }));
  const [only] = groups;
  const groupedSource = only && groups.length === 1 ? only : unionRows(groups, scope, by[0]?.at ?? 0);
  return {
    source: groupedSource,
    it: { ...withoutNames(it), columns: visibleColumns(groupedSource.columns) },
    order: [],
    expands: [],
  };
}

const columnOf = ({ type, nullable }: ColumnShape): ColumnShape => ({ type, nullable });

// The rows of a group cannot be named any more.
function withoutNames<Row extends ApplyRows['it']>(it: Row): Row {
  return { ...it, columns: new Map(), navigations: new Map() };
}

/** The finest first: `c,rollup(a,b)` groups by c,a,b and by c,a; `rollup($all,a,b)` also by nothing. */
function groupingSetsOf(by: readonly GroupTerm[], scope: Scope): readonly GroupingSet[] {
  return by.reduce<readonly GroupingSet[]>(
    (groupingSets, term) => {
      const levels = rollupSetsOf(term, scope);
      checkApplyReads(groupingSets.length * levels.length, scope, term.at);
      return groupingSets.flatMap((groupingSet) =>
        levels.map((level) => new Map([...groupingSet, ...level])),
      );
    },
    [new Map()],
  );
}

function rollupSetsOf(term: GroupTerm, scope: Scope): readonly GroupingSet[] {
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
): readonly [name: string, value: Scalar & ColumnShape] {
  const value = bindScalar({ kind: 'path', segments, at }, scope);
  if (value.kind === 'literal') throw new TypeError('A path is not a literal.');
  return [modelPath(segments, scope), value];
}

/** The path as the model writes it. */
function modelPath(segments: readonly string[], { it, exposedModel }: Scope): string {
  const written = segments.join('/');
  const own = findName(it.columns, written);
  if (own !== null) return own;
  const names: string[] = [];
  let at: Pick<EntitySet, 'properties' | 'navigations'> = {
    properties: new Map(),
    navigations: it.navigations,
  };
  for (const segment of segments) {
    const name = findName(at.navigations, segment) ?? findName(at.properties, segment) ?? segment;
    names.push(name);
    at = exposedModel.entitySets.get(at.navigations.get(name)?.to ?? '') ?? at;
  }
  return names.join('/');
}

function bindAggregate(item: AggregateItem, mayBeEmpty: boolean, scope: Scope): Aggregate {
  if (item.kind === 'count') return bindCountAggregate(item, scope);
  const { expression, method } = item;
  const isCountDistinct = method === 'countdistinct';
  const related =
    expression.kind === 'path'
      ? bindRelatedAggregate(expression, method === 'min' || method === 'max' ? method : 'sum', scope)
      : null;
  if (related && isCountDistinct)
    throw notOffered('countdistinct of related rows', expression, scope, GROUP_FROM_RELATED_HINT);
  const of = related ?? bindScalar(expression, scope);
  const { type, kind } = of;
  const adds = method === 'sum' || method === 'average';
  if (type === 'null' || (adds && familyOf(type) !== 'number')) {
    const hint = type === 'null' ? undefined : 'min, max and countdistinct take any value.';
    const message = `${method} takes ${adds ? 'a number' : 'a value'}; ${describeExpression(expression)} is ${describeType(type)}.`;
    throw typeMismatch(message, expression, scope, hint);
  }
  const nullable = mayBeEmpty || kind === 'literal' || of.nullable;
  const result = aggregateColumn(method, of, nullable);
  if (!related || method !== 'average' || expression.kind !== 'path') return { method, of, ...result };
  const to = bindRelatedAggregate(expression, 'count', scope);
  if (!to) throw new TypeError('Related rows that have a sum have a count.');
  return { method: 'ratio', of, to, ...result };
}

const GROUP_FROM_RELATED_HINT =
  'Start at the collection of the related rows, and group it by the navigation back.';

function bindCountAggregate(
  { of: segments, at }: AggregateItem & { readonly kind: 'count' },
  scope: Scope,
): Aggregate {
  if (!segments) return { method: 'count', type: 'Edm.Int64', nullable: false };
  const path = { kind: 'path', segments, at } as const;
  const of = bindRelatedAggregate(path, 'sum', scope) ?? bindScalar(path, scope);
  return { method: 'total', of, type: 'Edm.Int64', nullable: false };
}

function aggregateColumn(method: AggregateMethod, { type }: Scalar, nullable: boolean): ColumnShape {
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
