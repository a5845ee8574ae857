// The privacy profile of a warehouse: written into every generation, and applied to the past where less is kept.
import type { PersonalCollection } from '../../../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { PersonalKind } from '../../../../schema/entity.ts';
import { identifier, rowParameter, sql, textConstant, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { anyOf, commaList } from '../columns.ts';

export function renderPrivacyProfile(dialect: BuildDialect): Fragment {
  return sql`SELECT "kind", "treatment" FROM ${dialect.table('privacy')}`;
}

/** For rows of kind and treatment. */
export function renderWriteTreatment(dialect: BuildDialect): Fragment {
  return dialect.insertOrReplace({
    table: dialect.table('privacy'),
    columns: ['kind', 'treatment'],
    key: ['kind'],
    rows: sql`VALUES (${rowParameter()}, ${rowParameter()})`,
  });
}

/** Redacts values of these kinds in every row; null where the collection has none. `now` is a canonical instant. */
export function renderRedactCollection(
  dialect: BuildDialect,
  { entity, personalProperties }: PersonalCollection,
  kinds: readonly PersonalKind[],
  now: string,
): Fragment | null {
  const { table, roles } = storageOf(entity);
  const columns = personalProperties.flatMap((name) => {
    const kind = entity.properties[name]?.personal;
    return kind !== undefined && kinds.includes(kind) ? [{ column: identifier(name), kind }] : [];
  });
  if (columns.length === 0) return null;
  const modified = roles.get('modified');
  const assignments = columns.map(({ column, kind }) => sql`${column} = ${dialect.redact(kind, column)}`);
  if (modified !== undefined) assignments.push(sql`${identifier(modified)} = ${value(now)}`);
  const hasValue = anyOf(columns.map(({ column }) => sql`${column} IS NOT NULL`));
  return sql`UPDATE ${dialect.table(table)} SET ${commaList(assignments)} WHERE ${hasValue}`;
}

/**
 * Redacts the natural keys of a collection. What is redacted already stays as it is, and a rollback may have left such a
 * row beside the one that becomes it: it goes first.
 */
export function renderRedactNaturalKeys(dialect: BuildDialect, collection: string): readonly Fragment[] {
  const keys = dialect.table('surrogateKeys');
  const isOf = sql`"entity" = ${textConstant(collection)}`;
  const redacted = dialect.redact('id', sql`"natural"`);
  return [
    sql`DELETE FROM ${keys} WHERE ${isOf} AND "natural" IN (SELECT ${redacted} FROM ${keys} WHERE ${isOf} AND ${redacted} <> "natural")`,
    sql`UPDATE ${keys} SET "natural" = ${redacted} WHERE ${isOf}`,
  ];
}
