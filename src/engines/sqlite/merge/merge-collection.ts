// Merges what was staged of one collection into the file being built, by the lifetime of the collection.
import { storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import type { Entity } from '../../../../schema/entity.ts';
import type { MergeCounts } from '../../run-journal.ts';
import type { Completeness } from '../../staging.ts';
import type { ResolvedTables } from '../../../sql/build/merge/resolved-tables.ts';
import { sql } from '../../../sql/fragment.ts';
import { execute } from '../execute-sql.ts';
import type { BuildContext, RowChanges } from '../build/build-context.ts';
import type { StagedInput } from '../staging/staging-file.ts';
import { mergeScd1 } from './merge-scd1.ts';
import { mergeScd2 } from './merge-scd2.ts';
import { replacePartition } from './replace-partition.ts';
import { addFixedRows, resolveStagedInput } from './resolve-staged-input.ts';

/** After a failed harvest nothing changes: neither dimensions, nor days, nor what an earlier run of the day merged. */
export function mergeCollection(
  context: BuildContext,
  entity: Entity,
  input: StagedInput,
  completeness: Completeness,
): MergeCounts {
  if (completeness === 'failed') {
    return { entity: entity.name, seen: 0, inserted: 0, changed: 0, deleted: 0, orphans: 0 };
  }
  const storage = storageOf(entity);
  return context.database.transaction((): MergeCounts => {
    const { rows, orphans, ...tables } = resolveStagedInput(context, storage, input);
    addFixedRows(context, storage, tables);
    const changes = mergeByLifetime(context, storage, tables, completeness);
    execute(context.database, sql`DROP TABLE ${tables.stagedKeys}`);
    execute(context.database, sql`DROP TABLE ${tables.changedRows}`);
    return { entity: entity.name, seen: rows + orphans, orphans, ...changes };
  })();
}

function mergeByLifetime(
  context: BuildContext,
  storage: Storage,
  tables: ResolvedTables,
  completeness: Completeness,
): RowChanges {
  switch (storage.entity.lifetime) {
    case 'current':
      return mergeScd1(context, storage, tables, completeness);
    case 'history':
    case 'daily':
      return mergeScd2(context, storage, tables, completeness);
    case 'event':
      return replacePartition(context, storage, tables);
  }
}
