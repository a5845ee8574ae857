// The values of an instance, in SQL over its staged row `s`: as reported, else as an enrichment has it, else as stored.
import { INTERVAL_COLUMNS, type Storage } from '../../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY } from '../../../../schema/entity.ts';
import { identifier, integerConstant, sql, textConstant, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import type { BuildParameters } from '../build-parameters.ts';
import { STORED_FALSE, allOf, columnOf, columnsEqual } from '../columns.ts';
import { PERIOD, TO_KEY } from '../schema/interval-columns.ts';
import { NATURAL_KEY, stagedIdentityColumns } from './staged-columns.ts';

/** The tables of what was harvested of one collection. */
export interface StagedTables {
  /** Rows in the order in which they came. */
  readonly table: Fragment;
  /** Columns in which some row leaves a value unreported. */
  readonly unreportedColumns: ReadonlySet<string>;
  /** What enrichment sources say; null where there are none. */
  readonly enrichmentTable: Fragment | null;
}

/** A property that is the key of another instance, whose natural key the staged row has. */
export interface Reference {
  readonly name: string;
  /** Of the joined surrogateKeys. */
  readonly alias: Fragment;
  readonly target: string;
  /** Staged column with the natural key. */
  readonly stagedColumn: string;
}

const STAGED = sql`s`;
const STORED = sql`stored`;
const ENRICHMENT = sql`enrichment`;

/** The instance's own surrogate key is one of them. */
export function referencesOf({ entity, roles, sourced }: Storage): readonly Reference[] {
  const own = roles.get('surrogate');
  return [
    ...(own === undefined
      ? []
      : [{ name: own, alias: sql`own`, target: entity.name, stagedColumn: NATURAL_KEY }]),
    ...sourced.flatMap((name, index) => {
      const target = entity.properties[name]?.refers;
      return target === undefined
        ? []
        : [{ name, alias: identifier(`k${index}`), target, stagedColumn: name }];
    }),
  ];
}

export function referenceJoins(dialect: BuildDialect, references: readonly Reference[]): readonly Fragment[] {
  return references.map(({ alias, target, stagedColumn }) => {
    const on = sql`${alias}."entity" = ${textConstant(target)} AND ${alias}."natural" = ${columnOf(STAGED, stagedColumn)}`;
    return sql`LEFT JOIN ${dialect.table('surrogateKeys')} ${alias} ON ${on}`;
  });
}

/** As the row itself has it. */
export function stagedValue(
  { entity }: Storage,
  references: readonly Reference[],
  { day, period }: BuildParameters,
): (name: string) => Fragment {
  return (name) => {
    if (name === INTERVAL_COLUMNS.period && !(name in entity.properties)) return value(period);
    const property = entity.properties[name];
    if (property?.role === 'day') return value(day);
    if (property?.role === 'deleted') return STORED_FALSE;
    const reference = references.find((each) => each.name === name);
    if (!reference) return columnOf(STAGED, name);
    const key = sql`${reference.alias}."key"`;
    return property?.nullable ? key : sql`coalesce(${key}, ${integerConstant(NOT_AVAILABLE_KEY)})`;
  };
}

/**
 * `stored` is what the generation has of the instance `n`: its row, or its open interval. The next partition is not
 * opened yet, so open intervals are in the newest one.
 */
export function storedStateJoin(dialect: BuildDialect, storage: Storage, open: number): Fragment {
  const { entity, identity, storesIntervals } = storage;
  const table = dialect.table(storage.table);
  const own = identity.filter((name) => name in entity.properties);
  const on = allOf([
    columnsEqual(own, STORED, sql`n`),
    ...(storesIntervals ? [sql`${STORED}.${TO_KEY} = ${value(open)}`] : []),
    ...(entity.lifetime === 'daily'
      ? [sql`${STORED}.${PERIOD} = (SELECT max(${PERIOD}) FROM ${table})`]
      : []),
  ]);
  return sql`LEFT JOIN ${table} ${STORED} ON ${on}`;
}

/** `enrichment` is what enrichment sources say of the instance. */
export function enrichmentJoins(storage: Storage, { enrichmentTable }: StagedTables): readonly Fragment[] {
  if (enrichmentTable === null) return [];
  const on = columnsEqual(stagedIdentityColumns(storage), ENRICHMENT, STAGED);
  return [sql`LEFT JOIN ${enrichmentTable} ${ENRICHMENT} ON ${on}`];
}

/** The value of the row where it is reported, else that of the enrichment, else the stored one. */
export function fillUnreported(
  dialect: BuildDialect,
  storage: Storage,
  name: string,
  reported: Fragment,
  { enrichmentTable }: StagedTables,
): Fragment {
  const enriched = columnOf(ENRICHMENT, name);
  // Where no enrichment has a row of the instance, the columns of the join are null, as if null had been reported.
  const hasEnrichment = allOf([
    ...stagedIdentityColumns(storage).map((each) => sql`${columnOf(ENRICHMENT, each)} IS NOT NULL`),
    dialect.isReported(enriched),
  ]);
  const enrichedCase = enrichmentTable === null ? sql`` : sql` WHEN ${hasEnrichment} THEN ${enriched}`;
  return sql`CASE WHEN ${dialect.isReported(columnOf(STAGED, name))} THEN ${reported}${enrichedCase} ELSE ${columnOf(STORED, name)} END`;
}
