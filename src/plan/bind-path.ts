// Paths: from the row in sight along navigations to a column, to a row, or to rows that are counted or asked of.
import { type Way, findName } from '../../schema/derive/catalogue.ts';
import { limitExceeded } from '../base/limit-exceeded.ts';
import { FeedError } from '../base/feed-error.ts';
import { LIMITS } from '../base/limits.ts';
import type { Expression } from '../odata/expression.ts';
import type { SearchExpression } from '../odata/search-expression.ts';
import { allOf } from './all-of.ts';
import type { Column, Condition, Fold, Following, RowId, Scalar } from './read-plan.ts';
import { mismatch } from './refusals.ts';
import { type Scope, type ScopeRow, collectionRows } from './scope.ts';
import { familyOf, typeOfSum } from './type-words.ts';
import { unknownProperty } from './unknown-property.ts';

type Of<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

interface Path {
  readonly segments: readonly string[];
  readonly at: number;
}

/** A path as far as it follows navigations. */
interface Walk {
  readonly ways: readonly Following[];
  /** The row, or each of the rows, where it arrives. */
  readonly end: ScopeRow;
  readonly many: boolean;
  /** What is left of the segments. */
  readonly rest: readonly string[];
}

/** Binds a path that has a value. Throws `request.unknown-property`, `request.type-mismatch`, `limit.too-complex`. */
export function bindPath(path: Of<'path'>, scope: Scope): Scalar {
  const { ways, end, many, rest } = walk(path, scope);
  const [written, ...more] = rest;
  if (many && written === '$count' && more.length === 0) return counted(ways, null);
  // Rows that were grouped have columns named by a whole path.
  const name = findName(end.columns, rest.join('/'));
  const column = name === null ? undefined : end.columns.get(name);
  if (name !== null && column && !many) return through(ways, columnOf(end.row, name, column));
  const whole = path.segments.join('/');
  if (many) {
    const hint = `Ask of its rows, ${whole}/any(x:…), or for their number, ${whole}/$count.`;
    throw mismatch(`${whole} is a collection and has no value.`, path, scope, hint);
  }
  if (written === undefined) {
    throw mismatch(`${whole} is a row and has no value.`, path, scope, 'Name a property of it.');
  }
  if (findName(end.columns, written) !== null) {
    throw mismatch(`${written} is a value and has no parts.`, path, scope);
  }
  throw unknownProperty(end, written, scope.option, path.at);
}

/** Whether the one row exists that a path of navigations leads to; null where the path leads elsewhere. */
export function bindPresence(path: Of<'path'>, scope: Scope): Condition | null {
  const { ways, many, rest } = walk(path, scope);
  if (ways.length === 0 || many || rest.length > 0) return null;
  return nested(ways, 'some', null);
}

/** Binds `apps/any(a:…)`; the body with its variable is bound by `bindBody`. */
export function bindLambda(
  lambda: Of<'lambda'>,
  scope: Scope,
  bindBody: (body: Expression, scope: Scope) => Condition,
): Condition {
  const { quantifier, variable, body } = lambda;
  const { ways, end } = walkToMany(lambda, quantifier, scope);
  const kind = quantifier === 'any' ? 'some' : 'every';
  if (variable === null || body === null) return nested(ways, kind, null);
  if (scope.variables.has(variable)) {
    throw new FeedError('request.malformed-expression', `The variable '${variable}' is taken already.`, {
      target: scope.option,
      position: lambda.at,
    });
  }
  const variables = new Map([...scope.variables, [variable, end]]);
  return nested(ways, kind, bindBody(body, { ...scope, variables, nextRow: end.row + 1 }));
}

/** Binds `apps/$count($filter=…;$search=…)`: both are about the counted rows. */
export function bindCount(
  count: Of<'count'>,
  scope: Scope,
  { bindFilter, bindSearch }: CountBinders,
): Scalar {
  const { ways, end } = walkToMany(count, '$count', scope);
  const there: Scope = { ...scope, it: end, nextRow: end.row + 1 };
  const { filter, search } = count;
  const filtered = filter ? [bindFilter(filter, there)] : [];
  const found = search ? [bindSearch(search, there)] : [];
  return counted(ways, allOf([...filtered, ...found]));
}

interface CountBinders {
  readonly bindFilter: (filter: Expression, scope: Scope) => Condition;
  readonly bindSearch: (search: SearchExpression, scope: Scope) => Condition;
}

