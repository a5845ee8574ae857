// What a run may not change of what was published on the days before; derived from the model.
import { quoteIdentifier } from '../quote-identifier.ts';
import { INTERVAL_COLUMNS, storageOf, type Storage } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { NOT_AVAILABLE_KEY } from '../../schema/entity.ts';
import { sameColumns, type Rule } from './rule.ts';

const KEYS_UNCHANGED: readonly Rule[] = [
  {
    description: 'a thing keeps its key',
    sql: `SELECT 1 FROM old.surrogateKeys o LEFT JOIN surrogateKeys n ON n.entity = o.entity AND n.natural = o.natural
          WHERE n.key IS NOT o.key`,
  },
  {
    description: 'no key is given twice, nor again',
    sql: `SELECT 1 FROM surrogateKeys n JOIN old.surrogateSequences s ON s.entity = n.entity
          WHERE n.key <= s.last AND n.key <> ${NOT_AVAILABLE_KEY}
            AND NOT EXISTS (SELECT 1 FROM old.surrogateKeys o WHERE o.entity = n.entity AND o.natural = n.natural)
          UNION ALL SELECT 1 FROM surrogateKeys GROUP BY entity, key HAVING count(*) > 1 AND key <> ${NOT_AVAILABLE_KEY}`,
  },
];

const PAST_DAYS_UNCHANGED: Rule = {
  description: 'past snapshot days of a collection stay as they were',
  sql: `SELECT 1 FROM old.snapshotDays o LEFT JOIN snapshotDays n ON ${sameColumns(['collection', 'dateKey', 'period'])}
        WHERE o.dateKey < @day AND n.dateKey IS NULL
        UNION ALL SELECT 1 FROM snapshotDays n LEFT JOIN old.snapshotDays o ON ${sameColumns(['collection', 'dateKey'])}
        WHERE n.dateKey < @day AND o.dateKey IS NULL`,
};

export const DAY_TO_DAY_RULES: readonly Rule[] = [
  ...KEYS_UNCHANGED,
  PAST_DAYS_UNCHANGED,
  ...[...MODEL.entities.values()].map(storageOf).flatMap(rulesOf),
];

function rulesOf(storage: Storage): readonly Rule[] {
  switch (storage.entity.lifetime) {
    case 'daily':
      return [pastUnchanged(storage, (alias) => `min(${alias}.toKey, ${monthEnds(alias)}, @day)`)];
    case 'history':
      return [pastUnchanged(storage, (alias) => `min(${alias}.toKey, @day)`)];
    case 'event':
      return [pastUnchanged(storage)];
    case 'current':
      return [nothingLost(storage), ...modifiedMeansChanged(storage)];
  }
}

/** The first day after the month of a validity interval. */
function monthEnds(alias: string): string {
  return `iif(${alias}.period % 100 = 12, ${alias}.period + 89, ${alias}.period + 1) * 100 + 1`;
}

/**
 * Compares all past days, back to the first: rows are matched by their keys. `until` gives the end of a validity interval
 * for readers of past days, since an open interval may end on this day.
 */
function pastUnchanged(storage: Storage, until?: (alias: string) => string): Rule {
  const { entity, primaryKey, columns, roles } = storage;
  const table = quoteIdentifier(storage.table);
  const begins = quoteIdentifier(until ? INTERVAL_COLUMNS.from : (roles.get('day') ?? ''));
  const compared = columns
    .map(({ name }) => name)
    .filter((name) => name !== INTERVAL_COLUMNS.to && !primaryKey.includes(name));
  const ends = until ? ` AND ${until('n')} = ${until('o')}` : '';
  const over = (of: string): string => `(SELECT count(*) FROM ${of}.${table} WHERE ${begins} < @day)`;
  return {
    description: `days of ${entity.name} that are over stay as they were`,
    sql: `SELECT 1 FROM old.${table} o LEFT JOIN ${table} n ON ${sameColumns(primaryKey)}
          WHERE o.${begins} < @day AND (n.${begins} IS NULL OR NOT (${sameColumns(compared)}${ends}))
          UNION ALL SELECT 1 WHERE ${over('main')} <> ${over('old')}`,
  };
}

function nothingLost({ entity }: Storage): Rule {
  const table = quoteIdentifier(entity.name);
  return {
    description: `no row of ${entity.name} is ever lost`,
    sql: `SELECT 1 FROM old.${table} o
          WHERE NOT EXISTS (SELECT 1 FROM ${table} n WHERE ${sameColumns(entity.key)})`,
  };
}

function modifiedMeansChanged({ entity, roles }: Storage): readonly Rule[] {
  const modified = roles.get('modified');
  if (modified === undefined) return [];
  const others = Object.keys(entity.properties).filter((name) => name !== modified);
  return [
    {
      description: `${modified} of ${entity.name} moves when something changes, and only then`,
      sql: `SELECT 1 FROM ${quoteIdentifier(entity.name)} n JOIN old.${quoteIdentifier(entity.name)} o ON ${sameColumns(entity.key)}
            WHERE (${sameColumns(others)}) <> (${sameColumns([modified])})`,
    },
  ];
}
