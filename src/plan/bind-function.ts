// Functions in a path, `devices(7)/history(from=20261001,to=20261120)`: which rows of the past they mean.
import { type BoundFunction, boundFunctionsOf } from '../../schema/derive/bound-functions.ts';
import { type Listing, type Way, findName } from '../../schema/derive/catalogue.ts';
import type { Entity, Role } from '../../schema/words.ts';
import { type DateKey, dateKeyOf, midnightOf } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import { printLiteral } from '../odata/print-literal.ts';
import type { CallArgument } from '../odata/wanted.ts';
import type { PlanContext } from './plan-context.ts';
import type { Condition, Scalar } from './read-plan.ts';
import { MAIN_ROW } from './scope.ts';

export interface BoundCall {
  /** Followed from the row that the function is called on; null where the rows stay the same. */
  readonly way: Way | null;
  /** What the function says of the rows it answers. */
  readonly where: readonly Condition[];
  /** The call as the feed would write it. */
  readonly text: string;
}

/** What stands before the function: `address` is its path as the feed would write it. */
interface Callee {
  readonly listing: Listing;
  readonly shape: string;
  readonly address: string;
}

/**
 * Null where no function has the name. `given` is null where the name stands alone.
 * Throws `request.not-in-v1`, and `request.malformed-url` where the arguments are not what the function takes.
 */
export function bindFunction(
  written: string,
  given: readonly CallArgument[] | null,
  { listing, shape, address }: Callee,
  { version, catalogues }: Pick<PlanContext, 'version' | 'catalogues'>,
): BoundCall | null {
  const { beta } = catalogues;
  const bare = written.startsWith(`${beta.namespace}.`) ? written.slice(beta.namespace.length + 1) : written;
  const offered = beta.listings.get(listing.entity.name);
  const functions = new Map(
    (offered ? boundFunctionsOf(beta, offered) : []).map((each) => [each.name, each]),
  );
  const called = functions.get(findName(functions, bare) as BoundFunction['name']);
  if (!called) return null;
  const place = `${address}/${called.name}`;
  if (version === 'v1.0') {
    const hint = `Ask beta: /beta/${exampleOf(called, listing.entity)}`;
    throw new FeedError('request.not-in-v1', `${called.name} is not part of v1.0.`, { target: place, hint });
  }
  if (shape !== (called.on === 'rows' ? 'page' : 'entity')) {
    const what = called.on === 'rows' ? 'a collection' : 'one row';
    throw wrongCall(place, `${called.name} is asked of ${what}.`, called, listing.entity);
  }
  const days = new Map(
    called.parameters.map(({ name }) => [name, dayOf(name, given ?? [], place, called, listing.entity)]),
  );
  const stray = given?.find(({ name }) => !days.has(name));
  if (stray || given?.length !== days.size) {
    const message = stray
      ? `${called.name} takes no '${stray.name}'.`
      : `${called.name} takes each value once.`;
    throw wrongCall(place, message, called, listing.entity);
  }
  const [first = 0, last = first] = days.values();
  if (first > last) throw wrongCall(place, `${first} is after ${last}.`, called, listing.entity);
  const target = beta.listings.get(called.way?.to ?? '');
  return {
    way: called.way,
    where: target
      ? daysBetween(target.entity, first, last)
      : [{ kind: 'asOf', row: MAIN_ROW, entity: listing.entity, day: first }],
    text: `${called.name}(${[...days].map(([name, day]) => `${name}=${day}`).join(',')})`,
  };
}

function dayOf(
  name: string,
  given: readonly CallArgument[],
  place: string,
  called: BoundFunction,
  entity: Entity,
): DateKey {
  const literal = given.find((each) => each.name === name)?.literal;
  if (!literal) throw wrongCall(place, `${called.name} takes ${name}.`, called, entity);
  const day = literal.type === 'integer' ? Number(literal.value) : NaN;
  if (dateKeyOf(midnightOf(day)) === day) return day;
  const message = `${printLiteral(literal)} is no day of the calendar; days are written yyyymmdd.`;
  throw wrongCall(place, message, called, entity);
}

/** Nights of the range, or states that held on one of its days. */
function daysBetween(entity: Entity, first: DateKey, last: DateKey): readonly Condition[] {
  if (entity.lifetime === 'daily') {
    const day = propertyOf(entity, 'day');
    return [compared(day, 'ge', BigInt(first)), compared(day, 'le', BigInt(last))];
  }
  return [
    compared(propertyOf(entity, 'startDay'), 'le', BigInt(last)),
    compared(propertyOf(entity, 'end'), 'gt', midnightOf(first).toISOString().slice(0, 19)),
  ];
}

type Property = Scalar & { readonly kind: 'property' };

function propertyOf({ name, properties }: Entity, role: Role): Property {
  const [found] = Object.entries(properties).filter(([, property]) => property.role === role);
  if (!found) throw new TypeError(`${name} has no property with the role '${role}'.`);
  const [property, { type, nullable }] = found;
  return { kind: 'property', row: MAIN_ROW, property, type, nullable };
}

function compared(left: Property, operator: 'ge' | 'le' | 'gt', value: bigint | string): Condition {
  return { kind: 'compare', operator, left, right: { kind: 'literal', value, type: left.type } };
}

function wrongCall(target: string, message: string, called: BoundFunction, entity: Entity): FeedError {
  const hint = `As in ${exampleOf(called, entity)}.`;
  return new FeedError('request.malformed-url', message, { target, hint });
}

// The day of the example is as good as any: arguments are always days.
function exampleOf({ name, on, parameters }: BoundFunction, entity: Entity): string {
  const values = parameters.map((each, index) => `${each.name}=2026100${index + 1}`).join(',');
  return `${entity.name}${on === 'row' ? '(key)' : ''}/${name}(${values})`;
}
