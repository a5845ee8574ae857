// Resolves the path of an address to the collection, row or value that it names.
import {
  type EntitySet,
  type NavigationProperty,
  findName,
  inverseConstraint,
} from '../../../schema/derive/exposed-model.ts';
import type { FeedVersion } from '../../../schema/entity.ts';
import { REMOVED_COLLECTIONS } from '../../../schema/subjects/removed-collections.ts';
import { FeedError } from '../../base/feed-error.ts';
import { withSuggestion } from '../../base/did-you-mean.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { PathSegment, QueryOptions, Resource } from '../../odata/syntax/parsed-request.ts';
import { allOf } from '../bind/combine-conditions.ts';
import { bindCondition } from '../bind/bind-expression.ts';
import { bindPathFunction } from './bind-path-function.ts';
import { bindKey } from './bind-key.ts';
import type { PlanContext } from '../plan-context.ts';
import type { ReadPlan } from '../read-plan.ts';
import type { Condition } from '../relational-algebra.ts';
import { MAIN_ROW, collectionRows, scopeOfEntitySet } from '../bind/scope.ts';

export interface ResolvedPath {
  readonly entitySet: EntitySet;
  readonly shape: ReadPlan['shape'];
  readonly form: ReadPlan['form'];
  /** The one property of `property` and `value`. */
  readonly property: string | null;
  /** Conditions of the path: keys, and the rows where navigations start. All of them apply. */
  readonly where: readonly Condition[];
  readonly navigationOrigin: ReadPlan | null;
  /** The path as the feed would write it, for messages: `devices(7)/deviceType`. */
  readonly address: string;
}

type PathContext = Pick<PlanContext, 'version' | 'exposedModels' | 'now' | 'limits'> &
  Pick<QueryOptions, 'aliases'>;

/** Throws `request.unknown-resource`, `request.bad-key`, `request.not-in-v1`, and as bindCondition does. */
export function resolvePath(path: Resource & { readonly kind: 'path' }, context: PathContext): ResolvedPath {
  const entitySet = findEntitySet(path.collection, context);
  const start: ResolvedPath = {
    entitySet,
    shape: 'page',
    form: 'rows',
    property: null,
    where: [],
    navigationOrigin: null,
    address: entitySet.entity.name,
  };
  return path.segments.reduce((target, segment) => resolveSegment(target, segment, context), start);
}

function resolveSegment(target: ResolvedPath, pathSegment: PathSegment, context: PathContext): ResolvedPath {
  const { entitySet, shape, where, address } = target;
  switch (pathSegment.kind) {
    case 'key': {
      if (shape !== 'page') throw invalidSegment(address, 'a key', 'It is not a collection.');
      const key = bindKey(pathSegment.parts, entitySet.entity, MAIN_ROW);
      return {
        ...target,
        shape: 'entity',
        where: [...where, ...key.conditions],
        address: address + key.text,
      };
    }
    case 'name': {
      bindPathFunction(pathSegment.name, null, target, context);
      // No name begins with a digit: this is a key as a segment.
      if (shape === 'page' && /^-?\d+$/.test(pathSegment.name)) {
        const literal = { type: 'integer', value: BigInt(pathSegment.name) } as const;
        return resolveSegment(
          target,
          { kind: 'key', parts: [{ name: null, literal }], at: pathSegment.at },
          context,
        );
      }
      if (shape === 'page') {
        const hint = `Name one row first: ${address}(key)/${pathSegment.name}. Columns are chosen by $select.`;
        throw invalidSegment(address, `'${pathSegment.name}'`, hint);
      }
      if (shape !== 'entity') throw invalidSegment(address, `'${pathSegment.name}'`, 'A value has no parts.');
      const property = findName(entitySet.properties, pathSegment.name);
      if (property !== null)
        return { ...target, shape: 'property', property, address: `${address}/${property}` };
      const navigation = entitySet.navigations.get(findName(entitySet.navigations, pathSegment.name) ?? '');
      if (navigation) return followNavigation(target, navigation, context);
      throw unknownMember(entitySet, address, pathSegment.name);
    }
    case 'call': {
      const functionCall = bindPathFunction(pathSegment.name, pathSegment.arguments, target, context);
      if (functionCall) {
        const rows = functionCall.navigation
          ? followNavigation(target, functionCall.navigation, context)
          : target;
        const where = [...rows.where, ...functionCall.where];
        return { ...rows, where, address: `${address}/${functionCall.text}` };
      }
      // A navigation with a named key looks the same.
      const related = resolveSegment(target, { ...pathSegment, kind: 'name' }, context);
      return resolveSegment(
        related,
        { kind: 'key', parts: pathSegment.arguments, at: pathSegment.at },
        context,
      );
    }
    case 'count':
      if (shape !== 'page') throw invalidSegment(address, '$count', 'Only a collection can be counted.');
      return { ...target, shape: 'count', address: `${address}/$count` };
    case 'value':
      if (shape !== 'property') throw invalidSegment(address, '$value', 'Only a property has a bare value.');
      return { ...target, shape: 'value', address: `${address}/$value` };
    case 'ref':
      if (shape !== 'page' && shape !== 'entity') {
        throw invalidSegment(address, '$ref', 'Rows have references, and values have none.');
      }
      if (context.version === 'v1.0') throw notInV1(address, '$ref');
      return { ...target, form: 'ref', address: `${address}/$ref` };
    case 'filter': {
      const { version, exposedModels, ...rest } = context;
      const segment = `$filter(${pathSegment.by.name})`;
      if (shape !== 'page') throw invalidSegment(address, segment, 'Only a collection is filtered.');
      if (version === 'v1.0') throw notInV1(address, segment);
      const scope = scopeOfEntitySet(entitySet, {
        ...rest,
        exposedModel: exposedModels[version],
        option: 'the path',
      });
      const condition = bindCondition(pathSegment.by, scope);
      return { ...target, where: [...where, condition], address: `${address}/${segment}` };
    }
    default:
      return assertNever(pathSegment);
  }
}

