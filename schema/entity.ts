// The words in which the warehouse is described. A subject file is data written in them; all else is derived.

/** The primitive types of the feed: what Power BI, Excel, Data Factory and SSIS all read. */
export type EdmType =
  'Edm.Boolean' | 'Edm.Int32' | 'Edm.Int64' | 'Edm.Double' | 'Edm.String' | 'Edm.DateTimeOffset';

/** v1.0 is the vendor's documented contract; beta is the superset. */
export type FeedVersion = 'v1.0' | 'beta';

/**
 * How a collection keeps the past (docs/decisions/validity-intervals.md). DDL, merge, retention and documentation follow from it.
 *
 * - `current`: one row per thing, the latest only; things that vanish stay, marked deleted.
 * - `history`: one row per thing and state, from a first day to a last.
 * - `daily`: one row per thing and night; stored as spans of nights in which nothing changed.
 * - `event`: small counts and happenings of one night, stored as they are.
 */
export type Lifetime = 'current' | 'history' | 'daily' | 'event';

/**
 * What the nightly merge fills in by itself. A property without a role is filled by the stream of its collection.
 *
 * - `surrogate`: the warehouse's own Int32 key, stable over nights and never reused.
 * - `day`: the night's dateKey (daily, event).
 * - `modified`: when this row last changed in the warehouse.
 * - `deleted`: true once a complete harvest no longer had the thing.
 * - `deletedAt`: the night on which that was seen, else null.
 * - `start`, `startDay`: the first night of the row's state, as an instant and as a dateKey.
 * - `end`: the first night on which the state no longer held; 9999-12-31 while it holds.
 * - `current`: true while the state holds.
 */
export type PropertyRole =
  'surrogate' | 'day' | 'modified' | 'deleted' | 'deletedAt' | 'start' | 'startDay' | 'end' | 'current';

/**
 * What a personal property tells of someone; a privacy profile has a rule for each. `id` is by which the directory knows
 * people: their rows are joined by it. `phone` is also the number of a SIM, `imei` also a MEID.
 */
export const PERSONAL_KINDS = [
  'id',
  'upn',
  'mail',
  'name',
  'deviceName',
  'phone',
  'imei',
  'serial',
  'mac',
  'ip',
] as const;

export type PersonalKind = (typeof PERSONAL_KINDS)[number];

export interface Property {
  readonly type: EdmType;
  readonly nullable: boolean;
  /** One or two sentences of our own; shown as column help in Power BI. */
  readonly description: string;
  readonly role?: PropertyRole;
  /** Served on beta only. */
  readonly beta?: true;
  /** Says something about a person. Always text; what is not an id may be null, so that it can be erased. */
  readonly personal?: PersonalKind;
  /**
   * The dimension whose surrogate key this is. Streams give the thing's natural text; the merge puts the key.
   * Only for dimensions with a surrogate; lookups have fixed keys.
   */
  readonly refers?: string;
}

export interface Navigation {
  /** The collection it leads to. */
  readonly to: string;
  /** Own property → property of the target with the same value: the referential constraint. */
  readonly on: Readonly<Record<string, string>>;
  /** Name of the way back, a collection-valued navigation of the target. */
  readonly inverse: string;
  readonly description: string;
}

export type Value = string | number | bigint | boolean | null;
export type Row<Name extends string = string> = Readonly<Record<Name, Value>>;

/** Navigations of the entity: to the person, and to what the person has. */
export interface Ownership {
  readonly owner: string;
  readonly owned: string;
}

