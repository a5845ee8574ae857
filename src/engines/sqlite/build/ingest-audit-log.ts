// Loads the audit log into the warehouse: each run adds the lines written since the last one, each once.
import { closeSync, openSync, readSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { reads } from '../../../../schema/subjects/reads.ts';
import { listAuditFiles, type AuditLine } from '../../../base/audit-files.ts';
import type { DateKey } from '../../../base/date-key.ts';
import {
  renderAddAuditRow,
  renderLastAuditDay,
  renderRemoveAuditBefore,
} from '../../../sql/build/privacy/audit-log.ts';
import type { SqlValue } from '../../../sql/statement.ts';
import { execute, prepareForRows, readNumber } from '../execute-sql.ts';
import { hasTable } from '../has-table.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { canonicalInstant } from '../../../base/instant.ts';

/**
 * Up to the day of the run. Rows are removed when their file is gone. A folder or file that cannot be read ends the
 * ingestion but not the run: the next run continues there. Does nothing for a model without reads.
 */
export function ingestAuditLog(database: Database, dataDir: string, day: DateKey): void {
  try {
    ingestFiles(database, dataDir, day);
  } catch (error) {
    if (!isFileSystemError(error)) throw error;
  }
}

function ingestFiles(database: Database, dataDir: string, day: DateKey): void {
  const files = listAuditFiles(dataDir).filter(({ dateKey }) => dateKey <= day);
  const [first] = files;
  if (!first || !hasTable(database, storageOf(reads).table)) return;
  const insert = prepareForRows(database, renderAddAuditRow(SQLITE_BUILD_DIALECT));
  const lastIngestedDay = readNumber(database, renderLastAuditDay(SQLITE_BUILD_DIALECT)) ?? first.dateKey;
  execute(database, renderRemoveAuditBefore(SQLITE_BUILD_DIALECT, first.dateKey));
  for (const { path } of files.filter(({ dateKey }) => dateKey >= lastIngestedDay)) {
    database.transaction(() => {
      for (const text of linesOf(path)) {
        const line = parseAuditLine(text);
        if (line) insert.run(toAuditRow(line));
      }
    })();
  }
}

/** Codes of the file system begin with E, those of SQLite with its name. */
function isFileSystemError(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^E[A-Z]/.test(code);
}

type AuditRow = Readonly<Record<keyof typeof reads.properties, string | number | null>>;

/** The values of all properties, in the model's order. */
function toAuditRow(line: AuditLine): readonly SqlValue[] {
  const answered = canonicalInstant(new Date(line.answeredDateTimeUTC));
  const row: AuditRow = { ...line, answeredDateTimeUTC: answered, isWhole: Number(line.isWhole) };
  return Object.keys(reads.properties).map((name) => row[name as keyof AuditRow]);
}

const AUDIT_FIELD_TYPES = {
  requestId: 'string',
  dateKey: 'number',
  answeredDateTimeUTC: 'string',
  caller: 'string or null',
  role: 'string or null',
  decision: 'string',
  method: 'string',
  shape: 'string',
  status: 'number',
  code: 'string or null',
  rowsSent: 'number',
  bytesSent: 'number',
  isWhole: 'boolean',
  costInMilliseconds: 'number',
  durationInMilliseconds: 'number',
  requests: 'number',
} as const satisfies Record<keyof AuditLine, string>;

/** Null for half a line left by a full disk or a crash, and for one written by hand. */
function parseAuditLine(text: string): AuditLine | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  return isAuditLine(json) ? json : null;
}

function isAuditLine(json: unknown): json is AuditLine {
  if (typeof json !== 'object' || json === null) return false;
  const fields = new Map(Object.entries(json));
  const hasExpectedType = ([name, type]: readonly [string, string]): boolean => {
    const value: unknown = fields.get(name);
    return value === null ? type.endsWith('or null') : type.startsWith(typeof value);
  };
  return (
    Object.entries(AUDIT_FIELD_TYPES).every(hasExpectedType) &&
    !Number.isNaN(Date.parse(String(fields.get('answeredDateTimeUTC'))))
  );
}

/** Streams the file: a day may hold more than the longest string. */
function* linesOf(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  const chunk = Buffer.alloc(1 << 20);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (let read = 1; read > 0;) {
      read = readSync(descriptor, chunk);
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = bytes.lastIndexOf(10);
      yield* bytes
        .toString('utf8', 0, end + 1)
        .split('\n')
        .filter((line) => line !== '');
      rest = bytes.subarray(end + 1);
    }
  } finally {
    closeSync(descriptor);
  }
}
