// What is served and what comes next: the newest generation, the last run, and the next one.
import { feedEmpty } from '../../base/feed-empty.ts';
import { ageHours } from '../../base/age-hours.ts';
import { addDays, dateKeyOf } from '../../base/date-key.ts';
import {
  findFileDamage,
  listGenerationFiles,
  readGeneration,
} from '../../engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../engines/sqlite/journal/sqlite-run-journal.ts';
import { fail, ok, warn, type Check } from './check-result.ts';

export const checkGeneration: Check = ({ data, readyHours }, clock) => {
  const [file] = listGenerationFiles(data);
  if (!file)
    return [
      warn('snapshot', feedEmpty(data).message, "Publish the first generation with 'fleetfeed snapshot'."),
    ];
  const generation = readGeneration(file);
  const damage = findFileDamage(file.path);
  if (!generation || damage !== null) {
    return [
      fail(
        'snapshot',
        `'${file.path}' is damaged${damage === null ? '' : `: ${damage}`}.`,
        "Serve an earlier generation with 'fleetfeed rollback' or restore a backup, and check the disk.",
      ),
    ];
  }
  const hours = ageHours(generation.publishedAt, clock.now());
  const message = `The snapshot of ${file.dateKey} was published ${hours.toFixed(1)} hours ago`;
  return [
    hours < readyHours
      ? ok('snapshot', `${message}, and its file is intact.`)
      : fail(
          'snapshot',
          `${message}: more than ${readyHours}.`,
          "'fleetfeed status' shows how the runs since then ended.",
        ),
  ];
};

export const checkSchedule: Check = ({ data, schedule }, clock) => {
  const next = `The next run is due on ${addDays(dateKeyOf(clock.now()), 1)} at 00:00 UTC`;
  const planned =
    schedule === 'on'
      ? ok('schedule', `${next}, if 'fleetfeed serve' is running then.`)
      : warn(
          'schedule',
          "'serve' starts no runs (--schedule off).",
          "Have a scheduler run 'fleetfeed snapshot' every night.",
        );
  const [last] = openSqliteRunJournal(data).recent(1);
  if (!last || last.outcome === 'published') return [planned];
  return [
    planned,
    warn('schedule', `The last run, of ${last.dateKey}, ended as ${last.outcome}.`, last.reason ?? ''),
  ];
};
