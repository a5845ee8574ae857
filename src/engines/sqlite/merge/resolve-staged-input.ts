// Resolves what was staged of a collection, see sql/build/resolve-input.ts.
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { Value } from '../../../../schema/entity.ts';
import {
  renderAddFixedRow,
  renderAdvanceSequence,
  renderAssignKeys,
  renderChangedRows,
  renderCountStagedKeys,
  renderCreateChangedRows,
  renderCreateStagedKeys,
  renderStagedKeys,
} from '../../../sql/build/merge/resolve-input.ts';
import { resolvedTablesOf, type ResolvedTables } from '../../../sql/build/merge/resolved-tables.ts';
import type { BuildContext } from '../build/build-context.ts';
import { execute, prepareForRows, readCount } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import type { StagedInput } from '../staging/staging-file.ts';

export interface ResolvedInput extends ResolvedTables {
  /** Instances. */
  readonly rows: number;
  /** Staged rows that refer to an instance that is not there. */
  readonly orphans: number;
}

/** Makes the tables; whoever merges them drops them. New instances are numbered first: rows may refer to their own kind. */
export function resolveStagedInput(
  { database, parameters, isRerun }: BuildContext,
  storage: Storage,
  input: StagedInput,
): ResolvedInput {
  if (storage.roles.has('surrogate')) {
    const added = execute(database, renderAssignKeys(SQLITE_BUILD_DIALECT, storage, input));
    execute(database, renderAdvanceSequence(SQLITE_BUILD_DIALECT, storage, added));
  }
  execute(database, renderCreateStagedKeys(SQLITE_BUILD_DIALECT, storage));
  execute(database, renderCreateChangedRows(SQLITE_BUILD_DIALECT, storage));
  const resolved = execute(database, renderStagedKeys(SQLITE_BUILD_DIALECT, storage, input, parameters));
  const build = { parameters, isRerun };
  execute(database, renderChangedRows(SQLITE_BUILD_DIALECT, storage, input, build));
  const tables = resolvedTablesOf(SQLITE_BUILD_DIALECT, storage);
  const rows = readCount(database, renderCountStagedKeys(SQLITE_BUILD_DIALECT, storage));
  // A row that takes the place of an earlier one is resolved too.
  return { ...tables, rows, orphans: input.rows - resolved };
}

/** Rows that the model itself has are part of every harvest, and win over what the source says of them. */
export function addFixedRows(
  { database }: BuildContext,
  { entity, identity, attributes }: Storage,
  { stagedKeys, changedRows }: ResolvedTables,
): void {
  for (const [table, names] of [
    [stagedKeys, identity],
    [changedRows, [...identity, ...attributes]],
  ] as const) {
    const insert = prepareForRows(database, renderAddFixedRow(SQLITE_BUILD_DIALECT, table, names, identity));
    for (const row of entity.rows ?? []) insert.run(names.map((name) => toStoredValue(row[name])));
  }
}

export function toStoredValue(value: Value | undefined): Exclude<Value, boolean> {
  return typeof value === 'boolean' ? Number(value) : (value ?? null);
}
