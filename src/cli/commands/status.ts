// `status`: what is served, how old it is, how the last runs ended, and what the data folder holds.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, dateKeyOf, type DateKey } from '../../base/date-key.ts';
import {
  listGenerationFiles,
  listGenerations,
  listQuarantinedFiles,
  type StoredGeneration,
} from '../../engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../engines/sqlite/journal/sqlite-run-journal.ts';
import { clockOf } from '../wiring/clock-of.ts';
import { defineCommand } from './command.ts';
import { statusText } from '../text/status-text.ts';
import { print } from '../process/terminal.ts';

const RUNS_SHOWN = 10;

export const status = defineCommand({
  help: 'Shows what is served and how the last runs ended; ends with 1 if the snapshot of yesterday is missing.',
  settings: ['data', 'today', 'readyHours'],
  run: ({ data, today, readyHours }) => {
    const now = clockOf({ today }).now();
    const generations = listGenerations(data);
    print(
      statusText({
        now,
        readyHours,
        generations,
        damaged: damagedFiles(data, generations),
        quarantined: listQuarantinedFiles(data).map(({ dateKey }) => dateKey),
        runs: openSqliteRunJournal(data).recent(RUNS_SHOWN),
        bytes: bytesIn(data),
        data,
      }),
    );
    if (isBehind(generations[0]?.dateKey, now)) process.exitCode = 1;
  },
});

function damagedFiles(data: string, generations: readonly StoredGeneration[]): readonly string[] {
  const readable = new Set(generations.map(({ path }) => path));
  return listGenerationFiles(data)
    .map(({ path }) => path)
    .filter((path) => !readable.has(path));
}

/** The run of today may still be under way or due later. */
function isBehind(last: DateKey | undefined, now: Date): boolean {
  return last === undefined || last < addDays(dateKeyOf(now), -1);
}

function bytesIn(data: string): number {
  if (!existsSync(data)) return 0;
  const sizes = readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => statSync(join(data, name), { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}
