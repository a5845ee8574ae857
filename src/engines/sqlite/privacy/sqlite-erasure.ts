// The erasure of one build: personal data leaves its file, the audit log and the journal.
import type { Erasure } from '../../erasure.ts';
import type { BuildContext } from '../build/build-context.ts';
import { invalidateFingerprint } from '../generations/schema-fingerprint.ts';
import { redactJournal } from '../journal/sqlite-run-journal.ts';
import { applyPrivacyProfile, readPrivacyProfile } from './apply-privacy-profile.ts';
import { erasePeople, findLeavers } from './erase-people.ts';
import { redactAuditLog } from './redact-audit-log.ts';
import { redactRuns } from './redact-runs.ts';
import { readTombstones, removeTombstones } from './tombstones.ts';

export interface SqliteErasure extends Erasure {
  /** Free pages of the file may still hold what was erased. */
  readonly needsVacuum: boolean;
}

export function openSqliteErasure(context: BuildContext, dataDir: string): SqliteErasure {
  const { database } = context;
  let needsVacuum = false;
  const markErased = (): void => {
    needsVacuum = true;
    invalidateFingerprint(database);
  };
  return {
    get needsVacuum() {
      return needsVacuum;
    },
    tombstones: readTombstones(database),
    erase(people, options) {
      const { values, ...erased } = erasePeople(context, people, options);
      if (values.length > 0) {
        database.transaction(() => redactRuns(database, values))();
        redactAuditLog(database, dataDir, values);
        redactJournal(dataDir, values);
      }
      if (erased.people > 0) markErased();
      return erased;
    },
    leaversSince: (day) => findLeavers(context, day),
    removeTombstones: (hashes) => removeTombstones(database, hashes),
    privacyProfile: readPrivacyProfile(database),
    applyPrivacyProfile(profile, redact) {
      if (applyPrivacyProfile(context, profile, redact)) markErased();
    },
  };
}
