// The parts of a $batch, one after another, each served as a single request is.
import { randomUUID } from 'node:crypto';
import type { Account } from '../../auth/budgets.ts';
import { limitExceeded } from '../../base/limit-exceeded.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import type { BatchResponse } from '../../format/odata/batch-response-format.ts';
import type { BatchPart } from '../../odata/batch/batch-part.ts';
import { PROTOCOL_VERSION } from '../../odata/headers/negotiate-format.ts';
import type { Answer } from '../answer.ts';
import { answerFailure, asFeedError } from '../answer-failure.ts';
import { parseTarget, type FeedRequest } from '../request/feed-request.ts';
import type { Feed } from '../feed.ts';
import { findMount, isBatchMount } from '../request/service-roots.ts';
import { resolveUrl, type ServiceLocation } from '../request/resolve-url.ts';
import { serveRead } from '../read/serve-read.ts';
import { startStopwatch } from '../request/stopwatch.ts';

export interface BatchRequest {
  readonly parts: readonly BatchPart[];
  /** The batch request itself: its service root, base and headers apply to the parts, unless a part has its own. */
  readonly outer: FeedRequest;
  /** After a part that failed: go on, stop, or report each of the rest as not tried. */
  readonly afterFailure: 'continue' | 'stop' | 'report';
  /** The caller's budget: when it is used up, the remaining parts are refused. */
  readonly account: Pick<Account, 'requireBudget'>;
}

/** An answer, and how many rows it holds. */
export interface PartAnswer extends BatchResponse {
  readonly rows: number;
}

interface PartResult {
  readonly succeeded: boolean;
  /** The path that a later part means by `$id`. */
  readonly path: string;
}

/** Answers in the order of the parts. Each is held whole until it is taken; all together are bounded by the limit batchBytes. */
export async function* runBatch(feed: Feed, batch: BatchRequest): AsyncGenerator<PartAnswer> {
  const results = new Map<string, PartResult>();
  let bytesLeft = feed.limits.batchBytes;
  let stopped = false;
  for (const unit of unitsOf(batch.parts)) {
    if (stopped && batch.afterFailure === 'stop') return;
    const answers: PartAnswer[] = [];
    for (const part of unit) {
      const answer = stopped
        ? failedPart(part, failedDependency('An earlier part failed.'))
        : await runPart(feed, part, { ...batch, results, bytesLeft });
      bytesLeft -= answer.body?.length ?? 0;
      answers.push(answer);
      const path = stopped || part.method === null ? '' : pathOf(part, batch.outer, results);
      if (part.id !== null) results.set(part.id, { succeeded: answer.status < 400, path });
    }
    const succeeded = answers.every(({ status }) => status < 400);
    const group = unit[0]?.group ?? null;
    if (group !== null) results.set(group, { succeeded, path: '' });
    for (const [index, answer] of answers.entries()) {
      const part = unit[index];
      const failsWithGroup = part && !succeeded && answer.status < 400;
      if (failsWithGroup && part.id !== null) results.set(part.id, { succeeded: false, path: '' });
      yield failsWithGroup ? failedPart(part, failedDependency('Another part of its group failed.')) : answer;
    }
    const isFailure = answers.some(({ status }) => status >= 400 && status !== 424);
    stopped ||= isFailure && batch.afterFailure !== 'continue';
  }
}

/** Single parts, and groups of adjacent parts. */
function unitsOf(parts: readonly BatchPart[]): readonly (readonly BatchPart[])[] {
  const units: BatchPart[][] = [];
  for (const part of parts) {
    const last = units.at(-1);
    if (last && part.group !== null && last[0]?.group === part.group) last.push(part);
    else units.push([part]);
  }
  return units;
}

interface RunningBatch extends BatchRequest {
  readonly results: ReadonlyMap<string, PartResult>;
  readonly bytesLeft: number;
}

async function runPart(feed: Feed, part: BatchPart, running: RunningBatch): Promise<PartAnswer> {
  const { outer, results, bytesLeft, account } = running;
  try {
    checkPart(part, results);
    account.requireBudget();
    const request = requestOf(part, outer, results);
    const answer = await serveRead(feed, request, startStopwatch());
    const body = await readWholeBody(answer, bytesLeft, feed.limits);
    return { id: part.id, status: answer.status, headers: withODataVersion(answer.headers), ...body };
  } catch (thrown) {
    if (outer.signal.aborted) throw thrown;
    const error = asFeedError(thrown);
    if (error.code !== 'defect.internal') return failedPart(part, error);
    const requestId = randomUUID();
    feed.observe({ kind: 'request.defect', requestId, error: thrown instanceof Error ? thrown : error });
    const answer = failedPart(part, error);
    return { ...answer, headers: { ...answer.headers, 'request-id': requestId } };
  }
}

