// The statements of merge, verify, retention and erasure, as two databases say them.
import { describe, expect, test } from '@jest/globals';
import { derivePersonalDataMap } from '../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import {
  bool,
  entity,
  instant,
  int32,
  int32OrNull,
  navigation,
  text,
  textOrNull,
  type Entity,
} from '../../schema/entity.ts';
import { makeModel } from '../../schema/model.ts';
import { SQLITE_BUILD_DIALECT } from '../../src/engines/sqlite/sqlite-build-dialect.ts';
import type { BuildDialect } from '../../src/sql/build/build-dialect.ts';
import { definitionText, deriveDdl } from '../../src/sql/build/schema/derive-ddl.ts';
import { renderEraseCollection, renderEraseNaturalKeys } from '../../src/sql/build/privacy/erasure.ts';
import { renderScd1Merge } from '../../src/sql/build/merge/merge-scd1.ts';
import { renderOpenPartition, renderScd2Merge } from '../../src/sql/build/merge/merge-scd2.ts';
import { renderChangedRows } from '../../src/sql/build/merge/resolve-input.ts';
import { resolvedTablesOf } from '../../src/sql/build/merge/resolved-tables.ts';
import { renderRetention } from '../../src/sql/build/retention.ts';
import { renderVerification } from '../../src/sql/build/verification.ts';
import {
  rowParameter,
  rowStatementText,
  sql,
  statement,
  value,
  type Fragment,
} from '../../src/sql/fragment.ts';
import { POSTGRES_BUILD_DIALECT } from './postgres-build-dialect.ts';

const rooms = entity({
  name: 'rooms',
  singular: 'room',
  lifetime: 'current',
  description: 'Rooms.',
  key: ['roomId'],
  properties: {
    roomId: text('Id.'),
    roomName: textOrNull('Name.'),
    isDeleted: bool('Gone.', { role: 'deleted' }),
    modified: instant('Written.', { role: 'modified' }),
  },
});
const roomDays = entity({
  name: 'roomDays',
  singular: 'roomDay',
  lifetime: 'daily',
  description: 'Rooms by day.',
  key: ['dateKey', 'roomId'],
  properties: {
    dateKey: int32('Day.', { role: 'day' }),
    roomId: text('Id.'),
    floorKey: int32OrNull('Floor.'),
  },
});
const visits = entity({
  name: 'visits',
  singular: 'visit',
  lifetime: 'event',
  description: 'Visits.',
  key: ['dateKey'],
  properties: { dateKey: int32('Day.', { role: 'day' }), count: int32('Visits.') },
});
const floors = entity({
  name: 'floors',
  singular: 'floor',
  lifetime: 'current',
  description: 'Floors.',
  key: ['floorKey'],
  properties: { floorKey: int32('Key.') },
  rows: [{ floorKey: -1 }, { floorKey: 1 }],
});
const roomsWithFloor = {
  ...roomDays,
  navigations: { floor: navigation('floors', { floorKey: 'floorKey' }, 'roomDays', 'Floor.') },
};

const PARAMETERS = {
  day: 20261120,
  period: 202611,
  open: 99991231,
  midnight: '2026-11-20T00:00:00',
  now: '2026-11-20T03:00:00',
};
const DIALECTS = { sqlite: SQLITE_BUILD_DIALECT, postgres: POSTGRES_BUILD_DIALECT };
type Dialects = Readonly<Record<keyof typeof DIALECTS, string>>;

/** The same statement in both dialects. */
function inBoth(render: (dialect: BuildDialect) => Fragment | null | undefined): Dialects {
  const written = (dialect: BuildDialect): string => {
    const fragment = render(dialect);
    return fragment ? statement(fragment, dialect.placeholder).text : '';
  };
  return { sqlite: written(DIALECTS.sqlite), postgres: written(DIALECTS.postgres) };
}

const scd1 = (dialect: BuildDialect, of: Entity) =>
  renderScd1Merge(dialect, storageOf(of), resolvedTablesOf(dialect, storageOf(of)), PARAMETERS);
const scd2 = (dialect: BuildDialect, of: Entity) =>
  renderScd2Merge(dialect, storageOf(of), resolvedTablesOf(dialect, storageOf(of)), PARAMETERS);

