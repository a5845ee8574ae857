// The merge of counts and happenings: a night's rows are what the night saw, and replace those of an earlier run.
import { quoted } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import { columns } from './comparison.ts';
import type { Effect, Night, Sight } from './night.ts';

export function mergeEvent({ database, parameters }: Night, storage: Storage, { news }: Sight): Effect {
  const { identity, attributes, roles } = storage;
  const table = quoted(storage.table);
  const day = roles.get('day') ?? '';
  database.prepare(`DELETE FROM ${table} WHERE ${quoted(day)} = @day`).run(parameters);
  const names = [...identity, ...attributes];
  const inserted = database
    .prepare(`INSERT INTO ${table} (${columns(names)}) SELECT ${columns(names)} FROM ${news}`)
    .run().changes;
  return { inserted, changed: 0, deleted: 0 };
}
