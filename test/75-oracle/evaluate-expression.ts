// The value of an expression for one row of the warehouse. Paths are replaced by what they find; the rest is arithmetic.
import type { EntitySet } from '../../schema/derive/exposed-model.ts';
import type { EdmType, Row, Value } from '../../schema/entity.ts';
import type { Expression, LiteralValue } from '../../src/odata/syntax/expression.ts';
import { evaluate } from '../40-sql/evaluator.ts';
import type { WarehouseRows } from './warehouse-rows.ts';

/** Where names are looked up: the row itself, and the rows of lambda variables. */
export interface RowContext {
  readonly row: Row;
  /** Types of the row's own values: properties of the collection, or computed columns. */
  readonly types: ReadonlyMap<string, string>;
  /** The collection whose navigations are available; null after an aggregation. */
  readonly entitySet: EntitySet | null;
  readonly variables: ReadonlyMap<string, RowContext>;
}

export function rowContextOf(
  row: Row,
  entitySet: EntitySet,
  named: RowContext['variables'] = new Map(),
): RowContext {
  const types = new Map([...entitySet.properties].map(([name, { type }]): [string, EdmType] => [name, type]));
  return { row, types, entitySet, variables: named };
}

export function valueOf(expression: Expression, place: RowContext, warehouse: WarehouseRows): Value {
  return evaluate(resolvePaths(expression, place, warehouse), place.row);
}

/** True, false, or null for unknown. */
export function truthOf(expression: Expression, place: RowContext, warehouse: WarehouseRows): boolean | null {
  const value = valueOf(expression, place, warehouse);
  if (value === null || typeof value === 'boolean') return value;
  throw new TypeError('Not a condition.');
}

/** The same tree with a literal in place of each path and lambda. */
function resolvePaths<Node>(node: Node, place: RowContext, warehouse: WarehouseRows): Node;
function resolvePaths(node: unknown, place: RowContext, warehouse: WarehouseRows): unknown {
  if (Array.isArray(node)) return node.map((each) => resolvePaths<unknown>(each, place, warehouse));
  if (typeof node !== 'object' || node === null) return node;
  if (isA('path', node)) return literal(valueAtPath(node.segments, place, warehouse));
  if (isA('lambda', node)) return literal({ type: 'boolean', value: quantify(node, place, warehouse) });
  return Object.fromEntries(
    Object.entries(node).map(([name, inner]) => [name, resolvePaths<unknown>(inner, place, warehouse)]),
  );
}

type ExpressionOf<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

function isA<Kind extends Expression['kind']>(kind: Kind, node: object): node is ExpressionOf<Kind> {
  return 'kind' in node && node.kind === kind;
}

const literal = (value: LiteralValue): Expression => ({ kind: 'literal', literal: value, at: 0 });

function valueAtPath(segments: readonly string[], place: RowContext, warehouse: WarehouseRows): LiteralValue {
  const [first = '', ...rest] = segments;
  const named = place.variables.get(first);
  if (named) return valueAtPath(rest, named, warehouse);
  if (first === '$it') return valueAtPath(rest, place, warehouse);
  const navigation = place.entitySet?.navigations.get(first);
  if (!navigation) return literalOf(place.row[first] ?? null, place.types.get(first) ?? '');
  const targets = warehouse.navigate(place.row, navigation);
  if (rest[0] === '$count') return { type: 'integer', value: BigInt(targets.length) };
  const [row] = targets;
  return row
    ? valueAtPath(rest, rowContextOf(row, warehouse.entitySet(navigation.to)), warehouse)
    : { type: 'null' };
}

/** Rows at the end of a path whose last segment leads to many, with the collection they are of. */
export function rowsAtEnd(
  segments: readonly string[],
  place: RowContext,
  warehouse: WarehouseRows,
): readonly RowContext[] {
  const [first = '', ...rest] = segments;
  const named = place.variables.get(first);
  if (named) return rowsAtEnd(rest, named, warehouse);
  const navigation = place.entitySet?.navigations.get(first);
  if (!navigation) throw new TypeError(`No way '${first}'.`);
  const targets = warehouse
    .navigate(place.row, navigation)
    .map((row) => rowContextOf(row, warehouse.entitySet(navigation.to), place.variables));
  return rest.length === 0 ? targets : targets.flatMap((each) => rowsAtEnd(rest, each, warehouse));
}

// Two-valued: a body that is unknown has not been true.
function quantify(
  { segments, quantifier, variable, body }: ExpressionOf<'lambda'>,
  place: RowContext,
  warehouse: WarehouseRows,
): boolean {
  const members = rowsAtEnd(segments, place, warehouse);
  const isTrue = (member: RowContext): boolean =>
    variable === null ||
    body === null ||
    truthOf(body, { ...place, variables: new Map([...place.variables, [variable, member]]) }, warehouse) ===
      true;
  return quantifier === 'any' ? members.some(isTrue) : members.every(isTrue);
}

function literalOf(value: Value, type: string): LiteralValue {
  if (value === null) return { type: 'null' };
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'bigint') return { type: 'integer', value };
  if (typeof value === 'number') return { type: 'decimal', value, text: String(value) };
  return { type: type === 'Edm.DateTimeOffset' ? 'dateTimeOffset' : 'string', value };
}
