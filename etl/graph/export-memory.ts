// Which export jobs a night has submitted, so that a run that takes over from a killed one waits for them and asks for no others.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DateKey } from '../../src/base/date-key.ts';

export interface ExportMemory {
  /** The job that an earlier run of the night has submitted for the report, or null. */
  recall(night: DateKey, report: string): string | null;
  remember(night: DateKey, report: string, jobId: string): void;
  /** Of a job that was used, or given up. */
  forget(night: DateKey, report: string): void;
}

interface Remembered {
  readonly night: DateKey;
  /** By report name. */
  readonly jobs: Readonly<Record<string, string>>;
}

/** Keeps the jobs of one night in a small file, which is gone when there are none. Jobs of other nights are forgotten. */
export function openExportMemory(file: string): ExportMemory {
  const jobsOf = (night: DateKey): Readonly<Record<string, string>> => {
    const known = read(file);
    return known?.night === night ? known.jobs : {};
  };
  return {
    recall: (night, report) => jobsOf(night)[report] ?? null,
    remember: (night, report, jobId) => write(file, { night, jobs: { ...jobsOf(night), [report]: jobId } }),
    forget(night, report) {
      const left = Object.entries(jobsOf(night)).filter(([name]) => name !== report);
      if (left.length === 0) rmSync(file, { force: true });
      else write(file, { night, jobs: Object.fromEntries(left) });
    },
  };
}

/** Null for a file that is not there or was cut short: then jobs are submitted anew. */
function read(file: string): Remembered | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Remembered;
  } catch {
    return null;
  }
}

function write(file: string, remembered: Remembered): void {
  // A rename is there whole or not at all.
  writeFileSync(`${file}.new`, JSON.stringify(remembered), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
