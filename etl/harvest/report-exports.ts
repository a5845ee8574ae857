// The report exports of one run. They are optional: a failure is a problem, and after one 403 no more are tried.
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

/** How reports are exported. */
export interface ReportExportOptions {
  readonly jobStore: ExportJobStore;
  readonly timing?: ExportTiming;
}

export interface ReportExports {
  /**
   * Calls `onRows` with pages of rows, and returns whether the report was read to its end. If not, the reason has been
   * reported as a problem. Throws all errors that are not failures of the source.
   */
  readRows<ReportColumn extends string>(
    report: ExportReport<ReportColumn>,
    onRows: (rows: readonly ExportRow<ReportColumn>[]) => void,
  ): Promise<boolean>;
}

export function openReportExports(
  exportOptions: Omit<ExportOptions, 'timing'>,
  results: SourceResults,
  timing = DEFAULT_EXPORT_TIMING,
): ReportExports {
  let isForbidden = false;
  // Several reports may be read at once; only the first 403 is reported.
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
  'Microsoft Graph does not let this app export reports, so the run continues without them. Some tenants require ' +
  "DeviceManagementConfiguration.ReadWrite.All; set exports to 'off' to stop trying.";
