// Intune's report exports: submits a job, polls it until it is done, and reads its file row by row.
import type { DateKey } from '../../../src/base/date-key.ts';
import { FeedError } from '../../../src/base/feed-error.ts';
import { pause } from '../pause.ts';
import type { GraphAccess, GraphClient } from '../graph-client.ts';
import {
  DEFAULT_DOWNLOAD_RETRY_POLICY,
  download,
  trustedStorageUrl,
  type DownloadRetryPolicy,
} from './download.ts';
import type { ExportJobStore } from './export-job-store.ts';
import { isSourceFailure, failureStatus } from '../source-failure.ts';
import { readZippedCsv } from './read-zipped-csv.ts';

export const EXPORT_JOBS = '/v1.0/deviceManagement/reports/exportJobs';

/** A report and its columns. Headers are matched without case, blanks and punctuation: some files say `Device ID`. */
export interface ExportReport<ReportColumn extends string> {
  readonly name: string;
  /** Always sent, since the default columns are not documented. */
  readonly select: readonly ReportColumn[];
  /** A file without this column is rejected. */
  readonly requiredColumn: NoInfer<ReportColumn>;
}

/** Values as text: empty when the cell is, null when the file has no such column or the row is too short. */
export type ExportRow<ReportColumn extends string> = { readonly [Name in ReportColumn]: string | null };

export interface ExportTiming {
  /** Wait before the second poll of a job; grows by half each time. */
  readonly initialPollMs: number;
  readonly maxPollMs: number;
  /** A job that takes longer is given up; some never end. */
  readonly jobTimeoutMs: number;
  /** How many more jobs are submitted for a report after the first was given up. */
  readonly resubmissions: number;
  readonly download: DownloadRetryPolicy;
}

// Intune allows an app 48 export requests a minute. Four jobs at once, polled at this rate, need fewer.
export const DEFAULT_EXPORT_TIMING: ExportTiming = {
  initialPollMs: 500,
  maxPollMs: 45_000,
  jobTimeoutMs: 600_000,
  resubmissions: 3,
  download: DEFAULT_DOWNLOAD_RETRY_POLICY,
};

export interface ExportOptions extends GraphAccess {
  readonly jobStore: ExportJobStore;
  readonly day: DateKey;
  readonly timing: ExportTiming;
}

interface ExportJob {
  readonly id: string;
  readonly status: string;
  /** The address of the file; null until it exists. */
  readonly url: string | null;
}

/**
 * Yields the rows of a report in pages. A job that an earlier run of the day submitted is used.
 * Throws FeedError `feed.source-refused` or `feed.source-unavailable`, naming the report.
 */
export async function* exportRows<ReportColumn extends string>(
  options: ExportOptions,
  report: ExportReport<ReportColumn>,
): AsyncGenerator<readonly ExportRow<ReportColumn>[], void, undefined> {
  const { graph, run, jobStore, day, timing } = options;
  const source = `${EXPORT_JOBS.slice(1)}/${report.name}`;
  let rows = 0;
  try {
    const url = await awaitExportFile(options, report);
    const bytes = download(trustedStorageUrl(url, graph.rootUrl), options, timing.download);
    for await (const page of rowsByColumn(readZippedCsv(bytes), report)) {
      rows += page.length;
      run.reportProgress(source, rows, null);
      yield page;
    }
  } catch (error) {
    run.signal.throwIfAborted();
    throw exportError(report.name, error);
  }
  jobStore.forget(day, report.name);
}

/** The address of the report's file, once it exists. */
async function awaitExportFile(
  { graph, run, jobStore, day, timing }: ExportOptions,
  { name, select }: ExportReport<string>,
): Promise<string> {
  for (let left = timing.resubmissions; ; left -= 1) {
    let id = jobStore.recall(day, name);
    if (id === null) {
      id = (await submitJob(graph, name, select)).id;
      jobStore.remember(day, name, id);
    }
    const url = await pollForFile({ graph, run }, id, timing);
    if (url !== null) return url;
    jobStore.forget(day, name);
    if (left === 0) {
      const minutes = Math.round(timing.jobTimeoutMs / 60_000);
      throw new FeedError(
        'feed.source-unavailable',
        `${timing.resubmissions + 1} jobs failed or were not done within ${minutes} minutes.`,
      );
    }
  }
}

