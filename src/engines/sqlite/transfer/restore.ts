// A backup put back: what it is, whether it may take the place of what is served, and what the journal says of it.
import type { Model } from '../../../../schema/model.ts';
import { FeedError } from '../../../base/feed-error.ts';
import type { Generation } from '../../engine.ts';
import { verifyIntegrity } from '../verify/verify-integrity.ts';
import type { StoredGeneration } from '../generations/generation-files.ts';
import { maintenanceRun, type MaintenanceRun } from '../journal/maintenance-run.ts';

export interface RestoreOptions {
  readonly file: string;
  /** Also where what is served is as new, or newer. */
  readonly force: boolean;
}

/** Throws `feed.unavailable` where the file is not whole, `setup.bad-setting` where it would replace newer days. */
export function findBackup(
  { file, force }: RestoreOptions,
  model: Model,
  newest: Generation | null,
): StoredGeneration {
  const { generation, findings } = verifyIntegrity(file, model);
  const [first] = findings;
  if (first || !generation) {
    throw new FeedError('feed.unavailable', `'${file}' cannot be restored: ${first?.message ?? ''}`, {
      hint: 'What is served stays as it was.',
    });
  }
  if (newest && newest.publishedAt >= generation.publishedAt && !force) {
    throw new FeedError(
      'setup.bad-setting',
      `What is served, of ${newest.dateKey}, is not older than the backup, of ${generation.dateKey}.`,
      { target: '--force', hint: 'With --force the backup takes its place.' },
    );
  }
  return { ...generation, path: file };
}

export function restoreRunRecord({ id, dateKey }: Generation, now: Date): MaintenanceRun {
  const reason = `Restored from a backup of generation ${id} of ${dateKey}.`;
  return maintenanceRun({ dateKey, outcome: 'rollback', reason }, now);
}