/** Throws unless the part is a read whose dependencies and condition are met. */
function checkPart({ method, dependsOn, condition }: BatchPart, results: RunningBatch['results']): void {
  if (method !== 'GET' && method !== 'HEAD') {
    const what = method === null ? 'a change set' : method;
    throw new FeedError('request.method-not-allowed', `The feed is read-only: ${what} is not offered.`, {
      hint: 'Use GET or HEAD.',
    });
  }
  const failedId = dependsOn.find((id) => results.get(id)?.succeeded !== true);
  if (failedId !== undefined) throw failedDependency(`It depends on '${failedId}', which failed.`);
  if (condition && results.get(condition.id)?.succeeded !== condition.succeeded) {
    throw failedDependency("Its 'if' condition is not met.");
  }
}

function requestOf(part: BatchPart, outer: FeedRequest, results: RunningBatch['results']): FeedRequest {
  const target = targetOf(part, outer, results);
  const location = parseTarget(target, outer.base);
  if (isBatchMount(location.mount)) {
    throw new FeedError('request.method-not-allowed', 'A batch cannot contain another batch.');
  }
  return {
    ...location,
    // Preferences and versions of the batch apply to all parts; its other headers are about the batch itself.
    headers: {
      ...pickHeaders(outer.headers, ['prefer', 'odata-maxversion', 'odata-version']),
      ...part.headers,
    },
    contentEncoding: 'identity',
    wantsBody: part.method === 'GET',
    signal: outer.signal,
  };
}

function targetOf({ url }: BatchPart, outer: FeedRequest, results: RunningBatch['results']): string {
  const reference = /^\/?\$([^/?]+)(.*)$/s.exec(url);
  const earlier = results.get(reference?.[1] ?? '');
  if (!reference || !earlier) return withApiVersion(outer, url, addressOf(url, outer));
  if (!earlier.succeeded)
    throw failedDependency(`Its address begins with '$${reference[1] ?? ''}', which failed.`);
  return withApiVersion(outer, url, earlier.path + (reference[2] ?? ''));
}

// SAP's Cloud SDK writes `/devices(7)` without a service root, and means the root of the batch.
function addressOf(url: string, outer: FeedRequest): string {
  const service = serviceOf(outer);
  const target = resolveUrl(url, service);
  return hasServiceRoot(target) ? target : `${service.root}/${target.replace(/^\/+/, '')}`;
}

function hasServiceRoot(target: string): boolean {
  return findMount(target.split('?', 1)[0] ?? '') !== null;
}

function serviceOf({ base, mount }: FeedRequest): ServiceLocation {
  return { base, root: mount.root.path };
}

// `api-version` of the batch applies to every part that does not name its own service root.
function withApiVersion({ rawQuery }: FeedRequest, url: string, target: string): string {
  const apiVersion = /(?:^|&)(api-version=[^&]*)/i.exec(rawQuery)?.[1];
  const isOwn = /^https?:/i.test(url) || hasServiceRoot(url) || /[?&]api-version=/i.test(url);
  return apiVersion === undefined || isOwn
    ? target
    : `${target}${target.includes('?') ? '&' : '?'}${apiVersion}`;
}

/** '' where the part has no address that a later part could refer to. */
function pathOf(part: BatchPart, outer: FeedRequest, results: RunningBatch['results']): string {
  try {
    return targetOf(part, outer, results).split('?', 1)[0] ?? '';
  } catch {
    return '';
  }
}

async function readWholeBody(
  answer: Answer,
  maxBytes: number,
  limits: Limits,
): Promise<Pick<PartAnswer, 'body' | 'rows'>> {
  const { body } = answer;
  if (body === null) return { body, rows: 0 };
  const parts = body instanceof Uint8Array ? [{ bytes: body, rows: answer.rows ?? 0 }] : body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let rows = 0;
  for await (const part of parts) {
    bytes += part.bytes.length;
    rows += part.rows;
    if (bytes > maxBytes) throw limitExceeded('batchBytes', 'What the batch answers', limits);
    chunks.push(part.bytes);
  }
  return { body: Buffer.concat(chunks), rows };
}

function failedPart({ id }: BatchPart, error: FeedError): PartAnswer {
  const { status, headers, body } = answerFailure(error);
  return { id, status, headers: withODataVersion(headers), body, rows: 0 };
}

function failedDependency(sentence: string): FeedError {
  return new FeedError('request.failed-dependency', `This part was not answered. ${sentence}`);
}

function withODataVersion(headers: BatchResponse['headers']): BatchResponse['headers'] {
  return { 'OData-Version': PROTOCOL_VERSION, ...headers };
}

function pickHeaders(headers: FeedRequest['headers'], names: readonly string[]): FeedRequest['headers'] {
  return Object.fromEntries(
    names.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]),
  );
}
