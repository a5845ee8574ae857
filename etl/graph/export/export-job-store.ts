// Remembers the export jobs that were submitted on a day, so that a run after a killed one waits for them.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DateKey } from '../../../src/base/date-key.ts';

export interface ExportJobStore {
  /** The job that an earlier run of the day submitted for the report, or null. */
  recall(day: DateKey, report: string): string | null;
  remember(day: DateKey, report: string, jobId: string): void;
  /** For a job that was used or given up. */
  forget(day: DateKey, report: string): void;
}

interface StoredJobs {
  /** The snapshot day; the name is that in the file. */
  readonly night: DateKey;
  /** By report name. */
  readonly jobs: Readonly<Record<string, string>>;
}

/** Stores the jobs of one day in a small file, and deletes it when there are none. Jobs of other days are forgotten. */
export function openExportJobStore(file: string): ExportJobStore {
  const jobsOf = (day: DateKey): Readonly<Record<string, string>> => {
    const stored = readStored(file);
    return stored?.night === day ? stored.jobs : {};
  };
  return {
    recall: (day, report) => jobsOf(day)[report] ?? null,
    remember: (day, report, jobId) =>
      writeStored(file, { night: day, jobs: { ...jobsOf(day), [report]: jobId } }),
    forget(day, report) {
      const remaining = Object.entries(jobsOf(day)).filter(([name]) => name !== report);
      if (remaining.length === 0) rmSync(file, { force: true });
      else writeStored(file, { night: day, jobs: Object.fromEntries(remaining) });
    },
  };
}

/** Null for a file that does not exist or is truncated: then new jobs are submitted. */
function readStored(file: string): StoredJobs | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredJobs;
  } catch {
    return null;
  }
}

function writeStored(file: string, stored: StoredJobs): void {
  // Renaming is atomic.
  writeFileSync(`${file}.new`, JSON.stringify(stored), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
