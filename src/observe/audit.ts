// The audit: a line for each request for data, handed to the disk before the next request is processed.
import { rmSync } from 'node:fs';
import { listAuditFiles, type AuditLine } from '../base/audit-files.ts';
import type { Clock } from '../base/clock.ts';
import { addDays, dateKeyOf, type DateKey } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Observer } from '../base/observation.ts';
import {
  auditLine,
  aggregatedRefusalOf,
  refusalsLine,
  type AnsweredObservation,
  type AggregatedRefusal,
} from './audit-line.ts';
import { openDayFiles } from './day-files.ts';

export interface AuditOptions {
  readonly dataDir: string;
  /** Whether all requests are refused while lines cannot be written. */
  readonly isRequired: boolean;
  /** How many days files are kept. */
  readonly retentionDays: number;
  readonly clock: Clock;
  /** Observes when lines cannot be written, and when they can be again. */
  readonly observe: Observer;
}

export interface Audit {
  /** Writes the line of a request that was answered. */
  readonly observe: Observer;
  /** To be called before a request is authenticated. Throws `feed.unavailable` where lines are required and cannot be written. */
  readonly requireWritable: () => void;
  readonly close: () => void;
}

// Buffered until the disk can be written again: some 400 kilobytes.
const MAX_BUFFERED_LINES = 1000;
// Refused requests must not fill the disk: beyond this number, those of a minute become one line with their count.
const REFUSALS_PER_MINUTE = 600;

/** Throws `setup.unsafe` where lines are required and cannot be written. */
export function openAudit({ dataDir, isRequired, retentionDays, clock, observe }: AuditOptions): Audit {
  const files = openDayFiles(dataDir);
  const buffered: { readonly dateKey: DateKey; readonly bytes: Uint8Array }[] = [];
  let writeError: Error | null = null;
  let lostLines = 0;
  let minute = 0;
  const refusalCounts = new Map<AggregatedRefusal, number>();
  let today: DateKey | null = null;

  /** Null when all buffered lines are written. */
  const flush = (): Error | null => {
    try {
      for (let first = buffered[0]; first; first = buffered[0]) {
        const written = files.append(first.dateKey, first.bytes);
        if (written < first.bytes.length) buffered[0] = { ...first, bytes: first.bytes.subarray(written) };
        else buffered.shift();
      }
      if (writeError) observe({ kind: 'audit.restored', lost: lostLines });
      lostLines = 0;
      writeError = null;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!writeError) observe({ kind: 'audit.unwritable', error });
      writeError = error;
    }
    return writeError;
  };

  const append = (line: AuditLine): void => {
    buffered.push({ dateKey: line.dateKey, bytes: Buffer.from(`${JSON.stringify(line)}\n`) });
    if (buffered.length > MAX_BUFFERED_LINES) {
      buffered.shift();
      lostLines += 1;
    }
    flush();
  };

  const writeAggregatedRefusals = (now: Date): void => {
    for (const [code, count] of refusalCounts)
      if (count > REFUSALS_PER_MINUTE) append(refusalsLine(code, count - REFUSALS_PER_MINUTE, now));
    refusalCounts.clear();
  };

  const removeExpiredFiles = (now: Date): void => {
    if (dateKeyOf(now) === today) return;
    today = dateKeyOf(now);
    removeBefore(dataDir, addDays(today, -retentionDays));
  };

  if (isRequired) refuseUnwritable(() => files.append(dateKeyOf(clock.now()), new Uint8Array()));
  return {
    observe(observation) {
      if (observation.kind !== 'request.answered' || isPublic(observation)) return;
      const now = clock.now();
      removeExpiredFiles(now);
      if (minuteOf(now) !== minute) writeAggregatedRefusals(now);
      minute = minuteOf(now);
      const refusal = aggregatedRefusalOf(observation);
      const count = refusal === null ? 0 : (refusalCounts.get(refusal) ?? 0) + 1;
      if (refusal !== null) refusalCounts.set(refusal, count);
      if (count <= REFUSALS_PER_MINUTE) append(auditLine(observation, now));
    },
    requireWritable() {
      const cause = isRequired && writeError !== null ? flush() : null;
      if (cause === null) return;
      throw new FeedError(
        'feed.unavailable',
        'The audit cannot be written at the moment, so nothing can be read.',
        {
          hint: 'The log of the feed says why.',
          cause,
        },
      );
    },
    close() {
      writeAggregatedRefusals(clock.now());
      files.close();
    },
  };
}

function minuteOf(now: Date): number {
  return Math.floor(now.getTime() / 60_000);
}

/** Health checks and preflights are answered to everyone, and say nothing about the tenant. */
function isPublic({ caller, code, status }: AnsweredObservation): boolean {
  return caller === null && code === undefined && status !== 499;
}

function removeBefore(dataDir: string, first: DateKey): void {
  try {
    for (const { dateKey, path } of listAuditFiles(dataDir))
      if (dateKey < first) rmSync(path, { force: true });
  } catch {
    // The next day's removal makes up for it.
  }
}

function refuseUnwritable(write: () => unknown): void {
  try {
    write();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FeedError('setup.unsafe', `The audit cannot be written: ${why}; nothing was started.`, {
      target: '--audit',
      hint: 'Make the data folder writable, or answer without an audit with --audit on.',
      cause,
    });
  }
}
