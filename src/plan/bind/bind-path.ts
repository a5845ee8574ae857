// Binds paths: from the current row through navigations to a column, to a row, or to related rows.
import {
  type NavigationProperty,
  findName,
  inverseConstraint,
} from '../../../schema/derive/exposed-model.ts';
import { limitExceeded } from '../../base/limit-exceeded.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Expression } from '../../odata/syntax/expression.ts';
import type { SearchExpression } from '../../odata/syntax/search-expression.ts';
import { allOf } from './combine-conditions.ts';
import type {
  Condition,
  RelatedAggregateMethod,
  NavigationJoin,
  RowId,
  Scalar,
} from '../relational-algebra.ts';
import { typeMismatch } from './bind-errors.ts';
import { columnScalar } from './column-scalar.ts';
import { type Scope, type ScopeRow, collectionRows } from './scope.ts';
import { familyOf, typeOfSum } from './type-family.ts';
import { unknownProperty } from './unknown-property.ts';

type Of<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

interface NavigationPath {
  readonly segments: readonly string[];
  readonly at: number;
}

/** The navigations at the beginning of a path, followed. */
interface FollowedPath {
  readonly joins: readonly NavigationJoin[];
  /** The row at the end, or each of the rows. */
  readonly end: ScopeRow;
  readonly many: boolean;
  /** The remaining segments. */
  readonly rest: readonly string[];
}

/** Binds a path that has a value. Throws `request.unknown-property`, `request.type-mismatch`, `limit.too-complex`. */
export function bindPath(path: Of<'path'>, scope: Scope): Scalar {
  const { joins, end, many, rest } = followPath(path, scope);
  const [written, ...more] = rest;
  if (many && written === '$count' && more.length === 0) return countRelated(joins, null);
  // Grouped rows have columns that are named by a whole path.
  const name = findName(end.columns, rest.join('/'));
  const column = name === null ? undefined : end.columns.get(name);
  if (name !== null && column && !many) return navigateThrough(joins, columnScalar(end.row, name, column));
  const whole = path.segments.join('/');
  if (many) {
    const hint = `Ask of its rows, ${whole}/any(x:…), or for their number, ${whole}/$count.`;
    throw typeMismatch(`${whole} is a collection and has no value.`, path, scope, hint);
  }
  if (written === undefined) {
    throw typeMismatch(`${whole} is a row and has no value.`, path, scope, 'Name a property of it.');
  }
  if (findName(end.columns, written) !== null) {
    throw typeMismatch(`${written} is a value and has no parts.`, path, scope);
  }
  throw unknownProperty(end, written, scope.option, path.at);
}

/** Whether the single row at the end of a path exists; null where the path ends in anything else. */
export function bindNavigationExists(path: Of<'path'>, scope: Scope): Condition | null {
  const { joins, many, rest } = followPath(path, scope);
  if (joins.length === 0 || many || rest.length > 0) return null;
  return nestQuantifier(joins, 'exists', null);
}

/** Binds `apps/any(a:…)`; the body with its variable is bound by `bindBody`. */
export function bindLambda(
  lambda: Of<'lambda'>,
  scope: Scope,
  bindBody: (body: Expression, scope: Scope) => Condition,
): Condition {
  const { quantifier, variable, body } = lambda;
  const { joins, end } = followToCollection(lambda, quantifier, scope);
  const kind = quantifier === 'any' ? 'exists' : 'forAll';
  if (variable === null || body === null) return nestQuantifier(joins, kind, null);
  if (scope.variables.has(variable)) {
    throw new FeedError('request.malformed-expression', `The variable '${variable}' is already taken.`, {
      target: scope.option,
      position: lambda.at,
    });
  }
  const variables = new Map([...scope.variables, [variable, end]]);
  return nestQuantifier(joins, kind, bindBody(body, { ...scope, variables, nextRow: end.row + 1 }));
}

/** Binds `apps/$count($filter=…;$search=…)`: both options apply to the counted rows. */
export function bindCount(
  count: Of<'count'>,
  scope: Scope,
  { bindFilter, bindSearch }: CountBinders,
): Scalar {
  const { joins, end } = followToCollection(count, '$count', scope);
  const innerScope: Scope = { ...scope, it: end, nextRow: end.row + 1 };
  const { filter, search } = count;
  const filtered = filter ? [bindFilter(filter, innerScope)] : [];
  const found = search ? [bindSearch(search, innerScope)] : [];
  return countRelated(joins, allOf([...filtered, ...found]));
}

interface CountBinders {
  readonly bindFilter: (filter: Expression, scope: Scope) => Condition;
  readonly bindSearch: (search: SearchExpression, scope: Scope) => Condition;
}

/**
 * Binds a path through collections to an aggregate of the values at its end, one collection at a time from the inside
 * out; null where the path goes through no collection. Throws as bindPath does.
 */
