// What must hold between a night and the one before it, asked of the files themselves; derived from the model.
import Database from 'better-sqlite3';
import { quoted } from '../../schema/derive/ddl.ts';
import { storageOf, type Storage } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { NOT_AVAILABLE_KEY } from '../../schema/words.ts';
import type { DateKey } from '../../src/base/date-key.ts';

const STORAGES = [...MODEL.entities.values()].map(storageOf);
const list = (names: readonly string[], alias: string): string =>
  names.map((name) => `${alias}.${quoted(name)}`).join(', ');
const same = (names: readonly string[]): string =>
  names.map((name) => `n.${quoted(name)} IS o.${quoted(name)}`).join(' AND ');

interface Rule {
  readonly words: string;
  /** Yields rows where it is broken. `main` is the night, `old` the one before; `@day` is the night. */
  readonly sql: string;
}

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

const COUNTS_AGREE: readonly Rule[] = [
  {
    words: 'a device that is there has one row tonight, and no other has',
    sql: `SELECT 1 FROM devices d LEFT JOIN devicePropertyHistories h ON h.dateKey = @day AND h.deviceKey = d.deviceKey
          GROUP BY d.deviceKey HAVING count(h.deviceKey) <> NOT d.isDeleted`,
  },
  {
    words: 'the encryption counts are those of the states',
    sql: `WITH counted AS (
            SELECT d.deviceTypeKey, s.derivedReadinessStateKey, s.encryptionStateKey, count(*) AS devices
            FROM deviceEncryptionStates s JOIN devices d USING (deviceKey) WHERE s.dateKey = @day GROUP BY 1, 2, 3),
          told AS (
            SELECT deviceTypeKey, encryptionReadinessStateKey, encryptionStateKey, deviceCount
            FROM encryptionActivities WHERE dateKey = @day)
          SELECT 1 FROM (SELECT * FROM counted EXCEPT SELECT * FROM told)
          UNION ALL SELECT 1 FROM (SELECT * FROM told EXCEPT SELECT * FROM counted)`,
  },
];

const RULES: readonly Rule[] = [...NUMBERS_STAY, ...COUNTS_AGREE, ...STORAGES.flatMap(rulesOf)];

function rulesOf(storage: Storage): readonly Rule[] {
  switch (storage.entity.lifetime) {
    case 'daily':
    case 'event':
      return [daysStay(storage)];
    case 'history':
      return [statesFollow(storage)];
    case 'current':
      return modifiedMeansChanged(storage);
  }
}

/** Of days that are over. All of them are looked at: an error of a month's end would show in any. */
function daysStay({ entity, roles }: Storage): Rule {
  const table = quoted(entity.name);
  const over = `WHERE ${quoted(roles.get('day') ?? '')} < @day`;
  return {
    words: `days of ${entity.name} that are over stay as they were`,
    sql: `SELECT 1 FROM (SELECT * FROM ${table} ${over} EXCEPT SELECT * FROM old.${table} ${over})
          UNION ALL SELECT 1 FROM (SELECT * FROM old.${table} ${over} EXCEPT SELECT * FROM ${table} ${over})`,
  };
}

function statesFollow({ entity, table, identity }: Storage): Rule {
  const things = list(identity, 's');
  return {
    words: `states of ${entity.name} follow each other without gap or overlap, and the last one holds`,
    sql: `SELECT 1 FROM (
            SELECT s.fromKey, s.toKey, lead(s.fromKey, 1, 99991231) OVER (PARTITION BY ${things} ORDER BY s.fromKey) AS next
            FROM ${quoted(table)} s)
          WHERE toKey <> next OR toKey <= fromKey`,
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

/** The rules that the night breaks, in words. `before` is the file of the night before. */
export function brokenRules(path: string, before: string, day: DateKey): readonly string[] {
  const database = new Database(path, { readonly: true });
  try {
    database.prepare('ATTACH ? AS old').run(before);
    return RULES.filter(({ sql }) => {
      const statement = database.prepare(`SELECT 1 FROM (${sql}) LIMIT 1`);
      return (sql.includes('@day') ? statement.get({ day }) : statement.get()) !== undefined;
    }).map(({ words }) => words);
  } finally {
    database.close();
  }
}
