// $metadata as CSDL JSON.
import type { Entity, Property } from '../entity.ts';
import {
  collectionAnnotations,
  containerAnnotations,
  descriptionAnnotation,
  schemaAnnotations,
  VOCABULARIES,
  type Annotations,
  type AnnotationValue,
} from './annotations.ts';
import { type BoundFunction, boundFunctionsOf } from './bound-functions.ts';
import type { ExposedModel, EntitySet, NavigationProperty } from './exposed-model.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [Name in string]: Json };

/** Name of the entity container in $metadata. */
export const CONTAINER = 'DataWarehouse';

/** Digits after the second in every instant; the sources have seven. */
export const INSTANT_PRECISION = 7;

/**
 * A CSDL JSON document that says the same as `deriveCsdlXml`.
 * `$Version` is 4.0, the version in which the feed answers.
 */
export function deriveCsdlJson(namespace: string, model: ExposedModel): Json {
  const entitySets = [...model.entitySets.values()];
  const typeOf = (name: string): string => entityTypeName(namespace, model, name);
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
      ...annotationMembers(schemaAnnotations(model)),
      ...Object.fromEntries(
        entitySets.map((entitySet) => [entitySet.entity.singular, entityTypeJson(entitySet, typeOf)]),
      ),
      ...functionOverloads(model, typeOf),
      [CONTAINER]: {
        $Kind: 'EntityContainer',
        ...annotationMembers(containerAnnotations(model)),
        ...Object.fromEntries(
          entitySets.map((entitySet) => [entitySet.entity.name, entitySetJson(model, entitySet, typeOf)]),
        ),
      },
    },
  };
}

/** Qualified name of a collection's entity type. */
export function entityTypeName(namespace: string, { entitySets }: ExposedModel, name: string): string {
  const entitySet = entitySets.get(name);
  if (!entitySet) throw new TypeError(`No collection '${name}' to name the type of.`);
  return `${namespace}.${entitySet.entity.singular}`;
}

/** A single-valued navigation is nullable exactly where a property of its constraint is, as OData requires. */
export function isNullableNavigation(navigation: NavigationProperty, { properties }: EntitySet): boolean {
  return Object.keys(navigation.on).some((own) => properties.get(own)?.nullable);
}

type TypeOf = (collection: string) => string;

function entityTypeJson(entitySet: EntitySet, typeOf: TypeOf): Json {
  const { entity, properties, navigations } = entitySet;
  return {
    $Kind: 'EntityType',
    $Key: entity.key,
    ...annotationMembers(descriptionAnnotation(entity.description)),
    ...Object.fromEntries([...properties].map(([name, each]) => [name, propertyJson(each)])),
    ...Object.fromEntries(
      [...navigations].map(([name, navigation]) => [
        name,
        navigationPropertyJson(navigation, entitySet, typeOf),
      ]),
    ),
  };
}

function propertyJson({ type, nullable, description }: Property): Json {
  return {
    ...(type !== 'Edm.String' && { $Type: type }),
    ...(nullable && { $Nullable: true }),
    ...(type === 'Edm.DateTimeOffset' && { $Precision: INSTANT_PRECISION }),
    ...annotationMembers(descriptionAnnotation(description)),
  };
}

function navigationPropertyJson(navigation: NavigationProperty, entitySet: EntitySet, typeOf: TypeOf): Json {
  return {
    $Kind: 'NavigationProperty',
    ...(navigation.many && { $Collection: true }),
    $Type: typeOf(navigation.to),
    ...(!navigation.many && isNullableNavigation(navigation, entitySet) && { $Nullable: true }),
    $Partner: navigation.partner,
    ...(!navigation.many && { $ReferentialConstraint: navigation.on }),
    ...annotationMembers(descriptionAnnotation(navigation.description)),
  };
}

// A function name has the list of all its overloads.
function functionOverloads(model: ExposedModel, typeOf: TypeOf): Readonly<Record<string, Json>> {
  const made = new Map<string, Json[]>();
  for (const entitySet of model.entitySets.values()) {
    for (const each of boundFunctionsOf(model, entitySet)) {
      made.set(each.name, [...(made.get(each.name) ?? []), boundFunctionJson(each, entitySet, typeOf)]);
    }
  }
  return Object.fromEntries(made);
}

function boundFunctionJson(each: BoundFunction, { entity }: EntitySet, typeOf: TypeOf): Json {
  const { name, path } = bindingParameter(each, entity);
  return {
    $Kind: 'Function',
    $IsBound: true,
    $EntitySetPath: path,
    $IsComposable: true,
    $Parameter: [
      { $Name: name, ...(each.boundTo === 'rows' && { $Collection: true }), $Type: typeOf(entity.name) },
      ...each.parameters.map((parameter) => ({
        $Name: parameter.name,
        $Type: parameter.type,
        ...annotationMembers(descriptionAnnotation(parameter.description)),
      })),
    ],
    $ReturnType: { $Collection: true, $Type: typeOf(each.navigation?.to ?? entity.name) },
    ...annotationMembers(descriptionAnnotation(each.description)),
  };
}

/** The name of the binding parameter, and the path from it to the entity set of the result. */
export function bindingParameter(
  { boundTo: on, navigation }: BoundFunction,
  { name, singular }: Entity,
): { name: string; path: string } {
  const own = on === 'rows' ? name : singular;
  return { name: own, path: navigation ? `${own}/${navigation.name}` : own };
}

function entitySetJson(model: ExposedModel, entitySet: EntitySet, typeOf: TypeOf): Json {
  const { entity, navigations } = entitySet;
  return {
    $Collection: true,
    $Type: typeOf(entity.name),
    ...(navigations.size > 0 && {
      $NavigationPropertyBinding: Object.fromEntries([...navigations].map(([name, { to }]) => [name, to])),
    }),
    ...annotationMembers(collectionAnnotations(model, entitySet)),
  };
}

function annotationMembers(annotations: Annotations): Readonly<Record<string, Json>> {
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
