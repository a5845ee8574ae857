// The run record of an erasure, which does not say whom it was about; and the earlier files that must be gone after it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DateKey } from '../../../base/date-key.ts';
import { FeedError } from '../../../base/feed-error.ts';
import { subjectHash } from '../../subject-hash.ts';
import type { ErasureCounts, Person } from '../../erasure.ts';
import type { MergeStep, RunRecord } from '../../run-journal.ts';
import { listGenerationFiles, listQuarantinedFiles } from '../generations/generation-files.ts';
import { maintenanceRun } from '../journal/maintenance-run.ts';
import { JOURNAL_FILE } from '../journal/sqlite-run-journal.ts';

export interface ErasureDetails {
  readonly requestedBy: string;
  readonly now: Date;
  readonly dateKey: DateKey;
}

/** Its steps count the changed rows of each collection. */
export function erasureRunRecord(
  { id }: Person,
  { rows }: ErasureCounts,
  { requestedBy, now, dateKey }: ErasureDetails,
): RunRecord {
  const reason = `Asked for by ${requestedBy}: the personal data of one person, ${subjectHash(id)}.`;
  const steps = [...rows].map(([entity, changed]): MergeStep => ({
    entity,
    completeness: 'complete',
    seen: changed,
    inserted: 0,
    changed,
    deleted: 0,
    orphans: 0,
    trimmed: 0,
    milliseconds: 0,
  }));
  return { ...maintenanceRun({ dateKey, outcome: 'erasure', reason }, now), steps };
}

/** Throws `feed.unavailable` with the files that still contain the person and cannot be removed. */
export function assertNoEarlierFiles(dataDir: string): void {
  rmSync(join(dataDir, `${JOURNAL_FILE}.damaged`), { force: true });
  const remaining = [...listGenerationFiles(dataDir).slice(1), ...listQuarantinedFiles(dataDir)];
  if (remaining.length === 0) return;
  const names = remaining.map(({ path }) => path).join(', ');
  throw new FeedError('feed.unavailable', `Erased; but earlier files could not be removed: ${names}.`, {
    hint: 'Remove them by hand.',
  });
}
