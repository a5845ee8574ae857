// The audit log as rows of a generation.
import { reads } from '../../../../schema/subjects/reads.ts';
import type { DateKey } from '../../../base/date-key.ts';
import { rowParameter, sql, value, type Fragment } from '../../fragment.ts';
import type { BuildDialect } from '../build-dialect.ts';
import { commaList } from '../columns.ts';

/** For rows of all properties. A row that is there already is left out. */
export function renderAddAuditRow(dialect: BuildDialect): Fragment {
  const columns = Object.keys(reads.properties);
  const rows = sql`VALUES (${commaList(columns.map(() => rowParameter()))})`;
  return dialect.insertOrIgnore({ table: dialect.table(reads.name), columns, rows });
}

/** The last day that has rows, or null. */
export function renderLastAuditDay(dialect: BuildDialect): Fragment {
  return sql`SELECT max("dateKey") FROM ${dialect.table(reads.name)}`;
}

export function renderRemoveAuditBefore(dialect: BuildDialect, day: DateKey): Fragment {
  return sql`DELETE FROM ${dialect.table(reads.name)} WHERE "dateKey" < ${value(day)}`;
}

/** Writes a filler over an id in the names of callers. */
export function renderRedactCaller(dialect: BuildDialect, id: string, filler: string): Fragment {
  const caller = sql`"caller"`;
  return sql`UPDATE ${dialect.table(reads.name)} SET ${caller} = replace(${caller}, ${value(id)}, ${value(filler)}) WHERE ${dialect.contains(caller, value(id))}`;
}
