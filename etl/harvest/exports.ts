// Report exports of one night: each is a help and never the only way, and one refusal is enough for all of them.
import type { ExportMemory } from '../graph/export-memory.ts';
import {
  EXPORT_JOBS,
  EXPORT_PACE,
  rowsOfReport,
  type ExportPace,
  type ExportWords,
  type Report,
  type ReportRow,
} from '../graph/export-job.ts';
import { isSourceFailure, refusalStatus } from '../graph/source-failure.ts';
import type { Ledger } from './ledger.ts';

/** How a night may export reports. */
export interface ExportContext {
  readonly memory: ExportMemory;
  readonly pace?: ExportPace;
}

export interface Exports {
  /**
   * Hands the rows of a report to `take`, some at a time, and returns whether that was all of them. Where it was not, the
   * reason is a problem that has been told. All other errors pass.
   */
  read<Column extends string>(
    report: Report<Column>,
    take: (rows: readonly ReportRow<Column>[]) => void,
  ): Promise<boolean>;
}

export function openExports(words: Omit<ExportWords, 'pace'>, ledger: Ledger, pace = EXPORT_PACE): Exports {
  let refused = false;
  // Several reports may be asked for at once; the first refusal speaks for all.
  const refuse = (): void => {
    if (!refused) ledger.problem(EXPORT_JOBS, REFUSED);
    refused = true;
  };
  return {
    async read(report, take) {
      if (refused) return false;
      try {
        for await (const rows of rowsOfReport({ ...words, pace }, report)) take(rows);
        return true;
      } catch (error) {
        if (!isSourceFailure(error)) throw error;
        if (refusalStatus(error) === 403) refuse();
        else ledger.problem(`${EXPORT_JOBS}/${report.name}`, error.message);
        return false;
      }
    },
  };
}

const REFUSED =
  'Microsoft Graph does not let this app export reports, so the night goes on without them. Some tenants ask for ' +
  "DeviceManagementConfiguration.ReadWrite.All; set exports to 'off' to do without for good.";
