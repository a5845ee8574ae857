// The audit: a line for each request that asked for data, on its way to the disk before the next request is looked at.
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
  /** Whether nobody is let in while lines cannot be written. */
  readonly isRequired: boolean;
  /** For how long files are kept. */
  readonly retentionDays: number;
  readonly clock: Clock;
  /** Told when lines cannot be written, and when they can be again. */
  readonly observe: Observer;
}

export interface Audit {
  /** Takes the line of a request that was answered. */
  readonly observe: Observer;
  /** To be called before anyone is let in. Throws `feed.unavailable` where lines are required and cannot be written. */
  readonly requireWritable: () => void;
  readonly close: () => void;
}

// Kept in memory until the disk takes them again: some 400 kilobytes.
const MAX_BUFFERED_LINES = 1000;
// Whoever only knocks is not to fill the disk: what comes on top within a minute is one line with its number.
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

  /** Null when all that waited is written. */
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
    observe(seen) {
      if (seen.kind !== 'request.answered' || isPublic(seen)) return;
      const now = clock.now();
      removeExpiredFiles(now);
      if (minuteOf(now) !== minute) writeAggregatedRefusals(now);
      minute = minuteOf(now);
      const knock = aggregatedRefusalOf(seen);
      const count = knock === null ? 0 : (refusalCounts.get(knock) ?? 0) + 1;
      if (knock !== null) refusalCounts.set(knock, count);
      if (count <= REFUSALS_PER_MINUTE) append(auditLine(seen, now));
    },
    requireWritable() {
      const cause = isRequired && writeError !== null ? flush() : null;
      if (cause === null) return;
      throw new FeedError(
        'feed.unavailable',
        'No read can be accounted for at the moment, so there is none.',
        {
          hint: 'The log of the feed says what keeps the audit from being written.',
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

/** Whether the feed is up, and which origins may ask, is answered to everyone, and tells nothing of the tenant. */
function isPublic({ caller, code, status }: AnsweredObservation): boolean {
  return caller === null && code === undefined && status !== 499;
}

function removeBefore(dataDir: string, first: DateKey): void {
  try {
    for (const { dateKey, path } of listAuditFiles(dataDir))
      if (dateKey < first) rmSync(path, { force: true });
  } catch {
    // The next day makes up for it.
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
