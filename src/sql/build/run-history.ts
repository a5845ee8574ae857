// The tables of run history: the journal and every generation have them in the same shape.
import type { Entity } from '../../../schema/entity.ts';
import { runProblems, runSteps, runs } from '../../../schema/subjects/runs.ts';
import { identifier, rowParameter, sql, value, type Fragment } from '../fragment.ts';
import type { BuildDialect } from './build-dialect.ts';
import { allOf, columnList, commaList } from './columns.ts';
import { renderCreateTable } from './schema/create-table.ts';

/** Runs before what belongs to them. */
export const RUN_ENTITIES: readonly Entity[] = [runs, runSteps, runProblems];

/** Removes a run and all that belongs to it. */
export function renderRemoveRun(dialect: BuildDialect, runId: string): readonly Fragment[] {
  return RUN_ENTITIES.map(
    ({ name }) => sql`DELETE FROM ${dialect.table(name)} WHERE "runId" = ${value(runId)}`,
  );
}

/** For rows of these columns. */
export function renderInsertRow(
  dialect: BuildDialect,
  { name }: Entity,
  columns: readonly string[],
): Fragment {
  const values = commaList(columns.map(() => rowParameter()));
  return sql`INSERT INTO ${dialect.table(name)} (${columnList(columns)}) VALUES (${values})`;
}

/** The latest first; those of one outcome unless that is null. */
export function renderRecentRuns(dialect: BuildDialect, limit: number, outcome: string | null): Fragment {
  // A day without a run stands where its run would have begun.
  const startedAt = sql`coalesce("startedDateTimeUTC", ${dialect.midnightOf(sql`"dateKey"`)})`;
  const isWanted = outcome === null ? sql`TRUE` : sql`"outcome" = ${value(outcome)}`;
  return sql`SELECT * FROM ${dialect.table(runs.name)} WHERE ${isWanted}
ORDER BY ${startedAt} DESC, "endedDateTimeUTC" DESC LIMIT ${value(limit)}`;
}

/** For rows of one run's id. */
export function renderStepsOfRun(dialect: BuildDialect): Fragment {
  return sql`SELECT "collection" AS "entity", "completeness", "rowsSeen" AS "seen", "rowsInserted" AS "inserted",
  "rowsChanged" AS "changed", "rowsDeleted" AS "deleted", "rowsOrphaned" AS "orphans", "rowsTrimmed" AS "trimmed",
  "mergeInMilliseconds" AS "milliseconds"
FROM ${dialect.table(runSteps.name)} WHERE "runId" = ${rowParameter()} ORDER BY "collection"`;
}

/** For rows of one run's id. */
export function renderProblemsOfRun(dialect: BuildDialect): Fragment {
  return sql`SELECT "source", "message" FROM ${dialect.table(runProblems.name)} WHERE "runId" = ${rowParameter()} ORDER BY "position"`;
}

/** For rows of one dateKey. */
export function renderCountRunsOfDay(dialect: BuildDialect): Fragment {
  return sql`SELECT count(*) FROM ${dialect.table(runs.name)} WHERE "dateKey" = ${rowParameter()}`;
}

/** Marks runs that ended without a word. */
export function renderMarkRunsKilled(dialect: BuildDialect, reason: string): Fragment {
  return sql`UPDATE ${dialect.table(runs.name)} SET "outcome" = 'killed', "reason" = ${value(reason)} WHERE "outcome" = 'running'`;
}

/** Marks the runs of generations after one as reverted. */
export function renderMarkRunsReverted(dialect: BuildDialect, after: number, reason: string): Fragment {
  return sql`UPDATE ${dialect.table(runs.name)} SET "outcome" = 'withdrawn', "reason" = ${value(reason)}
WHERE "generation" > ${value(after)} AND "outcome" IN ('published', 'accepted', 'rollback')`;
}

/** Where run history is copied from or to: its tables by name. */
export type RunTables = (name: string) => Fragment;

/** Which runs are copied, as a condition on rows `r`. */
export interface RunCopy {
  readonly from: RunTables;
  readonly to: RunTables;
  readonly condition: Fragment;
}

/** Copies runs over what the target has of them. In this order, and in one transaction. */
export function renderCopyRuns(dialect: BuildDialect, { from, to, condition }: RunCopy): readonly Fragment[] {
  const selected = dialect.temporaryTable('selectedRuns');
  const isSelected = sql`"runId" IN (SELECT "runId" FROM ${selected})`;
  const create = renderCreateTable(dialect, {
    table: selected,
    columns: [sql`"runId" ${dialect.columnType('TEXT')} NOT NULL`],
    primaryKey: ['runId'],
    layout: 'key',
  });
  return [
    create,
    sql`INSERT INTO ${selected} SELECT r."runId" FROM ${from(runs.name)} r WHERE ${condition}`,
    ...RUN_ENTITIES.flatMap(({ name, properties }) => {
      const columns = columnList(Object.keys(properties));
      return [
        sql`DELETE FROM ${to(name)} WHERE ${isSelected}`,
        sql`INSERT INTO ${to(name)} (${columns}) SELECT ${columns} FROM ${from(name)} WHERE ${isSelected}`,
      ];
    }),
    sql`DROP TABLE ${selected}`,
  ];
}

/** True of runs `r` of which the target does not have the same outcome. */
export function isUnknownRun(to: RunTables): Fragment {
  return sql`NOT EXISTS (SELECT 1 FROM ${to(runs.name)} m WHERE m."runId" = r."runId" AND m."outcome" = r."outcome")`;
}

/** True of runs `r` of a day and later that have ended. */
export function isEndedRunSince(dateKey: number): Fragment {
  return sql`r."dateKey" >= ${value(dateKey)} AND r."outcome" <> 'running'`;
}

export function renderAllRows(dialect: BuildDialect, { name }: Entity): Fragment {
  return sql`SELECT * FROM ${dialect.table(name)}`;
}

/** For rows of the new value of the column, and of the key. */
export function renderUpdateColumn(dialect: BuildDialect, { name, key }: Entity, column: string): Fragment {
  const isRow = allOf(key.map((each) => sql`${identifier(each)} = ${rowParameter()}`));
  return sql`UPDATE ${dialect.table(name)} SET ${identifier(column)} = ${rowParameter()} WHERE ${isRow}`;
}
