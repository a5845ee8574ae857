// Which export jobs a night has submitted, so that a run that takes over from a killed one waits for them and asks for no others.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DateKey } from '../../../src/base/date-key.ts';

export interface ExportJobStore {
  /** The job that an earlier run of the night has submitted for the report, or null. */
  recall(night: DateKey, report: string): string | null;
  remember(night: DateKey, report: string, jobId: string): void;
  /** Of a job that was used, or given up. */
  forget(night: DateKey, report: string): void;
}

interface StoredJobs {
  readonly night: DateKey;
  /** By report name. */
  readonly jobs: Readonly<Record<string, string>>;
}

/** Keeps the jobs of one night in a small file, which is gone when there are none. Jobs of other nights are forgotten. */
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

/** Null for a file that is not there or was cut short: then jobs are submitted anew. */
function readStored(file: string): StoredJobs | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredJobs;
  } catch {
    return null;
  }
}

function writeStored(file: string, stored: StoredJobs): void {
  // A rename is there whole or not at all.
  writeFileSync(`${file}.new`, JSON.stringify(stored), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
