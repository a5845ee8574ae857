// What a thing is like, in SQL over what was brought: as its row tells, else as a supplement does, else as it was known.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { type Storage, INTERVAL_COLUMNS } from '../../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY } from '../../../../schema/entity.ts';
import { columnsEqual } from '../sql-columns.ts';
import { isReportedSql, stagedIdentityColumns } from '../staging/staged-value.ts';
import type { StagedInput } from '../staging/staging-file.ts';

/** A property that is another thing's key, where `s` has the natural text of that thing. */
export interface Reference {
  readonly name: string;
  /** Of the joined surrogateKeys. */
  readonly alias: string;
  readonly target: string;
  /** Staged column with the natural text. */
  readonly stagedColumn: string;
}

/** The thing's own key is one of them. */
export function referencesOf({ entity, roles, sourced }: Storage): readonly Reference[] {
  const own = roles.get('surrogate');
  return [
    ...(own === undefined ? [] : [{ name: own, alias: 'own', target: entity.name, stagedColumn: 'natural' }]),
    ...sourced.flatMap((name, index) => {
      const target = entity.properties[name]?.refers;
      return target === undefined
        ? []
        : [{ name, alias: `k${index}`, target, stagedColumn: quoteIdentifier(name) }];
    }),
  ];
}

export function referenceJoins(references: readonly Reference[]): readonly string[] {
  return references.map(
    ({ alias, target, stagedColumn }) =>
      `LEFT JOIN surrogateKeys ${alias} ON ${alias}.entity = '${target}' AND ${alias}.natural = s.${stagedColumn}`,
  );
}

/** As the row itself has it. */
export function valueSql({ entity }: Storage, references: readonly Reference[], name: string): string {
  if (name === INTERVAL_COLUMNS.period && !(name in entity.properties)) return '@period';
  const property = entity.properties[name];
  if (property?.role === 'day') return '@day';
  if (property?.role === 'deleted') return '0';
  const reference = references.find((each) => each.name === name);
  if (!reference) return `s.${quoteIdentifier(name)}`;
  return property?.nullable
    ? `${reference.alias}.key`
    : `ifnull(${reference.alias}.key, ${NOT_AVAILABLE_KEY})`;
}

/**
 * `known` is what the warehouse has of the thing `n`: the row, or the span that still holds. No span is carried over yet,
 * so those that hold are in the newest frame.
 */
export function storedStateJoin({ entity, identity, storesIntervals: spans, table }: Storage): string {
  const on = [
    columnsEqual(
      identity.filter((name) => name in entity.properties),
      'known',
      'n',
    ),
    ...(spans ? ['known.toKey = @open'] : []),
    ...(entity.lifetime === 'daily'
      ? [`known.period = (SELECT max(period) FROM ${quoteIdentifier(table)})`]
      : []),
  ];
  return `LEFT JOIN ${quoteIdentifier(table)} known ON ${on.join(' AND ')}`;
}

/** `x` is what a supplement tells of it. */
export function enrichmentJoins(storage: Storage, { enrichmentTable }: StagedInput): readonly string[] {
  return enrichmentTable === null
    ? []
    : [`LEFT JOIN ${enrichmentTable} x ON ${columnsEqual(stagedIdentityColumns(storage), 'x', 's')}`];
}

/** What the row tells, else what a supplement does, else what was known. */
export function fillUnreportedSql(
  storage: Storage,
  name: string,
  reported: string,
  { enrichmentTable }: StagedInput,
): string {
  const column = quoteIdentifier(name);
  // Where no supplement speaks of the thing, its columns are null, as if that were told.
  const hasEnrichment = stagedIdentityColumns(storage).map(
    (each) => `x.${quoteIdentifier(each)} IS NOT NULL`,
  );
  const enrichedCase =
    enrichmentTable === null
      ? ''
      : `WHEN ${[...hasEnrichment, isReportedSql(`x.${column}`)].join(' AND ')} THEN x.${column}`;
  return `CASE WHEN ${isReportedSql(`s.${column}`)} THEN ${reported} ${enrichedCase} ELSE known.${column} END`;
}
