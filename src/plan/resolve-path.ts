// From the path of an address to the collection, row or value that it names.
import { type Listing, type Way, findName } from '../../schema/derive/catalogue.ts';
import type { FeedVersion } from '../../schema/words.ts';
import { REMOVED_COLLECTIONS } from '../../schema/subjects/removed.ts';
import { FeedError } from '../base/feed-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import { assertNever } from '../base/assert-never.ts';
import type { PathStep, QueryOptions, Resource } from '../odata/wanted.ts';
import { allOf } from './all-of.ts';
import { bindCondition } from './bind-expression.ts';
import { bindFunction } from './bind-function.ts';
import { bindKey } from './bind-key.ts';
import type { PlanContext } from './plan-context.ts';
import type { Condition, ReadPlan } from './read-plan.ts';
import { MAIN_ROW, collectionRows, scopeOf } from './scope.ts';

export interface Target {
  readonly listing: Listing;
  readonly shape: ReadPlan['shape'];
  readonly form: ReadPlan['form'];
  /** The one property of `property` and `value`. */
  readonly property: string | null;
  /** What the path itself says of the rows: keys, and where a navigation came from. All of them hold. */
  readonly where: readonly Condition[];
  readonly source: ReadPlan | null;
  /** The path as the feed would write it, for messages: `devices(7)/deviceType`. */
  readonly address: string;
}

type Names = Pick<PlanContext, 'version' | 'catalogues' | 'now'> & Pick<QueryOptions, 'aliases'>;

/** Throws `request.unknown-resource`, `request.bad-key`, `request.not-in-v1`, and as bindCondition does. */
export function resolvePath(path: Resource & { readonly kind: 'path' }, names: Names): Target {
  const listing = findListing(path.collection, names);
  const start: Target = {
    listing,
    shape: 'page',
    form: 'rows',
    property: null,
    where: [],
    source: null,
    address: listing.entity.name,
  };
  return path.steps.reduce((target, step) => takeStep(target, step, names), start);
}

function takeStep(target: Target, step: PathStep, names: Names): Target {
  const { listing, shape, where, address } = target;
  switch (step.kind) {
    case 'key': {
      if (shape !== 'page') throw noStep(address, 'a key', 'It is not a collection.');
      const key = bindKey(step.parts, listing.entity, MAIN_ROW);
      return {
        ...target,
        shape: 'entity',
        where: [...where, ...key.conditions],
        address: address + key.text,
      };
    }
    case 'name': {
      bindFunction(step.name, null, target, names);
      // No name begins with a digit: this is the key, as a segment of its own.
      if (shape === 'page' && /^-?\d+$/.test(step.name)) {
        const literal = { type: 'integer', value: BigInt(step.name) } as const;
        return takeStep(target, { kind: 'key', parts: [{ name: null, literal }], at: step.at }, names);
      }
      if (shape === 'page') {
        const hint = `Name one row first: ${address}(key)/${step.name}. Columns are chosen by $select.`;
        throw noStep(address, `'${step.name}'`, hint);
      }
      if (shape !== 'entity') throw noStep(address, `'${step.name}'`, 'A value has no parts.');
      const property = findName(listing.properties, step.name);
      if (property !== null)
        return { ...target, shape: 'property', property, address: `${address}/${property}` };
      const way = listing.ways.get(findName(listing.ways, step.name) ?? '');
      if (way) return follow(target, way, names);
      throw unknownMember(listing, address, step.name);
    }
    case 'call': {
      const called = bindFunction(step.name, step.arguments, target, names);
      if (called) {
        const rows = called.way ? follow(target, called.way, names) : target;
        const where = [...rows.where, ...called.where];
        return { ...rows, where, address: `${address}/${called.text}` };
      }
      // A navigation with a key by name looks the same.
      const related = takeStep(target, { ...step, kind: 'name' }, names);
      return takeStep(related, { kind: 'key', parts: step.arguments, at: step.at }, names);
    }
    case 'count':
      if (shape !== 'page') throw noStep(address, '$count', 'Only a collection can be counted.');
      return { ...target, shape: 'count', address: `${address}/$count` };
    case 'value':
      if (shape !== 'property') throw noStep(address, '$value', 'Only a property has a bare value.');
      return { ...target, shape: 'value', address: `${address}/$value` };
    case 'ref':
      if (shape !== 'page' && shape !== 'entity') {
        throw noStep(address, '$ref', 'Rows have references, and values have none.');
      }
      if (names.version === 'v1.0') throw notInV1(address, '$ref');
      return { ...target, form: 'ref', address: `${address}/$ref` };
    case 'filter': {
      const { version, catalogues, ...words } = names;
      const segment = `$filter(${step.by.name})`;
      if (shape !== 'page') throw noStep(address, segment, 'Only a collection is filtered.');
      if (version === 'v1.0') throw notInV1(address, segment);
      const scope = scopeOf(listing, { ...words, catalogue: catalogues[version], option: 'the path' });
      const condition = bindCondition(step.by, scope);
      return { ...target, where: [...where, condition], address: `${address}/${segment}` };
    }
    default:
      return assertNever(step);
  }
}

