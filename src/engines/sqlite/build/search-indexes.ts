// The word indexes that $search asks: each generation has its own.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { type SearchIndex, searchIndexOf } from '../../../../schema/derive/search-index.ts';
import { INTERVAL_COLUMNS, storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import type { Entity } from '../../../../schema/entity.ts';
import type { BuildContext } from './build-context.ts';

// Words are told apart by what is neither letter nor digit, and are the same in any case and with any accents.
const FTS_OPTIONS = 'columnsize=0, tokenize="unicode61 remove_diacritics 2"';

/**
 * Of days, whose rows only ever become more, the indexes take in the texts of the night; of things they are made anew:
 * 50,000 devices with 24 columns of text take 0.8 s and 22 MB (2026-11).
 */
export function updateSearchIndexes(context: BuildContext): void {
  buildEachIndex(context, (database, index, entity) => {
    const rowsOfDay = rowsOfDayCondition(storageOf(entity));
    if (rowsOfDay === null) rebuildIndex(database, index, entity);
    else addTextsOfDay(context, index, entity, rowsOfDay);
  });
}

/** Makes all of them anew: nothing that a row no longer says can linger. */
export function rebuildSearchIndexes(context: BuildContext): void {
  buildEachIndex(context, rebuildIndex);
}

type IndexBuilder = (database: Database, index: SearchIndex, entity: Entity) => void;

function buildEachIndex({ database, model }: BuildContext, buildIndex: IndexBuilder): void {
  database.transaction(() => {
    for (const entity of model.entities.values()) {
      const index = searchIndexOf(entity);
      if (index) buildIndex(database, index, entity);
    }
  })();
}

function rebuildIndex(database: Database, index: SearchIndex, entity: Entity): void {
  database.exec(`DROP TABLE IF EXISTS ${quoteIdentifier(index.name)}`);
  database.exec(index.key === null ? textIndexSql(index, entity) : rowIndexSql(index, index.key, entity));
}

/** FTS5 keeps no copy of the rows. */
function rowIndexSql(index: SearchIndex, key: string, entity: Entity): string {
  const name = quoteIdentifier(index.name);
  const columns = index.columns.map(quoteIdentifier).join(', ');
  const content = `content=${quoteIdentifier(entity.name)}, content_rowid=${quoteIdentifier(key)}`;
  return `CREATE VIRTUAL TABLE ${name} USING fts5(${columns}, ${content}, ${FTS_OPTIONS});
    INSERT INTO ${name}(${name}) VALUES ('rebuild')`;
}

/** Spans of many nights and states have few texts. */
function textIndexSql(index: SearchIndex, entity: Entity): string {
  const name = quoteIdentifier(index.name);
  return `CREATE VIRTUAL TABLE ${name} USING fts5(text, ${FTS_OPTIONS});
    INSERT INTO ${name} ${distinctTextsSql(index, entity, 'TRUE')}`;
}

function addTextsOfDay(
  { database, parameters }: BuildContext,
  index: SearchIndex,
  entity: Entity,
  condition: string,
): void {
  const name = quoteIdentifier(index.name);
  database
    .prepare(
      `INSERT INTO ${name} ${distinctTextsSql(index, entity, condition)} EXCEPT SELECT text FROM ${name}`,
    )
    .run(parameters);
}

/** Each text once. */
function distinctTextsSql({ columns }: SearchIndex, entity: Entity, condition: string): string {
  const table = quoteIdentifier(storageOf(entity).table);
  const texts = columns.map(
    (each) => `SELECT ${quoteIdentifier(each)} AS text FROM ${table} WHERE ${condition}`,
  );
  return `SELECT text FROM (${texts.join(' UNION ')}) WHERE text IS NOT NULL`;
}

/** A condition on rows that the night wrote; null where it changes rows of before. */
function rowsOfDayCondition({ entity, roles }: Storage): string | null {
  const { period, from } = INTERVAL_COLUMNS;
  switch (entity.lifetime) {
    case 'daily':
      return `${period} = @period AND ${from} = @day`;
    case 'history':
      return `${from} = @day`;
    case 'event':
      return `${quoteIdentifier(roles.get('day') ?? '')} = @day`;
    case 'current':
      return null;
  }
}
