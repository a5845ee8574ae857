// A row as OData JSON wants it at each metadata level, as a template that the database fills.
import type { Listing } from '../../schema/derive/catalogue.ts';
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

/** What rows are, however they came about. */
export interface RowKind {
  readonly columns: ReadonlyMap<string, { readonly type: JsonType }>;
  /** The collection whose entities they are, for their addresses; null where they are none. */
  readonly listing: Listing | null;
}

/** A type of the standard; `null` is that of the word null. */
export type JsonType = `Edm.${string}` | 'null';

/** `names` are those of columns, in the order they are written. */
export function odataRow(
  kind: RowKind,
  names: readonly string[],
  { level, int64AsText, omitNulls, namespace }: OdataRowWords,
): RowTemplate {
  const members = level === 'full' ? fullMembers(kind, names, namespace) : names.map(property);
  return { members, int64AsText, omitNulls };
}

/**
 * The `@odata.type` of a value whose JSON form does not tell its type; null where it does. OData JSON 4.0, section 4.5.3:
 * text, true and false, and numbers with a fraction speak for themselves.
 */
export function jsonTypeName(type: JsonType): string | null {
  const telling = ['Edm.String', 'Edm.Boolean', 'Edm.Double', 'null'].includes(type);
  return telling ? null : type.replace('Edm.', '#');
}

function fullMembers(
  { columns, listing }: RowKind,
  names: readonly string[],
  namespace: string,
): readonly RowMember[] {
  const members = names.flatMap((name) => typed(name, columns.get(name)?.type));
  if (!listing) return members;
  const { entity, ways } = listing;
  // Relative to the context's address, whose last segment `$metadata` it replaces.
  const address: readonly TextPart[] = [text(`${entity.name}(`), ...keyOf(entity.key), text(')')];
  return [
    annotation('@odata.type', [text(`#${namespace}.${entity.singular}`)]),
    annotation('@odata.id', address),
    ...members,
    ...[...ways.keys()].map((name) =>
      annotation(`${name}@odata.navigationLink`, [...address, text(`/${name}`)]),
    ),
  ];
}

// An annotation of a property stands right before it.
function typed(name: string, type: JsonType = 'null'): readonly RowMember[] {
  const typeName = jsonTypeName(type);
  if (typeName === null) return [property(name)];
  return [annotation(`${name}@odata.type`, [text(typeName)]), property(name)];
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
