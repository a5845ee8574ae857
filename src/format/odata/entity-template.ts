// The template of a row in OData JSON at each metadata level, which the database fills.
import type { EntitySet } from '../../../schema/derive/exposed-model.ts';
import type { RowMember, RowTemplate, TextPart } from './row-template.ts';

/** `none`: values alone · `minimal`: what a client with $metadata cannot work out · `full`: all of it. */
export type MetadataLevel = 'none' | 'minimal' | 'full';

export interface RowTemplateOptions {
  readonly level: MetadataLevel;
  /** Int64 as text: IEEE754Compatible=true. */
  readonly int64AsText: boolean;
  /** Prefer: omit-values=nulls. */
  readonly omitNulls: boolean;
  /** Of the entity types in $metadata. */
  readonly namespace: string;
}

/** The shape of rows, stored or computed. */
export interface RowType {
  readonly columns: ReadonlyMap<string, JsonColumn>;
  /** The collection of the entities, for their addresses; null where the rows are no entities. */
  readonly entitySet: EntitySet | null;
  /** Navigations whose rows are written inside each row. */
  readonly nested?: readonly NestedRowType[];
}

export interface NestedRowType {
  readonly name: string;
  readonly form: 'rows' | 'ref' | 'count';
  readonly many: boolean;
  /** Whether their number is written too. */
  readonly count: boolean;
  readonly rowType: RowType;
  /** The columns to write. */
  readonly columnNames: readonly string[];
  /** The rows continue at `root/devices(7)/path?query`; null where there is no nextLink. */
  readonly nextLink?: { readonly root: string; readonly path: string; readonly query: string } | null;
}

interface JsonColumn {
  readonly type: JsonType;
  /** $metadata does not declare its type, so every row has it. */
  readonly dynamic?: true;
}

/** A type of the standard, or that of a null literal. */
export type JsonType = `Edm.${string}` | 'null';

/** `names` are columns in the order in which they are written; `deviceType/deviceTypeName` becomes an object. */
export function entityTemplate(
  rowType: RowType,
  names: readonly string[],
  options: RowTemplateOptions,
): RowTemplate {
  const { level, int64AsText, omitNulls, namespace } = options;
  const { entitySet } = rowType;
  const paths = names.map((name) => name.split('/'));
  const values = membersAt(0, paths, { columns: rowType.columns, level });
  const nested = (rowType.nested ?? []).map((each): NestedMembers => [
    each.name,
    nestedMembers(each, entitySet, options),
  ]);
  const inside = nested.flatMap(([, members]) => members);
  if (!entitySet) return { members: [...nullEntityId(level), ...values, ...inside], int64AsText, omitNulls };
  const members =
    level === 'full' ? entityMembers(entitySet, values, nested, namespace) : [...values, ...inside];
  return { members, int64AsText, omitNulls };
}

/** The members of an object at a depth inside the row, where all `paths` have the same beginning. */
function membersAt(
  depth: number,
  paths: readonly (readonly string[])[],
  options: Pick<RowType, 'columns'> & { readonly level: MetadataLevel },
): readonly RowMember[] {
  return [...new Set(paths.map((path) => path[depth] ?? ''))].flatMap((name): readonly RowMember[] => {
    const inside = paths.filter((path) => path[depth] === name);
    const [value] = inside.filter((path) => path.length === depth + 1);
    if (value) return valueMembers(name, value.join('/'), options);
    const members = [...nullEntityId(options.level), ...membersAt(depth + 1, inside, options)];
    return [{ kind: 'object', name, members }];
  });
}

// An annotation comes right before its property.
function valueMembers(
  name: string,
  column: string,
  { columns, level }: Parameters<typeof membersAt>[2],
): readonly RowMember[] {
  const { type, dynamic } = columns.get(column) ?? { type: 'null' };
  const value: RowMember = column === name ? { kind: 'property', name } : { kind: 'property', name, column };
  const writesType = level === 'full' || (level === 'minimal' && dynamic === true);
  const typeName = writesType ? jsonTypeName(type) : null;
  return typeName === null ? [value] : [annotation(`${name}@odata.type`, [textPart(typeName)]), value];
}

// Rows computed from entities are none themselves, and a null id says so: OData JSON 4.0, section 4.5.8.
function nullEntityId(level: MetadataLevel): readonly RowMember[] {
  return level === 'none' ? [] : [{ kind: 'annotation', name: '@odata.id', value: null }];
}

type NestedMembers = readonly [name: string, members: readonly RowMember[]];

function nestedMembers(
  { name, form, many, count, rowType, columnNames, nextLink }: NestedRowType,
  outer: EntitySet | null,
  options: RowTemplateOptions,
): readonly RowMember[] {
  const counted: readonly RowMember[] =
    many && count ? [{ kind: 'nestedCount', name: `${name}@odata.count`, of: name }] : [];
  if (form === 'count') return counted;
  const template =
    form === 'ref' ? referenceTemplate(rowType, options) : entityTemplate(rowType, columnNames, options);
  if (!nextLink || !outer) return [...counted, { kind: 'nested', name, template }];
  const { root, path, query } = nextLink;
  const address = [textPart(`${root}/`), ...addressOf(outer), textPart(`/${path}?${query}`)];
  return [...counted, { kind: 'nested', name, template, nextLink: address }];
}

/** A row as a reference. */
export function referenceTemplate(
  { entitySet }: RowType,
  { int64AsText, omitNulls }: RowTemplateOptions,
): RowTemplate {
  if (!entitySet) throw new TypeError('Only entities have an address.');
  return { members: [annotation('@odata.id', addressOf(entitySet))], int64AsText, omitNulls };
}

/**
 * The `@odata.type` of a value; null where JSON itself shows the type, which text, booleans and doubles do. OData JSON 4.0,
 * section 4.5.3.
 */
export function jsonTypeName(type: JsonType): string | null {
  const isSelfDescribing = ['Edm.String', 'Edm.Boolean', 'Edm.Double', 'null'].includes(type);
  return isSelfDescribing ? null : type.replace('Edm.', '#');
}

function entityMembers(
  entitySet: EntitySet,
  values: readonly RowMember[],
  nested: readonly NestedMembers[],
  namespace: string,
): readonly RowMember[] {
  const { entity, navigations } = entitySet;
  const address = addressOf(entitySet);
  const inside = new Map(nested);
  return [
    annotation('@odata.type', [textPart(`#${namespace}.${entity.singular}`)]),
    annotation('@odata.id', address),
    ...values,
    ...[...navigations.keys()].flatMap((name) => [
      annotation(`${name}@odata.navigationLink`, [...address, textPart(`/${name}`)]),
      ...(inside.get(name) ?? []),
    ]),
  ];
}

// Relative to the context URL, whose last segment `$metadata` it replaces.
export function addressOf({ entity }: Pick<EntitySet, 'entity'>): readonly TextPart[] {
  return [textPart(`${entity.name}(`), ...keyParts(entity.key), textPart(')')];
}

// `7` where the key is one property, else `dateKey=20261120,deviceKey=7`.
function keyParts(key: readonly string[]): readonly TextPart[] {
  if (key.length === 1) return key.map(keyLiteral);
  return key.flatMap((name, index) => [textPart(`${index > 0 ? ',' : ''}${name}=`), keyLiteral(name)]);
}

export const annotation = (name: string, value: readonly TextPart[]): RowMember => ({
  kind: 'annotation',
  name,
  value,
});
export const textPart = (content: string): TextPart => ({ kind: 'text', text: content });
const keyLiteral = (name: string): TextPart => ({ kind: 'keyLiteral', property: name });
