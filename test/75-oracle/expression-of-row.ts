// The value of an expression for one row of the warehouse. Walks are replaced by what they find; the rest is arithmetic.
import type { Listing } from '../../schema/derive/catalogue.ts';
import type { EdmType, Row, Value } from '../../schema/words.ts';
import type { Expression, LiteralValue } from '../../src/odata/syntax/expression.ts';
import { evaluate } from '../40-sql/evaluator.ts';
import type { WarehouseRows } from './warehouse-rows.ts';

/** Where names are looked up: the row itself, and rows that lambdas have given a name. */
export interface Place {
  readonly row: Row;
  /** Types of the row's own values: of the collection's properties, or of what was computed. */
  readonly types: ReadonlyMap<string, string>;
  /** The collection whose ways lead on from here; null where aggregation has left no ways. */
  readonly listing: Listing | null;
  readonly named: ReadonlyMap<string, Place>;
}

export function placeOf(row: Row, listing: Listing, named: Place['named'] = new Map()): Place {
  const types = new Map([...listing.properties].map(([name, { type }]): [string, EdmType] => [name, type]));
  return { row, types, listing, named };
}

export function valueOf(expression: Expression, place: Place, warehouse: WarehouseRows): Value {
  return evaluate(withoutWalks(expression, place, warehouse), place.row);
}

/** True, false, or null for unknown. */
export function truthOf(expression: Expression, place: Place, warehouse: WarehouseRows): boolean | null {
  const value = valueOf(expression, place, warehouse);
  if (value === null || typeof value === 'boolean') return value;
  throw new TypeError('Not a condition.');
}

/** The same tree, whatever hangs in it, with a literal in the place of each path and lambda. */
function withoutWalks<Node>(node: Node, place: Place, warehouse: WarehouseRows): Node;
function withoutWalks(node: unknown, place: Place, warehouse: WarehouseRows): unknown {
  if (Array.isArray(node)) return node.map((each) => withoutWalks<unknown>(each, place, warehouse));
  if (typeof node !== 'object' || node === null) return node;
  if (isA('path', node)) return literal(walk(node.segments, place, warehouse));
  if (isA('lambda', node)) return literal({ type: 'boolean', value: quantify(node, place, warehouse) });
  return Object.fromEntries(
    Object.entries(node).map(([name, inner]) => [name, withoutWalks<unknown>(inner, place, warehouse)]),
  );
}

type Of<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

function isA<Kind extends Expression['kind']>(kind: Kind, node: object): node is Of<Kind> {
  return 'kind' in node && node.kind === kind;
}

const literal = (value: LiteralValue): Expression => ({ kind: 'literal', literal: value, at: 0 });

function walk(segments: readonly string[], place: Place, warehouse: WarehouseRows): LiteralValue {
  const [first = '', ...rest] = segments;
  const named = place.named.get(first);
  if (named) return walk(rest, named, warehouse);
  if (first === '$it') return walk(rest, place, warehouse);
  const way = place.listing?.ways.get(first);
  if (!way) return literalOf(place.row[first] ?? null, place.types.get(first) ?? '');
  const there = warehouse.follow(place.row, way);
  if (rest[0] === '$count') return { type: 'integer', value: BigInt(there.length) };
  const [row] = there;
  return row ? walk(rest, placeOf(row, warehouse.listing(way.to)), warehouse) : { type: 'null' };
}

/** Rows at the end of a path whose last segment leads to many, with the collection they are of. */
export function rowsAtEnd(
  segments: readonly string[],
  place: Place,
  warehouse: WarehouseRows,
): readonly Place[] {
  const [first = '', ...rest] = segments;
  const named = place.named.get(first);
  if (named) return rowsAtEnd(rest, named, warehouse);
  const way = place.listing?.ways.get(first);
  if (!way) throw new TypeError(`No way '${first}'.`);
  const there = warehouse
    .follow(place.row, way)
    .map((row) => placeOf(row, warehouse.listing(way.to), place.named));
  return rest.length === 0 ? there : there.flatMap((each) => rowsAtEnd(rest, each, warehouse));
}

// Two-valued: a body that is unknown has not been true.
function quantify(
  { segments, quantifier, variable, body }: Of<'lambda'>,
  place: Place,
  warehouse: WarehouseRows,
): boolean {
  const members = rowsAtEnd(segments, place, warehouse);
  const isTrue = (member: Place): boolean =>
    variable === null ||
    body === null ||
    truthOf(body, { ...place, named: new Map([...place.named, [variable, member]]) }, warehouse) === true;
  return quantifier === 'any' ? members.some(isTrue) : members.every(isTrue);
}

function literalOf(value: Value, type: string): LiteralValue {
  if (value === null) return { type: 'null' };
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'bigint') return { type: 'integer', value };
  if (typeof value === 'number') return { type: 'decimal', value, text: String(value) };
  return { type: type === 'Edm.DateTimeOffset' ? 'dateTimeOffset' : 'string', value };
}