/**
 * Binds a path through collections to one value of all that lie at its end, collection by collection from the inside out;
 * null where the path leads through none. Throws as bindPath does.
 */
export function bindFold(path: Of<'path'>, method: Fold, scope: Scope): Scalar | null {
  const { ways, end, many, rest } = walk(path, scope);
  const last = ways.at(-1);
  // The number of rows is a value of the row where they start.
  if (!last || !many || (rest[0] === '$count' && rest.length === 1)) return null;
  if (rest.length === 0) return bindPath(path, scope);
  const inner = { ...path, segments: rest };
  const there = { ...scope, it: end, nextRow: end.row + 1 };
  const folded = bindFold(inner, method, there);
  const of = folded ?? bindPath(inner, there);
  const adds = method === 'sum' && familyOf(of.type) === 'number';
  const fold: Scalar =
    method === 'count'
      ? { kind: 'fold', method: folded ? 'sum' : method, way: last, of, type: 'Edm.Int64', nullable: true }
      : { kind: 'fold', method, way: last, of, type: adds ? typeOfSum(of.type) : of.type, nullable: true };
  return through(ways.slice(0, -1), fold);
}

/** The rows of a way, seen from a row; `row` is what they are called. */
export function follow(
  start: ScopeRow,
  way: Way,
  row: RowId,
  { catalogue }: Pick<Scope, 'catalogue'>,
): { readonly way: Following; readonly end: ScopeRow } {
  const listing = catalogue.listings.get(way.to);
  if (!listing) throw new TypeError(`The way ${way.name} leads out of the catalogue.`);
  const { entity, properties, ways } = listing;
  const on = Object.fromEntries(Object.entries(way.on).map(([own, theirs]) => [theirs, own]));
  const { source = collectionRows(listing), narrowed = NOWHERE } = start.narrowed?.get(way.name) ?? {};
  return {
    way: { row, source, start: start.row, on, many: way.many },
    end: { row, columns: properties, ways, entity, narrowed },
  };
}

const NOWHERE: NonNullable<ScopeRow['narrowed']> = new Map();

function walk({ segments, at }: Path, scope: Scope): Walk {
  const named = scope.variables.get(segments[0] ?? '');
  let rest = named ? segments.slice(1) : segments;
  let end = named ?? scope.it;
  let many = false;
  const ways: Following[] = [];
  while (!many && rest[0] !== undefined && findName(end.columns, rest[0]) === null) {
    const way = end.ways.get(findName(end.ways, rest[0]) ?? '');
    if (!way) break;
    const row = scope.nextRow + ways.length;
    if (row > LIMITS.rowsInSight) throw tooManyRows(scope.option, at);
    const step = follow(end, way, row, scope);
    ways.push(step.way);
    ({ end } = step);
    ({ many } = way);
    rest = rest.slice(1);
  }
  return { ways, end, many, rest };
}

/** A walk that ends at rows and not at a value; `asking` is what asks of them. */
function walkToMany(path: Path, asking: string, scope: Scope): Walk {
  const walked = walk(path, scope);
  const { end, many, rest } = walked;
  if (rest[0] !== undefined && findName(end.columns, rest[0]) === null) {
    throw unknownProperty(end, rest[0], scope.option, path.at);
  }
  if (many && rest.length === 0) return walked;
  throw mismatch(`${asking} asks of a collection; ${path.segments.join('/')} is none.`, path, scope);
}

function counted(ways: readonly Following[], where: Condition | null): Scalar {
  const last = ways.at(-1);
  if (!last) throw new TypeError('Rows are reached by a navigation.');
  return through(ways.slice(0, -1), {
    kind: 'countOf',
    way: last,
    where,
    type: 'Edm.Int64',
    nullable: false,
  });
}

function columnOf(row: RowId, property: string, { type, nullable }: Column): Scalar {
  return { kind: 'property', row, property, type, nullable };
}

function through(ways: readonly Following[], of: Scalar): Scalar {
  return ways.reduceRight<Scalar>(
    (value, way) => ({ kind: 'through', way, of: value, type: value.type, nullable: true }),
    of,
  );
}

function nested(ways: readonly Following[], kind: 'some' | 'every', where: Condition | null): Condition {
  const condition = ways.reduceRight<Condition | null>((held, way) => ({ kind, way, where: held }), where);
  if (!condition) throw new TypeError('Rows are reached by a navigation.');
  return condition;
}

function tooManyRows(option: string, position: number): FeedError {
  return limitExceeded('rowsInSight', option, LIMITS, { target: option, position });
}
