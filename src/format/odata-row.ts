// A row as OData JSON wants it at each metadata level, as a template that the database fills.
import type { Listing } from '../../schema/derive/catalogue.ts';
import type { EdmType } from '../../schema/words.ts';
import type { RowMember, RowTemplate, TextPart } from './row-template.ts';

/** `none`: values alone · `minimal`: what a client with $metadata cannot work out · `full`: all of it. */
export type MetadataLevel = 'none' | 'minimal' | 'full';

export interface OdataRowWords {
  readonly level: MetadataLevel;
  /** Int64 as text: IEEE754Compatible=true. */
  readonly int64AsText: boolean;
  /** Prefer: omit-values=nulls. */
  readonly omitNulls: boolean;
  /** Of the entity types in $metadata. */
  readonly namespace: string;
}

/** `columns` are names of properties, in the order they are written. */
export function odataRow(
  listing: Listing,
  columns: readonly string[],
  { level, int64AsText, omitNulls, namespace }: OdataRowWords,
): RowTemplate {
  const members = level === 'full' ? fullMembers(listing, columns, namespace) : columns.map(property);
  return { members, int64AsText, omitNulls };
}

/**
 * The `@odata.type` of a value whose JSON form does not tell its type; null where it does. OData JSON 4.0, section 4.5.3:
 * text, true and false, and numbers with a fraction speak for themselves.
 */
export function jsonTypeName(type: EdmType): string | null {
  const telling = type === 'Edm.String' || type === 'Edm.Boolean' || type === 'Edm.Double';
  return telling ? null : type.replace('Edm.', '#');
}

function fullMembers(
  { entity, properties, ways }: Listing,
  columns: readonly string[],
  namespace: string,
): readonly RowMember[] {
  // Relative to the context's address, whose last segment `$metadata` it replaces.
  const address: readonly TextPart[] = [text(`${entity.name}(`), ...keyOf(entity.key), text(')')];
  return [
    annotation('@odata.type', [text(`#${namespace}.${entity.singular}`)]),
    annotation('@odata.id', address),
    // An annotation of a property stands right before it.
    ...columns.flatMap((name) => {
      const type = properties.get(name)?.type;
      const typeName = type ? jsonTypeName(type) : null;
      return typeName === null
        ? [property(name)]
        : [annotation(`${name}@odata.type`, [text(typeName)]), property(name)];
    }),
    ...[...ways.keys()].map((name) =>
      annotation(`${name}@odata.navigationLink`, [...address, text(`/${name}`)]),
    ),
  ];
}

// `7` where the key is one property, else `dateKey=20261120,deviceKey=7`.
function keyOf(key: readonly string[]): readonly TextPart[] {
  if (key.length === 1) return key.map(keyLiteral);
  return key.flatMap((name, index) => [text(`${index > 0 ? ',' : ''}${name}=`), keyLiteral(name)]);
}

const property = (name: string): RowMember => ({ kind: 'property', name });
const annotation = (name: string, value: readonly TextPart[]): RowMember => ({
  kind: 'annotation',
  name,
  value,
});
const text = (words: string): TextPart => ({ kind: 'text', text: words });
const keyLiteral = (name: string): TextPart => ({ kind: 'keyLiteral', property: name });
