// The audit: a line for each request that asked for data, on its way to the disk before the next request is looked at.
import { rmSync } from 'node:fs';
import { listAuditFiles, type AuditLine } from '../base/audit-files.ts';
import type { Clock } from '../base/clock.ts';
import { addDays, dateKeyOf, type DateKey } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Observer } from '../base/observation.ts';
import { auditLine, knockOf, knocksLine, type Answered, type Knock } from './audit-line.ts';
import { openDayFiles } from './day-files.ts';

export interface AuditWords {
  readonly dataDir: string;
  /** Whether nobody is let in while lines cannot be written. */
  readonly isRequired: boolean;
  /** For how long files are kept. */
  readonly days: number;
  readonly clock: Clock;
  /** Told when lines cannot be written, and when they can be again. */
  readonly observe: Observer;
}

export interface Audit {
  /** Takes the line of a request that was answered. */
  readonly observe: Observer;
  /** To be called before anyone is let in. Throws `feed.unavailable` where lines are required and cannot be written. */
  readonly check: () => void;
  readonly close: () => void;
}

// Kept in memory until the disk takes them again: some 400 kilobytes.
const MOST_WAITING = 1000;
// Whoever only knocks is not to fill the disk: what comes on top within a minute is one line with its number.
const KNOCKS_A_MINUTE = 600;

/** Throws `setup.unsafe` where lines are required and cannot be written. */
export function openAudit({ dataDir, isRequired, days, clock, observe }: AuditWords): Audit {
  const files = openDayFiles(dataDir);
  const waiting: { readonly dateKey: DateKey; readonly bytes: Uint8Array }[] = [];
  let trouble: Error | null = null;
  let lost = 0;
  let minute = 0;
  const knocks = new Map<Knock, number>();
  let today: DateKey | null = null;

  /** Null when all that waited is written. */
  const flush = (): Error | null => {
    try {
      for (let first = waiting[0]; first; first = waiting[0]) {
        const written = files.append(first.dateKey, first.bytes);
        if (written < first.bytes.length) waiting[0] = { ...first, bytes: first.bytes.subarray(written) };
        else waiting.shift();
      }
      if (trouble) observe({ kind: 'audit.restored', lost });
      lost = 0;
      trouble = null;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!trouble) observe({ kind: 'audit.unwritable', error });
      trouble = error;
    }
    return trouble;
  };

  const take = (line: AuditLine): void => {
    waiting.push({ dateKey: line.dateKey, bytes: Buffer.from(`${JSON.stringify(line)}\n`) });
    if (waiting.length > MOST_WAITING) {
      waiting.shift();
      lost += 1;
    }
    flush();
  };

  const tellFurtherKnocks = (now: Date): void => {
    for (const [code, count] of knocks)
      if (count > KNOCKS_A_MINUTE) take(knocksLine(code, count - KNOCKS_A_MINUTE, now));
    knocks.clear();
  };

  const forgetOld = (now: Date): void => {
    if (dateKeyOf(now) === today) return;
    today = dateKeyOf(now);
    removeBefore(dataDir, addDays(today, -days));
  };

  if (isRequired) refuseUnwritable(() => files.append(dateKeyOf(clock.now()), new Uint8Array()));
  return {
    observe(seen) {
      if (seen.kind !== 'request.answered' || isForEveryone(seen)) return;
      const now = clock.now();
      forgetOld(now);
      if (minuteOf(now) !== minute) tellFurtherKnocks(now);
      minute = minuteOf(now);
      const knock = knockOf(seen);
      const count = knock === null ? 0 : (knocks.get(knock) ?? 0) + 1;
      if (knock !== null) knocks.set(knock, count);
      if (count <= KNOCKS_A_MINUTE) take(auditLine(seen, now));
    },
    check() {
      const cause = isRequired && trouble !== null ? flush() : null;
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
      tellFurtherKnocks(clock.now());
      files.close();
    },
  };
}

function minuteOf(now: Date): number {
  return Math.floor(now.getTime() / 60_000);
}

/** Whether the feed is up, and which origins may ask, is answered to everyone, and tells nothing of the tenant. */
function isForEveryone({ caller, code, status }: Answered): boolean {
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
