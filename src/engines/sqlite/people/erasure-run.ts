// An erasure as the journal tells it, without a word about whom; and what else it leaves no trace in.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DateKey } from '../../../base/date-key.ts';
import { FeedError } from '../../../base/feed-error.ts';
import { subjectHash } from '../../../base/subject-hash.ts';
import type { Erasure, NightStep, Person, RunRecord } from '../../stage.ts';
import { listGenerationFiles, listRefusedFiles } from '../generations.ts';
import { runAtOnce } from '../run-at-once.ts';
import { JOURNAL_FILE } from '../sqlite-journal.ts';

export interface ErasureWords {
  readonly by: string;
  readonly now: Date;
  readonly dateKey: DateKey;
}

/** Its steps count the rows of each collection that told something. */
export function erasureRun({ id }: Person, { rows }: Erasure, { by, now, dateKey }: ErasureWords): RunRecord {
  const reason = `Asked for by ${by}: the personal data of one person, ${subjectHash(id)}.`;
  const steps = [...rows].map(([entity, changed]): NightStep => ({
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
  return { ...runAtOnce({ dateKey, outcome: 'erasure', reason }, now), steps };
}

/** Throws `feed.unavailable` naming files that hold the person still and cannot be removed. */
export function removeTraces(dataDir: string): void {
  rmSync(join(dataDir, `${JOURNAL_FILE}.damaged`), { force: true });
  const left = [...listGenerationFiles(dataDir).slice(1), ...listRefusedFiles(dataDir)];
  if (left.length === 0) return;
  const names = left.map(({ path }) => path).join(', ');
  throw new FeedError('feed.unavailable', `Erased; but earlier files could not be removed: ${names}.`, {
    hint: 'Remove them by hand.',
  });
}
