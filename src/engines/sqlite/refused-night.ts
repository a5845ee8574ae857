// A night that verification refused and that is kept aside: what is known of it, and whether it can still be accepted.
import Database from 'better-sqlite3';
import type { DateKey } from '../../base/date-key.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Generation } from '../engine.ts';
import type { Finding, RunRecord } from '../stage.ts';
import { listRefusedFiles } from './generations.ts';
import { hasRuns, readRuns } from './run-tables.ts';

export interface RefusedNight {
  readonly dateKey: DateKey;
  readonly path: string;
  /** The run that was refused; undefined where the model has no runs. */
  readonly run: RunRecord | undefined;
}

/** Throws FeedError `feed.night-refused` where there is none that follows `newest`. */
export function findRefused(dataDir: string, newest: Generation | null): RefusedNight {
  const [refused] = listRefusedFiles(dataDir);
  if (!refused) {
    throw new FeedError('feed.night-refused', 'No refused night is kept that could be accepted.');
  }
  const database = new Database(refused.path, { readonly: true, fileMustExist: true });
  try {
    // Of a release that only caught up with the model, number and file are new, but night and moment are not.
    const base = database.prepare<[], string>('SELECT publishedAtUTC FROM generation').pluck().get();
    if ((base === undefined ? null : `${base}Z`) !== (newest?.publishedAt ?? null)) {
      throw new FeedError(
        'feed.night-refused',
        `What is served has changed since the night of ${refused.dateKey} was refused; it no longer follows.`,
        { hint: 'Run the night again.' },
      );
    }
    const [run] = hasRuns(database) ? readRuns(database, 1, 'refused') : [];
    return { ...refused, run };
  } finally {
    database.close();
  }
}

/** The same run, as it ends now. */
export function acceptedRun(run: RunRecord, now: Date): RunRecord {
  const reason = `${run.reason ?? ''} Accepted on ${now.toISOString()}.`.trim();
  return { ...run, outcome: 'accepted', reason };
}

export function brokenNight(dateKey: DateKey, [first, ...more]: readonly Finding[]): FeedError {
  const rest = more.length === 0 ? '' : ` And ${more.length} more.`;
  return new FeedError(
    'feed.night-refused',
    `The night of ${dateKey} is broken and cannot be accepted: ${first?.message ?? ''}${rest}`,
    { hint: 'Run the night again; what is served stays as it was.' },
  );
}
