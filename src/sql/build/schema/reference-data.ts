// Reference data: rows that the model itself has, in the collection and in the bookkeeping of keys.
import type { Entity } from '../../../../schema/entity.ts';
import { identifier, rowParameter, sql, textConstant, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { columnList, columnsDiffer, commaList } from '../columns.ts';

/** For rows of all properties: adds a row, or corrects the one with its key where it differs. */
export function renderSeedRow(dialect: BuildDialect, entity: Entity): Fragment {
  const names = Object.keys(entity.properties);
  const nonKeyColumns = names.filter((name) => !entity.key.includes(name));
  const excluded = sql`excluded`;
  const assignments = nonKeyColumns.map((name) => sql`${identifier(name)} = ${excluded}.${identifier(name)}`);
  const conflict =
    nonKeyColumns.length === 0
      ? sql`NOTHING`
      : sql`UPDATE SET ${commaList(assignments)} WHERE ${columnsDiffer(dialect, nonKeyColumns, sql`t`, excluded)}`;
  const values = commaList(names.map(() => rowParameter()));
  return sql`INSERT INTO ${dialect.table(entity.name)} AS t (${columnList(names)}) VALUES (${values})
ON CONFLICT (${columnList(entity.key)}) DO ${conflict}`;
}

/** For rows of natural key and surrogate key. */
export function renderReserveKey(dialect: BuildDialect, entity: Entity): Fragment {
  return dialect.insertOrReplace({
    table: dialect.table('surrogateKeys'),
    columns: ['entity', 'natural', 'key'],
    key: ['entity', 'natural'],
    rows: sql`VALUES (${textConstant(entity.name)}, ${rowParameter()}, ${rowParameter()})`,
  });
}

/** No key up to `last` is given out again. */
export function renderReserveSequence(dialect: BuildDialect, entity: Entity, last: number): Fragment {
  const rows = sql`VALUES (${textConstant(entity.name)}, ${value(last)})`;
  return renderRaiseSequences(dialect, rows);
}

/** `rows` are collections and the highest key that was given out in each. */
export function renderRaiseSequences(dialect: BuildDialect, rows: Fragment): Fragment {
  const last = dialect.greatest(sql`t."last"`, sql`excluded."last"`);
  return sql`INSERT INTO ${dialect.table('surrogateSequences')} AS t ("entity", "last") ${rows}
ON CONFLICT ("entity") DO UPDATE SET "last" = ${last}`;
}
