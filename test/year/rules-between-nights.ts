// What a night may not do to what was published before it; derived from the model.
import { quoted } from '../../schema/derive/ddl.ts';
import { SPAN_COLUMNS, storageOf, type Storage } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { NOT_AVAILABLE_KEY } from '../../schema/words.ts';
import { same, type Rule } from './rule.ts';

const NUMBERS_STAY: readonly Rule[] = [
  {
    words: 'a thing keeps its key',
    sql: `SELECT 1 FROM old.surrogateKeys o LEFT JOIN surrogateKeys n ON n.entity = o.entity AND n.natural = o.natural
          WHERE n.key IS NOT o.key`,
  },
  {
    words: 'no key is given twice, nor again',
    sql: `SELECT 1 FROM surrogateKeys n JOIN old.surrogateSequences s ON s.entity = n.entity
          WHERE n.key <= s.last AND n.key <> ${NOT_AVAILABLE_KEY}
            AND NOT EXISTS (SELECT 1 FROM old.surrogateKeys o WHERE o.entity = n.entity AND o.natural = n.natural)
          UNION ALL SELECT 1 FROM surrogateKeys GROUP BY entity, key HAVING count(*) > 1 AND key <> ${NOT_AVAILABLE_KEY}`,
  },
];

const NIGHTS_STAY: Rule = {
  words: 'nights of a collection that are over stay as they were',
  sql: `SELECT 1 FROM old.snapshotDays o LEFT JOIN snapshotDays n ON ${same(['collection', 'dateKey', 'period'])}
        WHERE o.dateKey < @day AND n.dateKey IS NULL
        UNION ALL SELECT 1 FROM snapshotDays n LEFT JOIN old.snapshotDays o ON ${same(['collection', 'dateKey'])}
        WHERE n.dateKey < @day AND o.dateKey IS NULL`,
};

export const RULES_BETWEEN_NIGHTS: readonly Rule[] = [
  ...NUMBERS_STAY,
  NIGHTS_STAY,
  ...[...MODEL.entities.values()].map(storageOf).flatMap(rulesOf),
];

function rulesOf(storage: Storage): readonly Rule[] {
  switch (storage.entity.lifetime) {
    case 'daily':
      return [pastStays(storage, (alias) => `min(${alias}.toKey, ${monthEnds(alias)}, @day)`)];
    case 'history':
      return [pastStays(storage, (alias) => `min(${alias}.toKey, @day)`)];
    case 'event':
      return [pastStays(storage)];
    case 'current':
      return [nothingLost(storage), ...modifiedMeansChanged(storage)];
  }
}

/** The first day after the month of a span. */
function monthEnds(alias: string): string {
  return `iif(${alias}.period % 100 = 12, ${alias}.period + 89, ${alias}.period + 1) * 100 + 1`;
}

/**
 * All that is over is looked at, down to the first night: rows find each other by their keys. `until` says where a span
 * ends for whoever reads days before the night, since one that still holds may end tonight.
 */
function pastStays(storage: Storage, until?: (alias: string) => string): Rule {
  const { entity, primaryKey, columns, roles } = storage;
  const table = quoted(storage.table);
  const begins = quoted(until ? SPAN_COLUMNS.from : (roles.get('day') ?? ''));
  const told = columns
    .map(({ name }) => name)
    .filter((name) => name !== SPAN_COLUMNS.to && !primaryKey.includes(name));
  const ends = until ? ` AND ${until('n')} = ${until('o')}` : '';
  const over = (of: string): string => `(SELECT count(*) FROM ${of}.${table} WHERE ${begins} < @day)`;
  return {
    words: `days of ${entity.name} that are over stay as they were`,
    sql: `SELECT 1 FROM old.${table} o LEFT JOIN ${table} n ON ${same(primaryKey)}
          WHERE o.${begins} < @day AND (n.${begins} IS NULL OR NOT (${same(told)}${ends}))
          UNION ALL SELECT 1 WHERE ${over('main')} <> ${over('old')}`,
  };
}

function nothingLost({ entity }: Storage): Rule {
  const table = quoted(entity.name);
  return {
    words: `no row of ${entity.name} is ever lost`,
    sql: `SELECT 1 FROM old.${table} o
          WHERE NOT EXISTS (SELECT 1 FROM ${table} n WHERE ${same(entity.key)})`,
  };
}

function modifiedMeansChanged({ entity, roles }: Storage): readonly Rule[] {
  const modified = roles.get('modified');
  if (modified === undefined) return [];
  const others = Object.keys(entity.properties).filter((name) => name !== modified);
  return [
    {
      words: `${modified} of ${entity.name} moves when something changes, and only then`,
      sql: `SELECT 1 FROM ${quoted(entity.name)} n JOIN old.${quoted(entity.name)} o ON ${same(entity.key)}
            WHERE (${same(others)}) <> (${same([modified])})`,
    },
  ];
}