function follow(from: Target, way: Way, { version, catalogues }: Names): Target {
  const listing = catalogues[version].listings.get(way.to);
  if (!listing) throw new TypeError(`The way ${way.name} leads out of the catalogue.`);
  const rows = allOf(from.where);
  if (!rows) throw new TypeError('A navigation starts at one row.');
  const source: ReadPlan = {
    entity: from.listing.entity,
    from: collectionRows(from.listing),
    row: MAIN_ROW,
    version,
    shape: 'entity',
    form: 'rows',
    source: from.source,
    columns: from.listing.entity.key,
    selected: null,
    where: rows,
    order: [],
    after: null,
    skip: 0,
    top: null,
    count: false,
    expands: [],
    generation: null,
  };
  const on = Object.fromEntries(Object.entries(way.on).map(([own, theirs]) => [theirs, own]));
  const related: Condition = {
    kind: 'related',
    row: MAIN_ROW,
    entity: listing.entity,
    source: source.from,
    sourceRow: MAIN_ROW,
    on,
    where: rows,
  };
  return {
    listing,
    shape: way.many ? 'page' : 'entity',
    form: 'rows',
    property: null,
    where: [related],
    source,
    address: `${from.address}/${way.name}`,
  };
}

const OTHER: Readonly<Record<FeedVersion, FeedVersion>> = { 'v1.0': 'beta', beta: 'v1.0' };

function findListing(written: string, { version, catalogues }: Names): Listing {
  const { listings } = catalogues[version];
  const found = listings.get(findName(listings, written) ?? '');
  if (found) return found;
  const message = `No collection '${written}' in ${version}.`;
  const elsewhere = findName(catalogues[OTHER[version]].listings, written);
  if (elsewhere !== null) {
    const hint = `${OTHER[version]} has it: /${OTHER[version]}/${elsewhere}`;
    throw new FeedError('request.unknown-resource', message, { target: written, hint });
  }
  const removed = findName(REMOVED_COLLECTIONS, written);
  if (removed !== null) {
    const said = REMOVED_COLLECTIONS.get(removed) ?? '';
    throw new FeedError('request.unknown-resource', `${message} ${said}`, { target: written });
  }
  const nearest = nearestName(listings.keys(), written);
  const meant = nearest === null ? '' : ` Did you mean '${nearest}'?`;
  throw new FeedError('request.unknown-resource', message + meant, {
    target: written,
    hint: 'The service document lists every collection.',
  });
}

function unknownMember(listing: Listing, address: string, written: string): FeedError {
  const nearest = nearestName([...listing.properties.keys(), ...listing.ways.keys()], written);
  const meant = nearest === null ? '' : ` Did you mean '${nearest}'?`;
  const message = `No property or navigation '${written}' on ${listing.entity.name}.${meant}`;
  return new FeedError('request.unknown-resource', message, { target: `${address}/${written}` });
}

function notInV1(address: string, segment: string): FeedError {
  const hint = `Ask beta: /beta/${address}/${segment}`;
  return new FeedError('request.not-in-v1', `${segment} is not part of v1.0.`, { target: segment, hint });
}

function noStep(address: string, what: string, hint: string): FeedError {
  const message = `${address} cannot be followed by ${what}.`;
  return new FeedError('request.unknown-resource', message, { target: address, hint });
}
