// The staging of one build: rows of the base generation are read from it, and harvested rows wait in it for their merge.
import { storageOf } from '../../../../schema/derive/storage.ts';
import type { Entity, Row, Value } from '../../../../schema/entity.ts';
import { identifier, sql } from '../../../sql/fragment.ts';
import type { Staging } from '../../staging.ts';
import type { BuildContext } from '../build/build-context.ts';
import { iterateRows } from '../execute-sql.ts';
import { openStagingFile, type StagedInput } from './staging-file.ts';

export interface SqliteStaging extends Staging {
  /** Passes what was staged of the collection to `work`, and removes it afterwards. Throws a TypeError the second time. */
  consume<Result>(entity: Entity, work: (input: StagedInput) => Result): Result;
  /** Detaches the staging file and removes it. */
  close(): void;
}

export function openSqliteStaging(context: BuildContext, path: string): SqliteStaging {
  const file = openStagingFile(context.database, path);
  const consumed = new Set<string>();
  const assertNotConsumed = ({ name }: Entity): void => {
    if (consumed.has(name)) throw new TypeError(`${name} is already merged in this run.`);
  };
  return {
    dateKey: context.parameters.day,
    baseRows: (entity) => readBaseRows(context, entity),
    append(entity, rows) {
      assertNotConsumed(entity);
      file.append(storageOf(entity), rows);
    },
    enrich(entity, rows) {
      assertNotConsumed(entity);
      file.enrich(storageOf(entity), rows);
    },
    consume(entity, work) {
      assertNotConsumed(entity);
      consumed.add(entity.name);
      return file.consume(storageOf(entity), work);
    },
    close: () => file.close(),
  };
}

function* readBaseRows({ database }: BuildContext, entity: Entity): Generator<Row, void, undefined> {
  const names = Object.keys(entity.properties);
  const rows = iterateRows<Record<string, Exclude<Value, boolean>>>(
    database,
    sql`SELECT * FROM ${identifier(entity.name)}`,
  );
  for (const row of rows) {
    yield Object.fromEntries(names.map((name) => [name, toModelValue(entity, name, row[name] ?? null)]));
  }
}

// SQLite has integers only; the model says which of them are booleans, and which fit a number.
function toModelValue({ properties }: Entity, name: string, stored: Value): Value {
  if (typeof stored !== 'bigint') return stored;
  const type = properties[name]?.type;
  if (type === 'Edm.Int64') return stored;
  return type === 'Edm.Boolean' ? stored === 1n : Number(stored);
}