export function bindRelatedAggregate(
  path: Of<'path'>,
  method: RelatedAggregateMethod,
  scope: Scope,
): Scalar | null {
  const { joins, end, many, rest } = followPath(path, scope);
  const last = joins.at(-1);
  // `apps/$count` is one value of the row where it starts.
  if (!last || !many || (rest[0] === '$count' && rest.length === 1)) return null;
  if (rest.length === 0) return bindPath(path, scope);
  const inner = { ...path, segments: rest };
  const innerScope = { ...scope, it: end, nextRow: end.row + 1 };
  const innerAggregate = bindRelatedAggregate(inner, method, innerScope);
  const of = innerAggregate ?? bindPath(inner, innerScope);
  const adds = method === 'sum' && familyOf(of.type) === 'number';
  const aggregate: Scalar =
    method === 'count'
      ? {
          kind: 'aggregateRelated',
          method: innerAggregate ? 'sum' : method,
          join: last,
          of,
          type: 'Edm.Int64',
          nullable: true,
        }
      : {
          kind: 'aggregateRelated',
          method,
          join: last,
          of,
          type: adds ? typeOfSum(of.type) : of.type,
          nullable: true,
        };
  return navigateThrough(joins.slice(0, -1), aggregate);
}

/** Joins a navigation to a row; `row` is the id of the rows it leads to. */
export function joinNavigation(
  start: ScopeRow,
  navigation: NavigationProperty,
  row: RowId,
  { exposedModel }: Pick<Scope, 'exposedModel'>,
): { readonly join: NavigationJoin; readonly end: ScopeRow } {
  const entitySet = exposedModel.entitySets.get(navigation.to);
  if (!entitySet) throw new TypeError(`The navigation ${navigation.name} leads out of the exposed model.`);
  const { entity, properties, navigations } = entitySet;
  const { source = collectionRows(entitySet), filteredExpansions = NO_FILTERED_EXPANSIONS } =
    start.filteredExpansions?.get(navigation.name) ?? {};
  return {
    join: {
      row,
      source,
      start: start.row,
      on: inverseConstraint(navigation.on),
      many: navigation.many,
    },
    end: { row, columns: properties, navigations, entity, filteredExpansions },
  };
}

const NO_FILTERED_EXPANSIONS: NonNullable<ScopeRow['filteredExpansions']> = new Map();

function followPath({ segments, at }: NavigationPath, scope: Scope): FollowedPath {
  const variable = scope.variables.get(segments[0] ?? '');
  let rest = variable ? segments.slice(1) : segments;
  let end = variable ?? scope.it;
  let many = false;
  const joins: NavigationJoin[] = [];
  while (!many && rest[0] !== undefined && findName(end.columns, rest[0]) === null) {
    const navigation = end.navigations.get(findName(end.navigations, rest[0]) ?? '');
    if (!navigation) break;
    const row = scope.nextRow + joins.length;
    if (row > scope.limits.rowsInSight) throw tooManyRows(scope, at);
    const step = joinNavigation(end, navigation, row, scope);
    joins.push(step.join);
    ({ end } = step);
    ({ many } = navigation);
    rest = rest.slice(1);
  }
  return { joins, end, many, rest };
}

/** Follows a path that must end in a collection; `asker` is what needs it, for the message. */
function followToCollection(path: NavigationPath, asker: string, scope: Scope): FollowedPath {
  const followed = followPath(path, scope);
  const { end, many, rest } = followed;
  if (rest[0] !== undefined && findName(end.columns, rest[0]) === null) {
    throw unknownProperty(end, rest[0], scope.option, path.at);
  }
  if (many && rest.length === 0) return followed;
  throw typeMismatch(`${asker} needs a collection; ${path.segments.join('/')} is not one.`, path, scope);
}

function countRelated(joins: readonly NavigationJoin[], where: Condition | null): Scalar {
  const last = joins.at(-1);
  if (!last) throw new TypeError('A path to related rows needs a navigation.');
  return navigateThrough(joins.slice(0, -1), {
    kind: 'countRelated',
    join: last,
    where,
    type: 'Edm.Int64',
    nullable: false,
  });
}

function navigateThrough(joins: readonly NavigationJoin[], of: Scalar): Scalar {
  return joins.reduceRight<Scalar>(
    (value, join) => ({ kind: 'navigate', join, of: value, type: value.type, nullable: true }),
    of,
  );
}

function nestQuantifier(
  joins: readonly NavigationJoin[],
  kind: 'exists' | 'forAll',
  where: Condition | null,
): Condition {
  const condition = joins.reduceRight<Condition | null>(
    (inner, join) => ({ kind, join, where: inner }),
    where,
  );
  if (!condition) throw new TypeError('A path to related rows needs a navigation.');
  return condition;
}

function tooManyRows({ option, limits }: Scope, position: number): FeedError {
  return limitExceeded('rowsInSight', option, limits, { target: option, position });
}
