// The run that verification refused: finds its quarantined file, and decides whether it can still be released.
import Database from 'better-sqlite3';
import type { DateKey } from '../../../base/date-key.ts';
import { FeedError } from '../../../base/feed-error.ts';
import type { Generation } from '../../engine.ts';
import type { VerifyFinding } from '../../generation-build.ts';
import type { RunRecord } from '../../run-journal.ts';
import { renderGeneration, type GenerationRow } from '../../../sql/build/generation.ts';
import { readRows } from '../execute-sql.ts';
import { SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';
import { listQuarantinedFiles } from './generation-files.ts';
import { hasRunTables, readRuns } from '../journal/run-tables.ts';

export interface QuarantinedRun {
  readonly dateKey: DateKey;
  readonly path: string;
  /** Undefined where the model has no runs. */
  readonly run: RunRecord | undefined;
}

/** Throws FeedError `feed.night-refused` where there is none that was built on `newest`. */
export function findQuarantinedRun(dataDir: string, newest: Generation | null): QuarantinedRun {
  const [quarantined] = listQuarantinedFiles(dataDir);
  if (!quarantined) {
    throw new FeedError('feed.night-refused', 'No quarantined run is stored that could be released.');
  }
  const database = new Database(quarantined.path, { readonly: true, fileMustExist: true });
  try {
    // A migration to the model publishes a new number and file, but the moment stays that of the run.
    const [base] = readRows<GenerationRow>(database, renderGeneration(SQLITE_BUILD_DIALECT));
    if ((base === undefined ? null : `${base.publishedAt}Z`) !== (newest?.publishedAt ?? null)) {
      throw new FeedError(
        'feed.night-refused',
        `What is served has changed since the run of ${quarantined.dateKey} was quarantined: it no longer follows.`,
        { hint: 'Run it again: fleetfeed snapshot.' },
      );
    }
    const [run] = hasRunTables(database) ? readRuns(database, 1, 'refused') : [];
    return { ...quarantined, run };
  } finally {
    database.close();
  }
}

/** The same run with its new outcome. */
export function releasedRunRecord(run: RunRecord, now: Date): RunRecord {
  const reason = `${run.reason ?? ''} Accepted on ${now.toISOString()}.`.trim();
  return { ...run, outcome: 'accepted', reason };
}

export function brokenBuildError(dateKey: DateKey, [first, ...more]: readonly VerifyFinding[]): FeedError {
  const rest = more.length === 0 ? '' : ` And ${more.length} more.`;
  return new FeedError(
    'feed.night-refused',
    `The run of ${dateKey} is broken and cannot be released: ${first?.message ?? ''}${rest}`,
    { hint: 'Run it again: fleetfeed snapshot. What is served stays as it was.' },
  );
}
