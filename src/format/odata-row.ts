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
  readonly columns: ReadonlyMap<string, JsonColumn>;
  /** The collection whose entities they are, for their addresses; null where they are none. */
  readonly listing: Listing | null;
  /** Navigations whose rows are written inside each row. */
  readonly nested?: readonly NestedKind[];
}

export interface NestedKind {
  readonly name: string;
  readonly form: 'rows' | 'ref' | 'count';
  readonly many: boolean;
  /** Whether their number is told, too. */
  readonly count: boolean;
  readonly kind: RowKind;
  /** Of columns, as of the row around. */
  readonly names: readonly string[];
  /** `root/devices(7)/path?query` is where its rows go on; null where nothing leads there. */
  readonly further?: { readonly root: string; readonly path: string; readonly query: string } | null;
}

interface JsonColumn {
  readonly type: JsonType;
  /** $metadata does not tell its type, so every row does. */
  readonly dynamic?: true;
}

/** A type of the standard; `null` is that of the word null. */
export type JsonType = `Edm.${string}` | 'null';

/** `names` are those of columns, in the order they are written; `deviceType/deviceTypeName` is written as an object. */
export function odataRow(kind: RowKind, names: readonly string[], words: OdataRowWords): RowTemplate {
  const { level, int64AsText, omitNulls, namespace } = words;
  const { listing } = kind;
  const paths = names.map((name) => name.split('/'));
  const values = membersAt(0, paths, { columns: kind.columns, level });
  const nested = (kind.nested ?? []).map((each): Nested => [each.name, nestedMembers(each, listing, words)]);
  const inside = nested.flatMap(([, members]) => members);
  if (!listing) return { members: [...noAddress(level), ...values, ...inside], int64AsText, omitNulls };
  const members =
    level === 'full' ? entityMembers(listing, values, nested, namespace) : [...values, ...inside];
  return { members, int64AsText, omitNulls };
}

/** The members of the object so deep inside the row, where `paths` begin alike. */
function membersAt(
  depth: number,
  paths: readonly (readonly string[])[],
  words: Pick<RowKind, 'columns'> & { readonly level: MetadataLevel },
): readonly RowMember[] {
  return [...new Set(paths.map((path) => path[depth] ?? ''))].flatMap((name): readonly RowMember[] => {
    const inside = paths.filter((path) => path[depth] === name);
    const [value] = inside.filter((path) => path.length === depth + 1);
    if (value) return valueMembers(name, value.join('/'), words);
    const members = [...noAddress(words.level), ...membersAt(depth + 1, inside, words)];
    return [{ kind: 'object', name, members }];
  });
}

// An annotation of a property stands right before it.
function valueMembers(
  name: string,
  column: string,
  { columns, level }: Parameters<typeof membersAt>[2],
): readonly RowMember[] {
  const { type, dynamic } = columns.get(column) ?? { type: 'null' };
  const value: RowMember = column === name ? { kind: 'property', name } : { kind: 'property', name, column };
  const tells = level === 'full' || (level === 'minimal' && dynamic === true);
  const typeName = tells ? jsonTypeName(type) : null;
  return typeName === null ? [value] : [annotation(`${name}@odata.type`, [text(typeName)]), value];
}

// What was computed of entities is none itself: OData JSON 4.0, section 4.5.8, wants that said.
function noAddress(level: MetadataLevel): readonly RowMember[] {
  return level === 'none' ? [] : [{ kind: 'annotation', name: '@odata.id', value: null }];
}

type Nested = readonly [name: string, members: readonly RowMember[]];

function nestedMembers(
  { name, form, many, count, kind, names, further }: NestedKind,
  outer: Listing | null,
  words: OdataRowWords,
): readonly RowMember[] {
  const counted: readonly RowMember[] =
    many && count ? [{ kind: 'nestedCount', name: `${name}@odata.count`, of: name }] : [];
  if (form === 'count') return counted;
  const template = form === 'ref' ? reference(kind, words) : odataRow(kind, names, words);
  if (!further || !outer) return [...counted, { kind: 'nested', name, template }];
  const { root, path, query } = further;
  const address = [text(`${root}/`), ...addressOf(outer), text(`/${path}?${query}`)];
  return [...counted, { kind: 'nested', name, template, further: address }];
}

/** A row as nothing but its address. */
export function reference({ listing }: RowKind, { int64AsText, omitNulls }: OdataRowWords): RowTemplate {
  if (!listing) throw new TypeError('Only entities have an address.');
  return { members: [annotation('@odata.id', addressOf(listing))], int64AsText, omitNulls };
}

/**
 * The `@odata.type` of a value whose JSON form does not tell its type; null where it does. OData JSON 4.0, section 4.5.3:
 * text, true and false, and numbers with a fraction speak for themselves.
 */
export function jsonTypeName(type: JsonType): string | null {
  const telling = ['Edm.String', 'Edm.Boolean', 'Edm.Double', 'null'].includes(type);
  return telling ? null : type.replace('Edm.', '#');
}

function entityMembers(
  listing: Listing,
  values: readonly RowMember[],
  nested: readonly Nested[],
  namespace: string,
): readonly RowMember[] {
  const { entity, ways } = listing;
  const address = addressOf(listing);
  const inside = new Map(nested);
  return [
    annotation('@odata.type', [text(`#${namespace}.${entity.singular}`)]),
    annotation('@odata.id', address),
    ...values,
    ...[...ways.keys()].flatMap((name) => [
      annotation(`${name}@odata.navigationLink`, [...address, text(`/${name}`)]),
      ...(inside.get(name) ?? []),
    ]),
  ];
}

// Relative to the context's address, whose last segment `$metadata` it replaces.
export function addressOf({ entity }: Pick<Listing, 'entity'>): readonly TextPart[] {
  return [text(`${entity.name}(`), ...keyOf(entity.key), text(')')];
}

// `7` where the key is one property, else `dateKey=20261120,deviceKey=7`.
function keyOf(key: readonly string[]): readonly TextPart[] {
  if (key.length === 1) return key.map(keyLiteral);
  return key.flatMap((name, index) => [text(`${index > 0 ? ',' : ''}${name}=`), keyLiteral(name)]);
}

export const annotation = (name: string, value: readonly TextPart[]): RowMember => ({
  kind: 'annotation',
  name,
  value,
});
export const text = (words: string): TextPart => ({ kind: 'text', text: words });
const keyLiteral = (name: string): TextPart => ({ kind: 'keyLiteral', property: name });
