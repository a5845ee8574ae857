// Intune's report exports: a job is submitted, asked after until it is done, and its file read row by row.
import { setTimeout as wait } from 'node:timers/promises';
import type { DateKey } from '../../src/base/date-key.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Graph } from './client.ts';
import { DOWNLOAD_PACE, download, storageAddress, type DownloadPace } from './download.ts';
import type { ExportMemory } from './export-memory.ts';
import { isSourceFailure, refusalStatus } from './source-failure.ts';
import { recordsOfZip } from './zipped-csv.ts';

export const EXPORT_JOBS = '/v1.0/deviceManagement/reports/exportJobs';

/** A report as it is asked for. Some head `DeviceId` as `Device ID`: letter case, blanks and signs make no difference. */
export interface Report<Column extends string> {
  readonly name: string;
  /** Always sent: which columns come by default is nowhere promised. */
  readonly select: readonly Column[];
  /** The column without which a row says nothing. */
  readonly about: NoInfer<Column>;
}

/** Values as text: empty where the report says nothing, null where the file has no such column or the row is too short. */
export type ReportRow<Column extends string> = { readonly [Name in Column]: string | null };

export interface ExportPace {
  /** Wait before a job is first asked after; half as long again each time. */
  readonly firstPollMs: number;
  readonly longestPollMs: number;
  /** A job that takes longer is given up: some never end. */
  readonly jobMs: number;
  /** Jobs that are submitted for one report after the first was given up. */
  readonly resubmissions: number;
  readonly download: DownloadPace;
}

// Intune allows an app 48 requests a minute for exports. Four jobs at a time, asked after at this pace, need fewer.
export const EXPORT_PACE: ExportPace = {
  firstPollMs: 500,
  longestPollMs: 45_000,
  jobMs: 600_000,
  resubmissions: 3,
  download: DOWNLOAD_PACE,
};

export interface ExportWords {
  readonly graph: Graph;
  readonly memory: ExportMemory;
  readonly night: DateKey;
  readonly pace: ExportPace;
}

interface Job {
  readonly id: string;
  readonly status: string;
  /** Null until there is a file. */
  readonly url: string | null;
}

/**
 * Yields the rows of a report, some at a time. A job that an earlier run of the night has submitted is used.
 * Throws FeedError `feed.source-refused` or `feed.source-unavailable`, naming the report.
 */
export async function* rowsOfReport<Column extends string>(
  words: ExportWords,
  report: Report<Column>,
): AsyncGenerator<readonly ReportRow<Column>[], void, undefined> {
  const { graph, memory, night, pace } = words;
  const source = `${EXPORT_JOBS.slice(1)}/${report.name}`;
  let rows = 0;
  try {
    const url = await finishedFile(words, report);
    const bytes = download(storageAddress(url, graph.rootUrl), graph, pace.download);
    for await (const page of named(recordsOfZip(bytes), report)) {
      rows += page.length;
      graph.observe({ kind: 'night.progress', run: graph.run, source, rows, total: null });
      yield page;
    }
  } catch (error) {
    graph.signal.throwIfAborted();
    throw aboutReport(report.name, error);
  }
  memory.forget(night, report.name);
}

/** The address of the report's file, once there is one. */
async function finishedFile(
  { graph, memory, night, pace }: ExportWords,
  { name, select }: Report<string>,
): Promise<string> {
  for (let left = pace.resubmissions; ; left -= 1) {
    let id = memory.recall(night, name);
    if (id === null) {
      id = (await submit(graph, name, select)).id;
      memory.remember(night, name, id);
    }
    const url = await fileOf(graph, id, pace);
    if (url !== null) return url;
    memory.forget(night, name);
    if (left === 0) {
      const minutes = Math.round(pace.jobMs / 60_000);
      throw new FeedError(
        'feed.source-unavailable',
        `${pace.resubmissions + 1} jobs failed or were not done within ${minutes} minutes.`,
      );
    }
  }
}

async function submit(graph: Graph, reportName: string, select: readonly string[]): Promise<Job> {
  // Codes as they are, whatever the language; the words beside them are not asked for.
  const body = { reportName, select, format: 'csv', localizationType: 'localizedValuesAsAdditionalColumn' };
  const answer = await graph.post(EXPORT_JOBS, body, parseJob);
  if (answer.kind === 'value') return answer.value;
  throw new FeedError('feed.source-unavailable', 'The job is gone.');
}

/** Null when the job failed, is not known any more, or takes too long. */
async function fileOf(graph: Graph, id: string, pace: ExportPace): Promise<string | null> {
  const deadline = performance.now() + pace.jobMs;
  const address = `${EXPORT_JOBS}('${encodeURIComponent(id)}')`;
  let pauseMs = pace.firstPollMs;
  while (performance.now() < deadline) {
    const job = await jobAt(graph, address);
    if (job === null || job.status === 'failed') return null;
    // Right after its completion a job may have no address yet.
    if (job.status === 'completed' && job.url !== null) return job.url;
    await wait(pauseMs, undefined, { signal: graph.signal });
    pauseMs = Math.min(pauseMs * 1.5, pace.longestPollMs);
  }
  return null;
}

async function jobAt(graph: Graph, address: string): Promise<Job | null> {
  try {
    const answer = await graph.get(address, parseJob);
    return answer.kind === 'value' ? answer.value : null;
  } catch (error) {
    if (isSourceFailure(error) && refusalStatus(error) === 404) return null;
    throw error;
  }
}

function parseJob(json: unknown): Job | null {
  if (typeof json !== 'object' || json === null || !('id' in json) || typeof json.id !== 'string')
    return null;
  const status = 'status' in json && typeof json.status === 'string' ? json.status : 'unknown';
  const url = 'url' in json && typeof json.url === 'string' && json.url !== '' ? json.url : null;
  return { id: json.id, status, url };
}

/** Takes the header off and gives the values their columns' names, in whichever spelling the file has them. */
async function* named<Column extends string>(
  pages: AsyncIterable<readonly (readonly string[])[]>,
  { select, about }: Report<Column>,
): AsyncGenerator<readonly ReportRow<Column>[], void, undefined> {
  let places: readonly (readonly [Column, number])[] | null = null;
  for await (const page of pages) {
    let records = page;
    if (places === null) {
      const header = (page[0] ?? []).map(plain);
      places = select.map((column) => [column, header.indexOf(plain(column))]);
      if (places.some(([column, place]) => column === about && place < 0)) {
        throw new FeedError('feed.source-unavailable', `Its file has no column '${about}'.`);
      }
      records = page.slice(1);
    }
    const known = places;
    yield records.map(
      (record) =>
        Object.fromEntries(
          known.map(([column, place]) => [column, record[place] ?? null]),
        ) as ReportRow<Column>,
    );
  }
}

function plain(header: string): string {
  return header.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function aboutReport(name: string, error: unknown): FeedError {
  const known = isSourceFailure(error);
  const code = known ? error.code : 'feed.source-unavailable';
  const why = error instanceof Error ? error.message : String(error);
  const cause: unknown = known ? error.cause : error;
  return new FeedError(code, `The report '${name}' could not be exported: ${why}`, { target: name, cause });
}
