// Report exports of one night: each is a help and never the only way, and one refusal is enough for all of them.
import type { ExportJobStore } from '../graph/export/export-job-store.ts';
import {
  EXPORT_JOBS,
  DEFAULT_EXPORT_TIMING,
  exportRows,
  type ExportTiming,
  type ExportOptions,
  type ExportReport,
  type ExportRow,
} from '../graph/export/export-job.ts';
import { isSourceFailure, failureStatus } from '../graph/source-failure.ts';
import type { SourceResults } from './source-results.ts';

/** How a night may export reports. */
export interface ReportExportOptions {
  readonly jobStore: ExportJobStore;
  readonly timing?: ExportTiming;
}

export interface ReportExports {
  /**
   * Hands the rows of a report to `take`, some at a time, and returns whether that was all of them. Where it was not, the
   * reason is a problem that has been told. All other errors pass.
   */
  readRows<Column extends string>(
    report: ExportReport<Column>,
    take: (rows: readonly ExportRow<Column>[]) => void,
  ): Promise<boolean>;
}

export function openReportExports(
  exportOptions: Omit<ExportOptions, 'timing'>,
  results: SourceResults,
  timing = DEFAULT_EXPORT_TIMING,
): ReportExports {
  let isForbidden = false;
  // Several reports may be asked for at once; the first refusal speaks for all.
  const reportForbidden = (): void => {
    if (!isForbidden) results.reportProblem(EXPORT_JOBS, EXPORT_FORBIDDEN);
    isForbidden = true;
  };
  return {
    async readRows(report, onRows) {
      if (isForbidden) return false;
      try {
        for await (const rows of exportRows({ ...exportOptions, timing }, report)) onRows(rows);
        return true;
      } catch (error) {
        if (!isSourceFailure(error)) throw error;
        if (failureStatus(error) === 403) reportForbidden();
        else results.reportProblem(`${EXPORT_JOBS}/${report.name}`, error.message);
        return false;
      }
    },
  };
}

const EXPORT_FORBIDDEN =
  'Microsoft Graph does not let this app export reports, so the night goes on without them. Some tenants ask for ' +
  "DeviceManagementConfiguration.ReadWrite.All; set exports to 'off' to do without for good.";
