// Functions in a path, `devices(7)/history(from=20261001,to=20261120)`: which rows of the past they mean.
import { type BoundFunction, boundFunctionsOf } from '../../../schema/derive/bound-functions.ts';
import { type EntitySet, type NavigationProperty, findName } from '../../../schema/derive/exposed-model.ts';
import type { Entity, PropertyRole } from '../../../schema/entity.ts';
import { type DateKey, canonicalMidnight, dateKeyOf, midnightOf } from '../../base/date-key.ts';
import { FeedError } from '../../base/feed-error.ts';
import { printLiteral } from '../../odata/print/print-literal.ts';
import type { CallArgument } from '../../odata/syntax/parsed-request.ts';
import type { PlanContext } from '../plan-context.ts';
import type { Condition } from '../relational-algebra.ts';
import { type ColumnScalar, columnWithRole, compareColumn } from '../bind/column-scalar.ts';
import { MAIN_ROW } from '../bind/scope.ts';

export interface BoundCall {
  /** The navigation that the function follows; null where it filters the collection itself. */
  readonly navigation: NavigationProperty | null;
  /** Conditions on the rows that it returns. */
  readonly where: readonly Condition[];
  /** The call as the feed would write it. */
  readonly text: string;
}

/** What the function is bound to: `address` is its path as the feed would write it. */
interface Callee {
  readonly entitySet: EntitySet;
  readonly shape: string;
  readonly address: string;
}

/**
 * Null where no function has the name. `callArguments` is null for a name without parentheses.
 * Throws `request.not-in-v1`, and `request.malformed-url` where the arguments are not what the function takes.
 */
export function bindPathFunction(
  written: string,
  callArguments: readonly CallArgument[] | null,
  { entitySet, shape, address }: Callee,
  { version, exposedModels }: Pick<PlanContext, 'version' | 'exposedModels'>,
): BoundCall | null {
  const { beta } = exposedModels;
  const unqualified = written.startsWith(`${beta.namespace}.`)
    ? written.slice(beta.namespace.length + 1)
    : written;
  const offered = beta.entitySets.get(entitySet.entity.name);
  const functions = new Map(
    (offered ? boundFunctionsOf(beta, offered) : []).map((each) => [each.name, each]),
  );
  const boundFunction = functions.get(findName(functions, unqualified) as BoundFunction['name']);
  if (!boundFunction) return null;
  const place = `${address}/${boundFunction.name}`;
  if (version === 'v1.0') {
    const hint = `Ask beta: /beta/${exampleCall(boundFunction, entitySet.entity)}`;
    throw new FeedError('request.not-in-v1', `${boundFunction.name} is not part of v1.0.`, {
      target: place,
      hint,
    });
  }
  if (shape !== (boundFunction.boundTo === 'rows' ? 'page' : 'entity')) {
    const what = boundFunction.boundTo === 'rows' ? 'a collection' : 'one row';
    throw invalidCall(place, `${boundFunction.name} needs ${what}.`, boundFunction, entitySet.entity);
  }
  const days = new Map(
    boundFunction.parameters.map(({ name }) => [
      name,
      dayArgument(name, callArguments ?? [], place, boundFunction, entitySet.entity),
    ]),
  );
  const unexpected = callArguments?.find(({ name }) => !days.has(name));
  if (unexpected || callArguments?.length !== days.size) {
    const message = unexpected
      ? `${boundFunction.name} takes no '${unexpected.name}'.`
      : `${boundFunction.name} takes each value once.`;
    throw invalidCall(place, message, boundFunction, entitySet.entity);
  }
  const [first = 0, last = first] = days.values();
  if (first > last) throw invalidCall(place, `${first} is after ${last}.`, boundFunction, entitySet.entity);
  const target = beta.entitySets.get(boundFunction.navigation?.to ?? '');
  return {
    navigation: boundFunction.navigation,
    where: target
      ? dayRangeConditions(target.entity, first, last)
      : [{ kind: 'asOf', row: MAIN_ROW, entity: entitySet.entity, day: first }],
    text: `${boundFunction.name}(${[...days].map(([name, day]) => `${name}=${day}`).join(',')})`,
  };
}

function dayArgument(
  name: string,
  callArguments: readonly CallArgument[],
  place: string,
  boundFunction: BoundFunction,
  entity: Entity,
): DateKey {
  const literal = callArguments.find((each) => each.name === name)?.literal;
  if (!literal) throw invalidCall(place, `${boundFunction.name} takes ${name}.`, boundFunction, entity);
  const day = literal.type === 'integer' ? Number(literal.value) : NaN;
  if (dateKeyOf(midnightOf(day)) === day) return day;
  const message = `${printLiteral(literal)} is not a day of the calendar; write it as yyyymmdd.`;
  throw invalidCall(place, message, boundFunction, entity);
}

/** Snapshot days of the range, or validity intervals that overlap it. */
function dayRangeConditions(entity: Entity, first: DateKey, last: DateKey): readonly Condition[] {
  if (entity.lifetime === 'daily') {
    const day = requireColumn(entity, 'day');
    return [compareColumn(day, 'ge', BigInt(first)), compareColumn(day, 'le', BigInt(last))];
  }
  return [
    compareColumn(requireColumn(entity, 'startDay'), 'le', BigInt(last)),
    compareColumn(requireColumn(entity, 'end'), 'gt', canonicalMidnight(first)),
  ];
}

function requireColumn(entity: Entity, role: PropertyRole): ColumnScalar {
  const column = columnWithRole(MAIN_ROW, entity, role);
  if (!column) throw new TypeError(`${entity.name} has no property with the role '${role}'.`);
  return column;
}

function invalidCall(
  target: string,
  message: string,
  boundFunction: BoundFunction,
  entity: Entity,
): FeedError {
  const hint = `As in ${exampleCall(boundFunction, entity)}.`;
  return new FeedError('request.malformed-url', message, { target, hint });
}

// All parameters are days, so any day serves as an example.
function exampleCall({ name, boundTo: on, parameters }: BoundFunction, entity: Entity): string {
  const values = parameters.map((each, index) => `${each.name}=2026100${index + 1}`).join(',');
  return `${entity.name}${on === 'row' ? '(key)' : ''}/${name}(${values})`;
}
