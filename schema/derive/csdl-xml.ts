// $metadata as CSDL XML, the form that Power BI, Excel and all the others read.
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
import { binding, CONTAINER, entityTypeName, INSTANT_PRECISION, mayLeadNowhere } from './csdl.ts';

/** A CSDL 4.0 document, UTF-8. Terms are written out in full: not every client knows aliases. */
export function deriveCsdlXml(namespace: string, catalogue: Catalogue): string {
  const listings = [...catalogue.listings.values()];
  const typeOf = (name: string): string => entityTypeName(namespace, catalogue, name);
  const document = element(
    'edmx:Edmx',
    { Version: '4.0', 'xmlns:edmx': 'http://docs.oasis-open.org/odata/ns/edmx' },
    [
      ...Object.entries(VOCABULARIES).map(([name, uri]) =>
        element('edmx:Reference', { Uri: `${uri}.xml` }, [element('edmx:Include', { Namespace: name })]),
      ),
      element('edmx:DataServices', {}, [
        element('Schema', { Namespace: namespace, xmlns: 'http://docs.oasis-open.org/odata/ns/edm' }, [
          ...annotated(schemaAnnotations(catalogue)),
          ...listings.map((listing) => entityType(listing, typeOf)),
          ...listings.flatMap((listing) =>
            boundFunctionsOf(catalogue, listing).map((each) => boundFunction(each, listing, typeOf)),
          ),
          element('EntityContainer', { Name: CONTAINER }, [
            ...listings.map((listing) => entitySet(catalogue, listing, typeOf)),
            ...annotated(containerAnnotations(catalogue)),
          ]),
        ]),
      ]),
    ],
  );
  return `<?xml version="1.0" encoding="utf-8"?>\n${document}\n`;
}

type TypeOf = (collection: string) => string;

function entityType(listing: Listing, typeOf: TypeOf): string {
  const { entity, properties, ways } = listing;
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
        annotated(describe(description)),
      ),
    ),
    ...[...ways.values()].map((way) => navigationProperty(way, listing, typeOf)),
    ...annotated(describe(entity.description)),
  ]);
}

function navigationProperty(way: Way, listing: Listing, typeOf: TypeOf): string {
  const type = typeOf(way.to);
  if (way.many) {
    return element(
      'NavigationProperty',
      { Name: way.name, Type: `Collection(${type})`, Partner: way.partner },
      annotated(describe(way.description)),
    );
  }
  return element(
    'NavigationProperty',
    {
      Name: way.name,
      Type: type,
      ...(!mayLeadNowhere(way, listing) && { Nullable: 'false' }),
      Partner: way.partner,
    },
    [
      ...Object.entries(way.on).map(([Property, ReferencedProperty]) =>
        element('ReferentialConstraint', { Property, ReferencedProperty }),
      ),
      ...annotated(describe(way.description)),
    ],
  );
}

function boundFunction(each: BoundFunction, { entity }: Listing, typeOf: TypeOf): string {
  const { name, path } = binding(each, entity);
  const type = typeOf(entity.name);
  const bound = { IsBound: 'true', EntitySetPath: path, IsComposable: 'true' };
  return element('Function', { Name: each.name, ...bound }, [
    element('Parameter', {
      Name: name,
      Type: each.on === 'rows' ? `Collection(${type})` : type,
      Nullable: 'false',
    }),
    ...each.parameters.map((parameter) =>
      element(
        'Parameter',
        { Name: parameter.name, Type: parameter.type, Nullable: 'false' },
        annotated(describe(parameter.description)),
      ),
    ),
    element('ReturnType', { Type: `Collection(${typeOf(each.way?.to ?? entity.name)})`, Nullable: 'false' }),
    ...annotated(describe(each.description)),
  ]);
}

function entitySet(catalogue: Catalogue, listing: Listing, typeOf: TypeOf): string {
  const { entity, ways } = listing;
  return element('EntitySet', { Name: entity.name, EntityType: typeOf(entity.name) }, [
    ...[...ways.values()].map(({ name, to }) =>
      element('NavigationPropertyBinding', { Path: name, Target: to }),
    ),
    ...annotated(collectionAnnotations(catalogue, listing)),
  ]);
}

function annotated(annotations: Annotations): readonly string[] {
  return Object.entries(annotations).map(([Term, value]) => holder('Annotation', { Term }, value));
}

/** An element that holds a value: in an attribute where it is simple, else as a child. */
function holder(name: string, attributes: Attributes, value: AnnotationValue): string {
  if (typeof value === 'boolean') return element(name, { ...attributes, Bool: String(value) });
  if (typeof value === 'number') return element(name, { ...attributes, Int: String(value) });
  if (typeof value === 'string') return element(name, { ...attributes, String: value });
  if ('record' in value) {
    const values = Object.entries(value.record).map(([Property, inner]) =>
      holder('PropertyValue', { Property }, inner),
    );
    return element(name, attributes, [element('Record', {}, values)]);
  }
  const [item, texts] = 'paths' in value ? ['PropertyPath', value.paths] : ['String', value];
  return element(name, attributes, [
    element(
      'Collection',
      {},
      texts.map((text) => `<${item}>${escaped(text)}</${item}>`),
    ),
  ]);
}

type Attributes = Readonly<Record<string, string>>;

function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const start = `<${name}${written.join('')}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Descriptions hold neither line ends nor control characters, so these four are all that XML minds. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
