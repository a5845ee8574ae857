// The full-text indexes of $search. Each generation contains its own.
import type { Database } from 'better-sqlite3';
import { type SearchIndex, searchIndexOf } from '../../../../schema/derive/search-index.ts';
import { storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import type { Entity } from '../../../../schema/entity.ts';
import { columnList } from '../../../sql/build/columns.ts';
import { FROM_KEY, PERIOD } from '../../../sql/build/schema/interval-columns.ts';
import { identifier, joinFragments, sql, value, type Fragment } from '../../../sql/fragment.ts';
import { execute } from '../execute-sql.ts';
import type { BuildContext } from './build-context.ts';

// Words end at whatever is neither letter nor digit. Case and accents make no difference.
const FTS_OPTIONS = sql`columnsize=0, tokenize="unicode61 remove_diacritics 2"`;

/**
 * Adds the texts of the day for collections that only gain rows. Latest states change in place, so their indexes are
 * rebuilt: 50,000 devices with 24 columns of text take 0.8 s and 22 MB (2026-11).
 */
export function updateSearchIndexes(context: BuildContext): void {
  buildEachIndex(context, (database, index, entity) => {
    const rowsOfDay = rowsOfDayCondition(storageOf(entity), context.parameters);
    if (rowsOfDay === null) rebuildIndex(database, index, entity);
    else addTextsOfDay(database, index, entity, rowsOfDay);
  });
}

/** No word of a row that was changed or removed stays. */
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
  const name = identifier(index.name);
  execute(database, sql`DROP TABLE IF EXISTS ${name}`);
  if (index.key === null) {
    // Intervals of many days and states have few texts.
    execute(database, sql`CREATE VIRTUAL TABLE ${name} USING fts5(text, ${FTS_OPTIONS})`);
    execute(database, sql`INSERT INTO ${name} ${distinctTexts(index, entity, sql`TRUE`)}`);
  } else {
    // FTS5 does not copy the rows.
    const content = sql`content=${identifier(entity.name)}, content_rowid=${identifier(index.key)}`;
    const columns = columnList(index.columns);
    execute(database, sql`CREATE VIRTUAL TABLE ${name} USING fts5(${columns}, ${content}, ${FTS_OPTIONS})`);
    execute(database, sql`INSERT INTO ${name}(${name}) VALUES ('rebuild')`);
  }
}

function addTextsOfDay(database: Database, index: SearchIndex, entity: Entity, isOfDay: Fragment): void {
  const name = identifier(index.name);
  const texts = distinctTexts(index, entity, isOfDay);
  execute(database, sql`INSERT INTO ${name} ${texts} EXCEPT SELECT text FROM ${name}`);
}

/** Each text once. */
function distinctTexts({ columns }: SearchIndex, entity: Entity, condition: Fragment): Fragment {
  const table = identifier(storageOf(entity).table);
  const texts = columns.map(
    (each) => sql`SELECT ${identifier(each)} AS text FROM ${table} WHERE ${condition}`,
  );
  return sql`SELECT text FROM (${joinFragments(texts, sql` UNION `)}) WHERE text IS NOT NULL`;
}

/** A condition on rows that the build wrote; null where it changes earlier rows. */
function rowsOfDayCondition(
  { entity, roles }: Storage,
  { day, period }: BuildContext['parameters'],
): Fragment | null {
  switch (entity.lifetime) {
    case 'daily':
      return sql`${PERIOD} = ${value(period)} AND ${FROM_KEY} = ${value(day)}`;
    case 'history':
      return sql`${FROM_KEY} = ${value(day)}`;
    case 'event':
      return sql`${identifier(roles.get('day') ?? '')} = ${value(day)}`;
    case 'current':
      return null;
  }
}
