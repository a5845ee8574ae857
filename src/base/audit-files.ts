// The files of the audit, one per UTC day: written by the feed, and ingested into the warehouse by the nightly run.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DateKey } from './date-key.ts';

/** The result of a request. `left`: the client closed the connection before there was an answer. */
export type AuditDecision = 'answered' | 'denied' | 'limited' | 'rejected' | 'failed' | 'left';

/** A line, as JSON. Its fields are the columns of the collection `reads`. */
export interface AuditLine {
  readonly requestId: string;
  readonly dateKey: DateKey;
  /** ISO instant with Z. */
  readonly answeredDateTimeUTC: string;
  /** Null where the caller was not authenticated. */
  readonly caller: string | null;
  readonly role: string | null;
  readonly decision: AuditDecision;
  readonly method: string;
  readonly shape: string;
  readonly status: number;
  readonly code: string | null;
  readonly rowsSent: number;
  readonly bytesSent: number;
  readonly isWhole: boolean;
  readonly costInMilliseconds: number;
  readonly durationInMilliseconds: number;
  /** How many requests the line is about. */
  readonly requests: number;
}

export interface AuditFile {
  readonly dateKey: DateKey;
  readonly path: string;
}

export function auditFolder(dataDir: string): string {
  return join(dataDir, 'audit');
}

export function auditPath(dataDir: string, dateKey: DateKey): string {
  return join(auditFolder(dataDir), `reads-${dateKey}.jsonl`);
}

/** The earliest first; none where there is no folder. */
export function listAuditFiles(dataDir: string): readonly AuditFile[] {
  const folder = auditFolder(dataDir);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .map((name) => Number(/^reads-(\d{8})\.jsonl$/.exec(name)?.[1]))
    .filter((dateKey) => !Number.isNaN(dateKey))
    .sort((a, b) => a - b)
    .map((dateKey) => ({ dateKey, path: auditPath(dataDir, dateKey) }));
}
