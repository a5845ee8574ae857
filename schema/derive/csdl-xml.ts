// $metadata as CSDL XML, which Power BI, Excel and most clients read.
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
import {
  bindingParameter,
  CONTAINER,
  entityTypeName,
  INSTANT_PRECISION,
  isNullableNavigation,
} from './csdl-json.ts';

/** A CSDL 4.0 document, UTF-8. Terms are fully qualified, because not every client knows aliases. */
export function deriveCsdlXml(namespace: string, model: ExposedModel): string {
  const entitySets = [...model.entitySets.values()];
  const typeOf = (name: string): string => entityTypeName(namespace, model, name);
  const document = element(
    'edmx:Edmx',
    { Version: '4.0', 'xmlns:edmx': 'http://docs.oasis-open.org/odata/ns/edmx' },
    [
      ...Object.entries(VOCABULARIES).map(([name, uri]) =>
        element('edmx:Reference', { Uri: `${uri}.xml` }, [element('edmx:Include', { Namespace: name })]),
      ),
      element('edmx:DataServices', {}, [
        element('Schema', { Namespace: namespace, xmlns: 'http://docs.oasis-open.org/odata/ns/edm' }, [
          ...annotationElements(schemaAnnotations(model)),
          ...entitySets.map((entitySet) => entityTypeElement(entitySet, typeOf)),
          ...entitySets.flatMap((entitySet) =>
            boundFunctionsOf(model, entitySet).map((each) => boundFunctionElement(each, entitySet, typeOf)),
          ),
          element('EntityContainer', { Name: CONTAINER }, [
            ...entitySets.map((entitySet) => entitySetElement(model, entitySet, typeOf)),
            ...annotationElements(containerAnnotations(model)),
          ]),
        ]),
      ]),
    ],
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${document}\n`;
}

type TypeOf = (collection: string) => string;

function entityTypeElement(entitySet: EntitySet, typeOf: TypeOf): string {
  const { entity, properties, navigations } = entitySet;
  return element('EntityType', { Name: entity.singular }, [
    element(
      'Key',
      {},
      entity.key.map((name) => element('PropertyRef', { Name: name })),
    ),
    ...[...properties].map(([Name, { type, nullable, description }]) =>
      element(
        'Property',
        {
          Name,
          Type: type,
          ...(!nullable && { Nullable: 'false' }),
          ...(type === 'Edm.DateTimeOffset' && { Precision: String(INSTANT_PRECISION) }),
        },
        annotationElements(descriptionAnnotation(description)),
      ),
    ),
    ...[...navigations.values()].map((navigation) =>
      navigationPropertyElement(navigation, entitySet, typeOf),
    ),
    ...annotationElements(descriptionAnnotation(entity.description)),
  ]);
}

function navigationPropertyElement(
  navigation: NavigationProperty,
  entitySet: EntitySet,
  typeOf: TypeOf,
): string {
  const type = typeOf(navigation.to);
  if (navigation.many) {
    return element(
      'NavigationProperty',
      { Name: navigation.name, Type: `Collection(${type})`, Partner: navigation.partner },
      annotationElements(descriptionAnnotation(navigation.description)),
    );
  }
  return element(
    'NavigationProperty',
    {
      Name: navigation.name,
      Type: type,
      ...(!isNullableNavigation(navigation, entitySet) && { Nullable: 'false' }),
      Partner: navigation.partner,
    },
    [
      ...Object.entries(navigation.on).map(([Property, ReferencedProperty]) =>
        element('ReferentialConstraint', { Property, ReferencedProperty }),
      ),
      ...annotationElements(descriptionAnnotation(navigation.description)),
    ],
  );
}

function boundFunctionElement(each: BoundFunction, { entity }: EntitySet, typeOf: TypeOf): string {
  const { name, path } = bindingParameter(each, entity);
  const type = typeOf(entity.name);
  const bound = { IsBound: 'true', EntitySetPath: path, IsComposable: 'true' };
  return element('Function', { Name: each.name, ...bound }, [
    element('Parameter', {
      Name: name,
      Type: each.boundTo === 'rows' ? `Collection(${type})` : type,
      Nullable: 'false',
    }),
    ...each.parameters.map((parameter) =>
      element(
        'Parameter',
        { Name: parameter.name, Type: parameter.type, Nullable: 'false' },
        annotationElements(descriptionAnnotation(parameter.description)),
      ),
    ),
    element('ReturnType', {
      Type: `Collection(${typeOf(each.navigation?.to ?? entity.name)})`,
      Nullable: 'false',
    }),
    ...annotationElements(descriptionAnnotation(each.description)),
  ]);
}

function entitySetElement(model: ExposedModel, entitySet: EntitySet, typeOf: TypeOf): string {
  const { entity, navigations } = entitySet;
  return element('EntitySet', { Name: entity.name, EntityType: typeOf(entity.name) }, [
    ...[...navigations.values()].map(({ name, to }) =>
      element('NavigationPropertyBinding', { Path: name, Target: to }),
    ),
    ...annotationElements(collectionAnnotations(model, entitySet)),
  ]);
}

function annotationElements(annotations: Annotations): readonly string[] {
  return Object.entries(annotations).map(([Term, value]) => valueElement('Annotation', { Term }, value));
}

/** An element with a value: an attribute for simple values, else a child element. */
function valueElement(name: string, attributes: Attributes, value: AnnotationValue): string {
  if (typeof value === 'boolean') return element(name, { ...attributes, Bool: String(value) });
  if (typeof value === 'number') return element(name, { ...attributes, Int: String(value) });
  if (typeof value === 'string') return element(name, { ...attributes, String: value });
  if ('record' in value) {
    const values = Object.entries(value.record).map(([Property, inner]) =>
      valueElement('PropertyValue', { Property }, inner),
    );
    return element(name, attributes, [element('Record', {}, values)]);
  }
  const [item, texts] = 'paths' in value ? ['PropertyPath', value.paths] : ['String', value];
  return element(name, attributes, [
    element(
      'Collection',
      {},
      texts.map((text) => `<${item}>${escapeXml(text)}</${item}>`),
    ),
  ]);
}

type Attributes = Readonly<Record<string, string>>;

function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const attributesText = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const start = `<${name}${attributesText.join('')}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
}

const XML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Descriptions hold neither line ends nor control characters, so XML needs only these four escaped. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => XML_ESCAPES[character] ?? character);
}