describe('a build statement', () => {
  test('takes no bare string', () => {
    // @ts-expect-error A string is no fragment.
    expect(() => sql`SELECT ${'1; DROP TABLE devices'}`).toThrow(TypeError);
  });

  test('that is run for rows has no other values', () => {
    const insert = sql`INSERT INTO t VALUES (${rowParameter()}, ${rowParameter()})`;
    expect(rowStatementText(insert, (n) => `$${n}`)).toBe('INSERT INTO t VALUES ($1, $2)');
    expect(() => rowStatementText(sql`${insert}, ${value(1)}`, () => '?')).toThrow(TypeError);
    expect(() => statement(insert, () => '?')).toThrow(TypeError);
  });
});

describe('merge', () => {
  test('updates what differs or was deleted', () => {
    expect(inBoth((dialect) => scd1(dialect, rooms).update)).toMatchInlineSnapshot(`
     {
       "postgres": "UPDATE "build"."rooms" AS t SET "roomName" = r."roomName", "isDeleted" = 0, "modified" = $1 FROM "staging"."roomsChanges" r
     WHERE t."roomId" = r."roomId" AND ((t."roomName" IS DISTINCT FROM r."roomName") OR NOT (t."isDeleted" IS NOT DISTINCT FROM 0))",
       "sqlite": "UPDATE "rooms" AS t SET "roomName" = r."roomName", "isDeleted" = 0, "modified" = ? FROM "staging"."roomsChanges" r
     WHERE t."roomId" = r."roomId" AND ((t."roomName" IS NOT r."roomName") OR NOT (t."isDeleted" IS 0))",
     }
    `);
  });

  test('marks what a whole harvest did not see', () => {
    expect(inBoth((dialect) => scd1(dialect, rooms).deleteUnseen)).toMatchInlineSnapshot(`
     {
       "postgres": "UPDATE "build"."rooms" AS t SET "isDeleted" = 1, "modified" = $1 WHERE t."isDeleted" IS NOT DISTINCT FROM 0 AND NOT EXISTS (SELECT 1 FROM "staging"."roomsKeys" r WHERE t."roomId" = r."roomId")",
       "sqlite": "UPDATE "rooms" AS t SET "isDeleted" = 1, "modified" = ? WHERE t."isDeleted" IS 0 AND NOT EXISTS (SELECT 1 FROM "staging"."roomsKeys" r WHERE t."roomId" = r."roomId")",
     }
    `);
  });

  test('closes the interval of what changed', () => {
    expect(inBoth((dialect) => scd2(dialect, roomDays).closeChanged)).toMatchInlineSnapshot(`
     {
       "postgres": "UPDATE "build"."roomDaysSpans" AS s SET "toKey" = $1 FROM "staging"."roomDaysChanges" r
     WHERE s."period" = $2 AND s."toKey" = $3 AND s."period" = r."period" AND s."roomId" = r."roomId" AND (s."floorKey" IS DISTINCT FROM r."floorKey")",
       "sqlite": "UPDATE "roomDaysSpans" AS s SET "toKey" = ? FROM "staging"."roomDaysChanges" r
     WHERE s."period" = ? AND s."toKey" = ? AND s."period" = r."period" AND s."roomId" = r."roomId" AND (s."floorKey" IS NOT r."floorKey")",
     }
    `);
  });

  test('opens an interval of what has none', () => {
    expect(inBoth((dialect) => scd2(dialect, roomDays).open)).toMatchInlineSnapshot(`
     {
       "postgres": "INSERT INTO "build"."roomDaysSpans" ("period", "roomId", "floorKey", "fromKey", "toKey")
     SELECT r."period", r."roomId", r."floorKey", $1, $2 FROM "staging"."roomDaysChanges" r
     WHERE NOT EXISTS (SELECT 1 FROM "build"."roomDaysSpans" s WHERE s."period" = r."period" AND s."roomId" = r."roomId" AND s."toKey" = $3)",
       "sqlite": "INSERT INTO "roomDaysSpans" ("period", "roomId", "floorKey", "fromKey", "toKey")
     SELECT r."period", r."roomId", r."floorKey", ?, ? FROM "staging"."roomDaysChanges" r
     WHERE NOT EXISTS (SELECT 1 FROM "roomDaysSpans" s WHERE s."period" = r."period" AND s."roomId" = r."roomId" AND s."toKey" = ?)",
     }
    `);
  });

  test('adds the snapshot day once', () => {
    expect(inBoth((dialect) => scd2(dialect, roomDays).addSnapshotDay)).toMatchInlineSnapshot(`
     {
       "postgres": "INSERT INTO "build"."snapshotDays" ("collection", "dateKey", "period") VALUES ('roomDays', $1, $2) ON CONFLICT DO NOTHING",
       "sqlite": "INSERT OR IGNORE INTO "snapshotDays" ("collection", "dateKey", "period") VALUES ('roomDays', ?, ?)",
     }
    `);
  });

  test('repeats open intervals in the next partition', () => {
    const storage = storageOf(roomDays);
    expect(inBoth((dialect) => renderOpenPartition(dialect, storage, 202610, PARAMETERS)[1]))
      .toMatchInlineSnapshot(`
     {
       "postgres": "INSERT INTO "build"."roomDaysSpans" ("period", "fromKey", "toKey", "roomId", "floorKey")
     SELECT $1, $2, $3, "roomId", "floorKey" FROM "build"."roomDaysSpans" WHERE "period" = $4 AND "toKey" = $5",
       "sqlite": "INSERT INTO "roomDaysSpans" ("period", "fromKey", "toKey", "roomId", "floorKey")
     SELECT ?, ?, ?, "roomId", "floorKey" FROM "roomDaysSpans" WHERE "period" = ? AND "toKey" = ?",
     }
    `);
  });

  test('compares staged rows with what is stored, and fills what was not reported', () => {
    const staged = {
      table: sql`"staged"`,
      unreportedColumns: new Set(['roomName']),
      enrichmentTable: sql`"enriched"`,
    };
    const build = { parameters: PARAMETERS, isRerun: false };
    expect(inBoth((dialect) => renderChangedRows(dialect, storageOf(rooms), staged, build)))
      .toMatchInlineSnapshot(`
     {
       "postgres": "INSERT INTO "staging"."roomsChanges" ("roomId", "roomName")
     SELECT n."roomId", CASE WHEN s."roomName" IS DISTINCT FROM '\\x00' THEN s."roomName" WHEN enrichment."roomId" IS NOT NULL AND enrichment."roomName" IS DISTINCT FROM '\\x00' THEN enrichment."roomName" ELSE stored."roomName" END FROM "staging"."roomsKeys" n JOIN "staged" s ON s."position" = n."row" LEFT JOIN "enriched" enrichment ON enrichment."roomId" = s."roomId" LEFT JOIN "build"."rooms" stored ON stored."roomId" = n."roomId"
     WHERE (stored."roomId" IS NULL OR stored."roomName" IS DISTINCT FROM CASE WHEN s."roomName" IS DISTINCT FROM '\\x00' THEN s."roomName" WHEN enrichment."roomId" IS NOT NULL AND enrichment."roomName" IS DISTINCT FROM '\\x00' THEN enrichment."roomName" ELSE stored."roomName" END OR NOT (stored."isDeleted" IS NOT DISTINCT FROM 0))",
       "sqlite": "INSERT INTO "staging"."roomsChanges" ("roomId", "roomName")
     SELECT n."roomId", CASE WHEN typeof(s."roomName") <> 'blob' THEN s."roomName" WHEN enrichment."roomId" IS NOT NULL AND typeof(enrichment."roomName") <> 'blob' THEN enrichment."roomName" ELSE stored."roomName" END FROM "staging"."roomsKeys" n CROSS JOIN "staged" s ON s.rowid = n."row" LEFT JOIN "enriched" enrichment ON enrichment."roomId" = s."roomId" LEFT JOIN "rooms" stored ON stored."roomId" = n."roomId"
     WHERE (stored."roomId" IS NULL OR stored."roomName" IS NOT CASE WHEN typeof(s."roomName") <> 'blob' THEN s."roomName" WHEN enrichment."roomId" IS NOT NULL AND typeof(enrichment."roomName") <> 'blob' THEN enrichment."roomName" ELSE stored."roomName" END OR NOT (stored."isDeleted" IS 0))",
     }
    `);
  });
});