export interface Entity<Name extends string = string> {
  /** The collection's name, as in the URL. */
  readonly name: string;
  /** The entity type's name. */
  readonly singular: string;
  readonly lifetime: Lifetime;
  /** One or two sentences of our own: what a row is. */
  readonly description: string;
  /** Property names, in key order. */
  readonly key: readonly Name[];
  /** In the feed's order. */
  readonly properties: Readonly<Record<Name, Property>>;
  readonly navigations: Readonly<Record<string, Navigation>>;
  /** Rows that are there before the first night: lookups. */
  readonly rows?: readonly Row<Name>[];
  /** The collection, daily or of states, that tells what became of one of these; it has a navigation to this one. */
  readonly history?: string;
  /** A night that finds none, where the night before had some, is refused: a tenant does not lose them all. */
  readonly mustNotBeEmpty?: true;
  /**
   * Rows are versions of what this property names: where another version is seen, the one before holds no longer,
   * whatever else the harvest did not see.
   */
  readonly versionsOf?: Name;
  /** Of a fact, the days that the hosted feed keeps, where these are not the usual thirty. */
  readonly vendorDays?: number;
  /** A row is a person: the property that the directory knows them by, which is also what the source calls the thing. */
  readonly person?: Name;
  /** Rows tell from when to when a person had a thing: what is told of the thing on those days is told of the person. */
  readonly ownership?: Ownership;
  readonly beta?: true;
  /** Seen only by roles that name it: what the feed knows of its own readers. */
  readonly hiddenByDefault?: true;
}

/** An entity as its subject file wrote it: property names and roles stay visible to the compiler, for the streams. */
export interface TypedEntity<Properties extends Readonly<Record<string, Property>>> extends Entity<
  keyof Properties & string
> {
  readonly properties: Properties;
}

interface EntityDefinition<Properties extends Readonly<Record<string, Property>>> {
  readonly name: string;
  readonly singular: string;
  readonly lifetime: Lifetime;
  readonly description: string;
  readonly key: readonly (keyof Properties & string)[];
  readonly properties: Properties;
  readonly navigations?: Readonly<Record<string, Navigation>>;
  readonly rows?: readonly Row<keyof Properties & string>[];
  readonly history?: string;
  readonly mustNotBeEmpty?: true;
  readonly versionsOf?: keyof Properties & string;
  readonly vendorDays?: number;
  readonly person?: keyof Properties & string;
  readonly ownership?: Ownership;
  readonly beta?: true;
  readonly hiddenByDefault?: true;
}

export function entity<const Properties extends Readonly<Record<string, Property>>>(
  definition: EntityDefinition<Properties>,
): TypedEntity<Properties> {
  return { navigations: {}, ...definition };
}

/** The properties that a stream must give: all without a role. */
export type SourcedName<Properties extends Readonly<Record<string, Property>>> = {
  [Name in keyof Properties & string]: Properties[Name] extends { readonly role: PropertyRole }
    ? never
    : Name;
}[keyof Properties & string];

type PropertyOptions = Omit<Property, 'type' | 'nullable' | 'description'>;

// One maker per type; `…OrNull` where a row may lack the value.
function propertyFactory<const Type extends EdmType, const Nullable extends boolean>(
  type: Type,
  nullable: Nullable,
) {
  return <const More extends PropertyOptions = PropertyOptions>(description: string, more?: More) =>
    ({ type, nullable, description, ...more }) as {
      readonly type: Type;
      readonly nullable: Nullable;
      readonly description: string;
    } & Readonly<More>;
}

export const int32 = propertyFactory('Edm.Int32', false);
export const int32OrNull = propertyFactory('Edm.Int32', true);
export const int64 = propertyFactory('Edm.Int64', false);
export const int64OrNull = propertyFactory('Edm.Int64', true);
export const text = propertyFactory('Edm.String', false);
export const textOrNull = propertyFactory('Edm.String', true);
export const bool = propertyFactory('Edm.Boolean', false);
export const boolOrNull = propertyFactory('Edm.Boolean', true);
export const instant = propertyFactory('Edm.DateTimeOffset', false);
export const instantOrNull = propertyFactory('Edm.DateTimeOffset', true);

export function navigation(
  to: string,
  on: Readonly<Record<string, string>>,
  inverse: string,
  description: string,
): Navigation {
  return { to, on, inverse, description };
}

/** The surrogate key of the row that stands for "nothing known": every lookup has it, so that joins never dangle. */
export const NOT_AVAILABLE_KEY = -1;
