// $metadata as CSDL JSON: what every collection holds and how they hang together, for clients that read JSON.
import type { Entity, Property } from '../words.ts';
import {
  collectionAnnotations,
  containerAnnotations,
  describe,
  schemaAnnotations,
  VOCABULARIES,
  type Annotations,
  type AnnotationValue,
} from './annotations.ts';
import { type BoundFunction, boundFunctionsOf } from './bound-functions.ts';
import type { Catalogue, Listing, Way } from './catalogue.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [Name in string]: Json };

/** Name of the entity container in $metadata. */
export const CONTAINER = 'DataWarehouse';

/** Digits after the second in every instant; the sources have seven. */
export const INSTANT_PRECISION = 7;

/**
 * A CSDL JSON document that says the same as `deriveCsdlXml`.
 * `$Version` is 4.0, the version in which the feed answers.
 */
export function deriveCsdlJson(namespace: string, catalogue: Catalogue): Json {
  const listings = [...catalogue.listings.values()];
  const typeOf = (name: string): string => entityTypeName(namespace, catalogue, name);
  return {
    $Version: '4.0',
    $Reference: Object.fromEntries(
      Object.entries(VOCABULARIES).map(([name, uri]) => [
        `${uri}.json`,
        { $Include: [{ $Namespace: name }] },
      ]),
    ),
    $EntityContainer: `${namespace}.${CONTAINER}`,
    [namespace]: {
      ...annotated(schemaAnnotations(catalogue)),
      ...Object.fromEntries(
        listings.map((listing) => [listing.entity.singular, entityType(listing, typeOf)]),
      ),
      ...overloads(catalogue, typeOf),
      [CONTAINER]: {
        $Kind: 'EntityContainer',
        ...annotated(containerAnnotations(catalogue)),
        ...Object.fromEntries(
          listings.map((listing) => [listing.entity.name, entitySet(catalogue, listing, typeOf)]),
        ),
      },
    },
  };
}

/** Qualified name of a collection's entity type. */
export function entityTypeName(namespace: string, { listings }: Catalogue, name: string): string {
  const listing = listings.get(name);
  if (!listing) throw new TypeError(`No collection '${name}' to name the type of.`);
  return `${namespace}.${listing.entity.singular}`;
}

/** A way to one row may end nowhere only where an own property may be null: OData wants the two to agree. */
export function mayLeadNowhere(way: Way, { properties }: Listing): boolean {
  return Object.keys(way.on).some((own) => properties.get(own)?.nullable);
}

type TypeOf = (collection: string) => string;

function entityType(listing: Listing, typeOf: TypeOf): Json {
  const { entity, properties, ways } = listing;
  return {
    $Kind: 'EntityType',
    $Key: entity.key,
    ...annotated(describe(entity.description)),
    ...Object.fromEntries([...properties].map(([name, each]) => [name, property(each)])),
    ...Object.fromEntries([...ways].map(([name, way]) => [name, navigationProperty(way, listing, typeOf)])),
  };
}

function property({ type, nullable, description }: Property): Json {
  return {
    ...(type !== 'Edm.String' && { $Type: type }),
    ...(nullable && { $Nullable: true }),
    ...(type === 'Edm.DateTimeOffset' && { $Precision: INSTANT_PRECISION }),
    ...annotated(describe(description)),
  };
}

function navigationProperty(way: Way, listing: Listing, typeOf: TypeOf): Json {
  return {
    $Kind: 'NavigationProperty',
    ...(way.many && { $Collection: true }),
    $Type: typeOf(way.to),
    ...(!way.many && mayLeadNowhere(way, listing) && { $Nullable: true }),
    $Partner: way.partner,
    ...(!way.many && { $ReferentialConstraint: way.on }),
    ...annotated(describe(way.description)),
  };
}

// All overloads of a function stand under its name.
function overloads(catalogue: Catalogue, typeOf: TypeOf): Readonly<Record<string, Json>> {
  const made = new Map<string, Json[]>();
  for (const listing of catalogue.listings.values()) {
    for (const each of boundFunctionsOf(catalogue, listing)) {
      made.set(each.name, [...(made.get(each.name) ?? []), boundFunction(each, listing, typeOf)]);
    }
  }
  return Object.fromEntries(made);
}

function boundFunction(each: BoundFunction, { entity }: Listing, typeOf: TypeOf): Json {
  const { name, path } = binding(each, entity);
  return {
    $Kind: 'Function',
    $IsBound: true,
    $EntitySetPath: path,
    $IsComposable: true,
    $Parameter: [
      { $Name: name, ...(each.on === 'rows' && { $Collection: true }), $Type: typeOf(entity.name) },
      ...each.parameters.map((parameter) => ({
        $Name: parameter.name,
        $Type: parameter.type,
        ...annotated(describe(parameter.description)),
      })),
    ],
    $ReturnType: { $Collection: true, $Type: typeOf(each.way?.to ?? entity.name) },
    ...annotated(describe(each.description)),
  };
}

/** What a function calls the thing that it is called on, and the path from there to the set that its answer is from. */
export function binding(
  { on, way }: BoundFunction,
  { name, singular }: Entity,
): { name: string; path: string } {
  const own = on === 'rows' ? name : singular;
  return { name: own, path: way ? `${own}/${way.name}` : own };
}

function entitySet(catalogue: Catalogue, listing: Listing, typeOf: TypeOf): Json {
  const { entity, ways } = listing;
  return {
    $Collection: true,
    $Type: typeOf(entity.name),
    ...(ways.size > 0 && {
      $NavigationPropertyBinding: Object.fromEntries([...ways].map(([name, { to }]) => [name, to])),
    }),
    ...annotated(collectionAnnotations(catalogue, listing)),
  };
}

function annotated(annotations: Annotations): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(annotations).map(([term, value]) => [`@${term}`, annotationValue(value)]),
  );
}

function annotationValue(value: AnnotationValue): Json {
  if (typeof value !== 'object') return value;
  if ('paths' in value) return value.paths;
  if (!('record' in value)) return value;
  return Object.fromEntries(
    Object.entries(value.record).map(([name, inner]) => [name, annotationValue(inner)]),
  );
}