function followNavigation(
  from: ResolvedPath,
  navigation: NavigationProperty,
  { version, exposedModels }: PathContext,
): ResolvedPath {
  const entitySet = exposedModels[version].entitySets.get(navigation.to);
  if (!entitySet) throw new TypeError(`The navigation ${navigation.name} leads out of the exposed model.`);
  const rows = allOf(from.where);
  if (!rows) throw new TypeError('A navigation starts at one row.');
  const navigationOrigin: ReadPlan = {
    entity: from.entitySet.entity,
    from: collectionRows(from.entitySet),
    row: MAIN_ROW,
    version,
    shape: 'entity',
    form: 'rows',
    navigationOrigin: from.navigationOrigin,
    columns: from.entitySet.entity.key,
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
  const related: Condition = {
    kind: 'correlatedKey',
    row: MAIN_ROW,
    entity: entitySet.entity,
    source: navigationOrigin.from,
    sourceRow: MAIN_ROW,
    on: inverseConstraint(navigation.on),
    where: rows,
  };
  return {
    entitySet,
    shape: navigation.many ? 'page' : 'entity',
    form: 'rows',
    property: null,
    where: [related],
    navigationOrigin,
    address: `${from.address}/${navigation.name}`,
  };
}

const OTHER_VERSION: Readonly<Record<FeedVersion, FeedVersion>> = { 'v1.0': 'beta', beta: 'v1.0' };

function findEntitySet(written: string, { version, exposedModels }: PathContext): EntitySet {
  const { entitySets } = exposedModels[version];
  const found = entitySets.get(findName(entitySets, written) ?? '');
  if (found) return found;
  const message = `No collection '${written}' in ${version}.`;
  const elsewhere = findName(exposedModels[OTHER_VERSION[version]].entitySets, written);
  if (elsewhere !== null) {
    const hint = `${OTHER_VERSION[version]} has it: /${OTHER_VERSION[version]}/${elsewhere}`;
    throw new FeedError('request.unknown-resource', message, { target: written, hint });
  }
  const removed = findName(REMOVED_COLLECTIONS, written);
  if (removed !== null) {
    const note = REMOVED_COLLECTIONS.get(removed) ?? '';
    throw new FeedError('request.unknown-resource', `${message} ${note}`, { target: written });
  }
  throw new FeedError('request.unknown-resource', withSuggestion(message, entitySets.keys(), written), {
    target: written,
    hint: 'The service document lists every collection.',
  });
}

function unknownMember(entitySet: EntitySet, address: string, written: string): FeedError {
  const names = [...entitySet.properties.keys(), ...entitySet.navigations.keys()];
  const message = withSuggestion(
    `No property or navigation '${written}' on ${entitySet.entity.name}.`,
    names,
    written,
  );
  return new FeedError('request.unknown-resource', message, { target: `${address}/${written}` });
}

function notInV1(address: string, segment: string): FeedError {
  const hint = `Ask beta: /beta/${address}/${segment}`;
  return new FeedError('request.not-in-v1', `${segment} is not part of v1.0.`, { target: segment, hint });
}

function invalidSegment(address: string, what: string, hint: string): FeedError {
  const message = `${address} cannot be followed by ${what}.`;
  return new FeedError('request.unknown-resource', message, { target: address, hint });
}
