// The types in which subject files describe the warehouse. Everything else is derived from that data.

/** The primitive types of the feed, which Power BI, Excel, Data Factory and SSIS all read. */
export type EdmType =
  'Edm.Boolean' | 'Edm.Int32' | 'Edm.Int64' | 'Edm.Double' | 'Edm.String' | 'Edm.DateTimeOffset';

/** v1.0 is the vendor's documented contract; beta is the superset. */
export type FeedVersion = 'v1.0' | 'beta';

/**
 * How a collection keeps its history. DDL, merge, retention and documentation follow from it.
 *
 * - `current` (SCD type 1): one row per entity instance, the latest state only; what leaves the source stays, marked deleted.
 * - `history` (SCD type 2): one row per entity instance and state, from a first day to a last.
 * - `daily` (periodic snapshot fact): one row per entity instance and snapshot day; stored as validity intervals.
 * - `event` (transaction fact): small counts and events of one snapshot day, stored as they are.
 */
export type Lifetime = 'current' | 'history' | 'daily' | 'event';

/**
 * What the merge fills in itself. A property without a role is filled by the stream of its collection.
 *
 * - `surrogate`: the warehouse's own Int32 key, stable and never reused.
 * - `day`: the dateKey of the snapshot day (daily, event).
 * - `modified`: when this row last changed in the warehouse.
 * - `deleted`: true once a complete harvest no longer had the entity instance.
 * - `deletedAt`: the snapshot day on which that was noticed, else null.
 * - `start`, `startDay`: the first snapshot day of the row's state, as an instant and as a dateKey.
 * - `end`: the first snapshot day on which the state was no longer valid; 9999-12-31 while it is.
 * - `current`: true while the state is valid.
 */
export type PropertyRole =
  'surrogate' | 'day' | 'modified' | 'deleted' | 'deletedAt' | 'start' | 'startDay' | 'end' | 'current';

/**
 * The kinds of personal properties; a privacy profile has a rule for each. `id` identifies people in the directory: their
 * rows are joined by it. `phone` is also the number of a SIM, `imei` also a MEID.
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
  /** Personal data. Always text, and nullable unless it is an id, so that it can be erased. */
  readonly personal?: PersonalKind;
  /**
   * The dimension whose surrogate key this is. Streams give the natural key; the merge replaces it by the surrogate.
   * Only for dimensions with a surrogate; lookups have fixed keys.
   */
  readonly refers?: string;
}

export interface Navigation {
  /** The collection it leads to. */
  readonly to: string;
  /** The referential constraint: own property → property of the target with the same value. */
  readonly on: Readonly<Record<string, string>>;
  /** The name of the inverse, a collection-valued navigation of the target. */
  readonly inverse: string;
  readonly description: string;
}

export type Value = string | number | bigint | boolean | null;
export type Row<Name extends string = string> = Readonly<Record<Name, Value>>;

/** Navigations of the entity: to a person, and to what the person owned. */
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
  /** Reference data, which is there before the first run: lookups. */
  readonly rows?: readonly Row<Name>[];
  /** The daily or history collection with the past of this one; it has a navigation to this one. */
  readonly history?: string;
  /** A run that finds no row is quarantined where the generation before had some: no tenant loses them all. */
  readonly mustNotBeEmpty?: true;
  /**
   * Rows are versions of the object with this id: once the harvest has another version, the one before is superseded, even
   * if the harvest was not complete.
   */
  readonly versionsOf?: Name;
  /** Of a fact, the days that the vendor's feed keeps; the default is thirty. */
  readonly vendorDays?: number;
  /** A row is a person: the property with their id in the directory, which is also the natural key. */
  readonly person?: Name;
  /** Ownership bridge: rows say from when to when a person owned something, so that its rows of those days are personal data. */
  readonly ownership?: Ownership;
  readonly beta?: true;
  /** Visible only to roles that list it: data about the readers of the feed. */
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

// One factory per type and nullability.
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

/** The surrogate key of the row for "nothing known": every lookup has it, so that every join finds a row. */
export const NOT_AVAILABLE_KEY = -1;