describe('verify', () => {
  const model = makeModel('Rooms', [rooms, roomsWithFloor, visits, floors]);
  const query = (problem: string, allDays: boolean) => (dialect: BuildDialect) =>
    renderVerification(dialect, model, { parameters: PARAMETERS, allDays }).find((check) =>
      check.problem.startsWith(problem),
    )?.query;

  test('counts references that lead nowhere', () => {
    expect(inBoth(query('rows have a floorKey', false))).toMatchInlineSnapshot(`
     {
       "postgres": "SELECT count(*) FROM "build"."roomDaysSpans" t WHERE t."period" = $1 AND t."toKey" = $2 AND t."floorKey" <> -1 AND NOT EXISTS (SELECT 1 FROM "build"."floors" x WHERE x."floorKey" = t."floorKey")",
       "sqlite": "SELECT count(*) FROM "roomDaysSpans" t WHERE t."period" = ? AND t."toKey" = ? AND t."floorKey" <> -1 AND NOT EXISTS (SELECT 1 FROM "floors" x WHERE x."floorKey" = t."floorKey")",
     }
    `);
  });

  test('counts intervals that overlap', () => {
    expect(inBoth(query('validity intervals overlap', true))).toMatchInlineSnapshot(`
     {
       "postgres": "SELECT count(*) FROM (SELECT "fromKey", "toKey", lag("toKey") OVER (PARTITION BY "period", "roomId" ORDER BY "fromKey") AS "endBefore" FROM "build"."roomDaysSpans") i WHERE "toKey" <= "fromKey" OR "endBefore" > "fromKey"",
       "sqlite": "SELECT count(*) FROM (SELECT "fromKey", "toKey", lag("toKey") OVER (PARTITION BY "period", "roomId" ORDER BY "fromKey") AS "endBefore" FROM "roomDaysSpans") i WHERE "toKey" <= "fromKey" OR "endBefore" > "fromKey"",
     }
    `);
  });

  test('counts lookup rows that are missing', () => {
    expect(inBoth(query('rows of the lookup', true))).toMatchInlineSnapshot(`
     {
       "postgres": "SELECT greatest(0, 2 - count(*)) FROM "build"."floors"",
       "sqlite": "SELECT max(0, 2 - count(*)) FROM "floors"",
     }
    `);
  });
});