async function submitJob(
  graph: GraphClient,
  reportName: string,
  select: readonly string[],
): Promise<ExportJob> {
  // With this, columns hold codes, whatever the language; the localized texts are in columns that are not selected.
  const body = { reportName, select, format: 'csv', localizationType: 'localizedValuesAsAdditionalColumn' };
  const result = await graph.post(EXPORT_JOBS, body, parseJob);
  if (result.kind === 'value') return result.value;
  throw new FeedError('feed.source-unavailable', 'The job no longer exists.');
}

/** Null when the job failed, no longer exists, or takes too long. */
async function pollForFile(
  { graph, run }: GraphAccess,
  id: string,
  timing: ExportTiming,
): Promise<string | null> {
  const deadline = performance.now() + timing.jobTimeoutMs;
  const address = `${EXPORT_JOBS}('${encodeURIComponent(id)}')`;
  let pollMs = timing.initialPollMs;
  while (performance.now() < deadline) {
    const job = await readJob(graph, address);
    if (job === null || job.status === 'failed') return null;
    // A job that has just completed may not have an address yet.
    if (job.status === 'completed' && job.url !== null) return job.url;
    await pause(pollMs, run.signal);
    pollMs = Math.min(pollMs * 1.5, timing.maxPollMs);
  }
  return null;
}

async function readJob(graph: GraphClient, address: string): Promise<ExportJob | null> {
  try {
    const result = await graph.get(address, parseJob);
    return result.kind === 'value' ? result.value : null;
  } catch (error) {
    if (isSourceFailure(error) && failureStatus(error) === 404) return null;
    throw error;
  }
}

function parseJob(json: unknown): ExportJob | null {
  if (typeof json !== 'object' || json === null || !('id' in json) || typeof json.id !== 'string')
    return null;
  const status = 'status' in json && typeof json.status === 'string' ? json.status : 'unknown';
  const url = 'url' in json && typeof json.url === 'string' && json.url !== '' ? json.url : null;
  return { id: json.id, status, url };
}

/** Removes the header and names the values by their columns. */
async function* rowsByColumn<ReportColumn extends string>(
  pages: AsyncIterable<readonly (readonly string[])[]>,
  { select, requiredColumn }: ExportReport<ReportColumn>,
): AsyncGenerator<readonly ExportRow<ReportColumn>[], void, undefined> {
  let columnIndexes: readonly (readonly [ReportColumn, number])[] | null = null;
  for await (const page of pages) {
    let records = page;
    if (columnIndexes === null) {
      const header = (page[0] ?? []).map(normalizeHeader);
      columnIndexes = select.map((column) => [column, header.indexOf(normalizeHeader(column))]);
      if (columnIndexes.some(([column, columnIndex]) => column === requiredColumn && columnIndex < 0)) {
        throw new FeedError('feed.source-unavailable', `Its file has no column '${requiredColumn}'.`);
      }
      records = page.slice(1);
    }
    const indexes = columnIndexes;
    yield records.map(
      (record) =>
        Object.fromEntries(
          indexes.map(([column, columnIndex]) => [column, record[columnIndex] ?? null]),
        ) as ExportRow<ReportColumn>,
    );
  }
}

function normalizeHeader(header: string): string {
  return header.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function exportError(name: string, error: unknown): FeedError {
  const isKnown = isSourceFailure(error);
  const code = isKnown ? error.code : 'feed.source-unavailable';
  const reason = error instanceof Error ? error.message : String(error);
  const cause: unknown = isKnown ? error.cause : error;
  return new FeedError(code, `The report '${name}' could not be exported: ${reason}`, {
    target: name,
    cause,
  });
}
