// A warehouse to measure: the real tables, filled by SQL with a fleet whose devices change now and then.
import { mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SQLITE_BUILD_DIALECT } from '../../src/engines/sqlite/sqlite-build-dialect.ts';
import { definitionText, deriveDdl } from '../../src/sql/build/schema/derive-ddl.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { addDays, midnightOf, OPEN_END, monthPartitionOf, type DateKey } from '../../src/base/date-key.ts';
import { BUILD_FILE, generationFileName } from '../../src/engines/sqlite/generations/generation-files.ts';

export const COLLECTION = 'devicePropertyHistories';

export interface FleetSize {
  readonly devices: number;
  readonly storedDays: number;
  /** The last of them, which are read again and again. */
  readonly readDays: number;
}

export interface BenchWarehouse {
  /** The caller removes it. */
  readonly dataDir: string;
  /** A database with one table `daily`: the rows of the last days, one for each device and day, without validity intervals. */
  readonly plainPath: string;
  readonly firstDay: DateKey;
  readonly lastDay: DateKey;
}

const LAST_DAY = 20261120;
// Of a hundred devices, those that change from one day to the next: far more than real fleets show.
const CHURN_PERCENT = 16;

export function buildWarehouse({ devices, storedDays, readDays }: FleetSize): BenchWarehouse {
  const dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-bench-'));
  const building = join(dataDir, BUILD_FILE);
  const database = new Database(building);
  database.pragma('synchronous = OFF');
  database.exec('BEGIN');
  for (const definition of deriveDdl(SQLITE_BUILD_DIALECT, MODEL)) database.exec(definitionText(definition));
  database
    .prepare('INSERT INTO generation VALUES (1, ?, ?)')
    .run(LAST_DAY, midnightOf(LAST_DAY).toISOString().slice(0, -1));
  const day = database.prepare('INSERT INTO snapshotDays VALUES (?, ?, ?)');
  for (let age = storedDays - 1; age >= 0; age -= 1) {
    const dateKey = addDays(LAST_DAY, -age);
    day.run(COLLECTION, dateKey, monthPartitionOf(dateKey));
  }
  fillSpans(database, devices);
  database.exec('COMMIT; ANALYZE');

  const firstDay = addDays(LAST_DAY, 1 - Math.min(readDays, storedDays));
  const plainPath = join(dataDir, 'plain.sqlite');
  writePlain(database, plainPath, firstDay);
  database.close();
  renameSync(building, join(dataDir, generationFileName(1, LAST_DAY)));
  return { dataDir, plainPath, firstDay, lastDay: LAST_DAY };
}

// An interval begins with each month and where a device changes, which a hash of device and day decides: all runs have the same rows.
function fillSpans(database: Database.Database, devices: number): void {
  database.exec(`
    WITH RECURSIVE device(deviceKey) AS (SELECT 1 UNION ALL SELECT deviceKey + 1 FROM device WHERE deviceKey < ${devices}),
    days AS (SELECT period, dateKey, row_number() OVER (PARTITION BY period ORDER BY dateKey) AS place FROM snapshotDays),
    starts AS (
      SELECT period, deviceKey, dateKey, (deviceKey * 7919 + dateKey * 104729) % 1000003 AS hash
        FROM days, device
       WHERE place = 1 OR (deviceKey * 7919 + dateKey * 104729) % 1000003 % 100 < ${CHURN_PERCENT}
    )
    INSERT INTO ${COLLECTION}Spans
      (period, deviceKey, fromKey, toKey, deviceName, deviceRegistrationStateKey, ownerTypeKey, managementStateKey,
       azureADRegistered, complianceStateKey, osVersion, jailBroken, deviceCategoryKey, physicalMemoryInBytes,
       totalStorageSpaceInBytes)
    SELECT period, deviceKey, dateKey,
           lead(dateKey, 1, ${OPEN_END}) OVER (PARTITION BY period, deviceKey ORDER BY dateKey),
           CASE deviceKey % 97 WHEN 0 THEN NULL WHEN 1 THEN '東京-' || deviceKey WHEN 2 THEN 'Zoë "Z" 💻 ' || deviceKey
             ELSE 'DESKTOP-' || printf('%06X', deviceKey) END,
           deviceKey % 7, deviceKey % 3, hash % 4, nullif(hash % 3, 2), hash % 6,
           '10.0.' || (19041 + hash % 4000) || '.' || hash % 3000, nullif(deviceKey % 11, 10) > 8, deviceKey % 9,
           CASE deviceKey % 1000 WHEN 0 THEN 9007199254740993 + hash ELSE 8589934592 END,
           nullif(hash % 50, 49) * 10737418240 + hash
      FROM starts ORDER BY period, deviceKey, dateKey`);
}

function writePlain(database: Database.Database, path: string, firstDay: DateKey): void {
  const columns = database.pragma(`table_info(${COLLECTION})`) as { name: string; type: string }[];
  const declared = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  database.prepare('ATTACH ? AS plain').run(path);
  database.exec(`
    CREATE TABLE plain.daily (${declared}, PRIMARY KEY (dateKey, deviceKey)) WITHOUT ROWID;
    INSERT INTO plain.daily SELECT * FROM ${COLLECTION} WHERE dateKey >= ${firstDay} ORDER BY dateKey, deviceKey;
    DETACH plain`);
}