test('retention removes whole days', () => {
  const storage = storageOf(roomDays);
  expect(inBoth((dialect) => renderRetention(dialect, storage, 20260115).removeRows)).toMatchInlineSnapshot(`
   {
     "postgres": "DELETE FROM "build"."roomDaysSpans" WHERE "period" < $1 OR ("period" = $2 AND "toKey" <= $3)",
     "sqlite": "DELETE FROM "roomDaysSpans" WHERE "period" < ? OR ("period" = ? AND "toKey" <= ?)",
   }
  `);
});

describe('erasure', () => {
  const people = derivePersonalDataMap(MODEL);
  const devices = people?.collections.find(({ ownedColumn }) => ownedColumn !== null);
  if (!people || !devices) throw new TypeError('The model has no personal data.');

  test('reaches rows about a thing on the days on which the person owned it', () => {
    const { sqlite, postgres } = inBoth((dialect) =>
      renderEraseCollection(dialect, people, devices, '2026-11-20T03:00:00'),
    );
    expect(sqlite).toContain('"temp"."selectedPeople"');
    expect(postgres).toContain('"pg_temp"."selectedPeople"');
    expect(postgres).not.toMatch(/IS NOT \$|ifnull|"temp"/);
  });

  test('puts a placeholder in place of the natural key', () => {
    expect(inBoth((dialect) => renderEraseNaturalKeys(dialect, people)[1])).toMatchInlineSnapshot(`
     {
       "postgres": "UPDATE "build"."surrogateKeys" AS k SET "natural" = (SELECT 'erased-' || c."key" FROM "pg_temp"."selectedPeople" c WHERE c."id" = k."natural") WHERE k."entity" = 'users' AND k."natural" IN (SELECT "id" FROM "pg_temp"."selectedPeople")",
       "sqlite": "UPDATE "surrogateKeys" AS k SET "natural" = (SELECT 'erased-' || c."key" FROM "temp"."selectedPeople" c WHERE c."id" = k."natural") WHERE k."entity" = 'users' AND k."natural" IN (SELECT "id" FROM "temp"."selectedPeople")",
     }
    `);
  });
});

test('no statement for another database has a spelling of SQLite’s', () => {
  const model = makeModel('Rooms', [rooms, roomsWithFloor, visits, floors]);
  const ddl = deriveDdl(POSTGRES_BUILD_DIALECT, model).map(definitionText);
  const checks = renderVerification(POSTGRES_BUILD_DIALECT, model, { parameters: PARAMETERS, allDays: true });
  const queries = checks.map(({ query }) => statement(query, POSTGRES_BUILD_DIALECT.placeholder).text);
  const all = [...ddl, ...queries].join('\n');
  expect(all).not.toMatch(/STRICT|ROWID|printf|ifnull|iif|\bOR (?:REPLACE|IGNORE)\b|\?/);
  // Names keep their case only in quotes.
  expect(all.replaceAll(/"[^"]*"|'[^']*'/g, '')).not.toMatch(/[a-z][A-Z]/);
});
