// The parts of a $batch, one after another, each through the corridor of a single request.
import { randomUUID } from 'node:crypto';
import type { Account } from '../auth/budgets.ts';
import { beyondLimit } from '../base/beyond-limit.ts';
import { FeedError } from '../base/feed-error.ts';
import { LIMITS } from '../base/limits.ts';
import type { BatchAnswer } from '../format/batch.ts';
import type { BatchPart } from '../odata/batch.ts';
import { PROTOCOL_VERSION } from '../odata/negotiate.ts';
import type { Answer } from './answer.ts';
import { answerFailure, asFeedError } from './failure.ts';
import { findAsked, type FeedRequest } from './feed-request.ts';
import type { Feed } from './feed.ts';
import { findMount, namesBatch } from './mounts.ts';
import { resolveUrl, type Service } from './resolve-url.ts';
import { serveRead } from './serve-read.ts';
import { startStopwatch } from './stopwatch.ts';

export interface BatchWanted {
  readonly parts: readonly BatchPart[];
  /** The request that brought the batch: its service root, base and headers are those of the parts, unless they differ. */
  readonly outer: FeedRequest;
  /** After a part that failed: go on, leave out the rest, or say of each of the rest that it was not tried. */
  readonly afterFailure: 'continue' | 'stop' | 'tell';
  /** Who pays: a batch whose parts cost more than there is left ends in refusals. */
  readonly account: Pick<Account, 'check'>;
}

/** An answer, and how many rows it holds. */
export interface PartAnswer extends BatchAnswer {
  readonly rows: number;
}

interface Outcome {
  readonly succeeded: boolean;
  /** The path that `$id` of a later part stands for. */
  readonly path: string;
}

/** Answers in the order of the parts. Each is held whole until it is taken; all together are bounded by LIMITS.batchBytes. */
export async function* runBatch(feed: Feed, wanted: BatchWanted): AsyncGenerator<PartAnswer> {
  const outcomes = new Map<string, Outcome>();
  let bytesLeft: number = LIMITS.batchBytes;
  let stopped = false;
  for (const unit of unitsOf(wanted.parts)) {
    if (stopped && wanted.afterFailure === 'stop') return;
    const answers: PartAnswer[] = [];
    for (const part of unit) {
      const answer = stopped
        ? failed(part, notTried('An earlier part failed.'))
        : await runPart(feed, part, { ...wanted, outcomes, bytesLeft });
      bytesLeft -= answer.body?.length ?? 0;
      answers.push(answer);
      const path = stopped || part.method === null ? '' : pathOf(part, wanted.outer, outcomes);
      if (part.id !== null) outcomes.set(part.id, { succeeded: answer.status < 400, path });
    }
    const succeeded = answers.every(({ status }) => status < 400);
    const group = unit[0]?.group ?? null;
    if (group !== null) outcomes.set(group, { succeeded, path: '' });
    for (const [index, answer] of answers.entries()) {
      const part = unit[index];
      const isSpoiled = part && !succeeded && answer.status < 400;
      if (isSpoiled && part.id !== null) outcomes.set(part.id, { succeeded: false, path: '' });
      yield isSpoiled ? failed(part, notTried('Another part of its group failed.')) : answer;
    }
    const isFailure = answers.some(({ status }) => status >= 400 && status !== 424);
    stopped ||= isFailure && wanted.afterFailure !== 'continue';
  }
}

/** Single parts, and groups of parts that stand side by side. */
function unitsOf(parts: readonly BatchPart[]): readonly (readonly BatchPart[])[] {
  const units: BatchPart[][] = [];
  for (const part of parts) {
    const last = units.at(-1);
    if (last && part.group !== null && last[0]?.group === part.group) last.push(part);
    else units.push([part]);
  }
  return units;
}

interface Running extends BatchWanted {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly bytesLeft: number;
}

async function runPart(feed: Feed, part: BatchPart, running: Running): Promise<PartAnswer> {
  const { outer, outcomes, bytesLeft, account } = running;
  try {
    checkWanted(part, outcomes);
    account.check();
    const request = requestOf(part, outer, outcomes);
    const answer = await serveRead(feed, request, startStopwatch());
    const body = await collect(answer, bytesLeft);
    return { id: part.id, status: answer.status, headers: withVersion(answer.headers), ...body };
  } catch (thrown) {
    if (outer.signal.aborted) throw thrown;
    const error = asFeedError(thrown);
    if (error.code !== 'defect.internal') return failed(part, error);
    const requestId = randomUUID();
    feed.observe({ kind: 'request.defect', requestId, error: thrown instanceof Error ? thrown : error });
    const answer = failed(part, error);
    return { ...answer, headers: { ...answer.headers, 'request-id': requestId } };
  }
}

/** Throws unless the part is a read that is wanted after what happened before it. */
function checkWanted({ method, dependsOn, condition }: BatchPart, outcomes: Running['outcomes']): void {
  if (method !== 'GET' && method !== 'HEAD') {
    const what = method === null ? 'a change set' : method;
    throw new FeedError('request.method-not-allowed', `The feed is read-only: ${what} is not offered.`, {
      hint: 'Use GET or HEAD.',
    });
  }
  const broken = dependsOn.find((id) => outcomes.get(id)?.succeeded !== true);
  if (broken !== undefined) throw notTried(`It depends on '${broken}', which failed.`);
  if (condition && outcomes.get(condition.id)?.succeeded !== condition.succeeded) {
    throw notTried("What its 'if' asks for is not so.");
  }
}

function requestOf(part: BatchPart, outer: FeedRequest, outcomes: Running['outcomes']): FeedRequest {
  const target = targetOf(part, outer, outcomes);
  const asked = findAsked(target, outer.base);
  if (namesBatch(asked.mount)) {
    throw new FeedError('request.method-not-allowed', 'A batch holds no other batch.');
  }
  return {
    ...asked,
    // Preferences and versions are said once for all parts; other headers of the batch are about the batch itself.
    headers: {
      ...pick(outer.headers, ['prefer', 'odata-maxversion', 'odata-version']),
      ...part.headers,
    },
    encoding: 'identity',
    wantsBody: part.method === 'GET',
    signal: outer.signal,
  };
}

function targetOf({ url }: BatchPart, outer: FeedRequest, outcomes: Running['outcomes']): string {
  const reference = /^\/?\$([^/?]+)(.*)$/s.exec(url);
  const earlier = outcomes.get(reference?.[1] ?? '');
  if (!reference || !earlier) return withVersionOf(outer, url, addressOf(url, outer));
  if (!earlier.succeeded) throw notTried(`Its address begins with '$${reference[1] ?? ''}', which failed.`);
  return withVersionOf(outer, url, earlier.path + (reference[2] ?? ''));
}

// SAP's Cloud SDK writes `/devices(7)`, where no root of the feed is, and means the service.
function addressOf(url: string, outer: FeedRequest): string {
  const service = serviceOf(outer);
  const target = resolveUrl(url, service);
  return namesRoot(target) ? target : `${service.root}/${target.replace(/^\/+/, '')}`;
}

function namesRoot(target: string): boolean {
  return findMount(target.split('?', 1)[0] ?? '') !== null;
}

function serviceOf({ base, mount }: FeedRequest): Service {
  return { base, root: mount.root.path };
}

// `api-version` beside the batch is meant for every part that does not name its own service.
function withVersionOf({ rawQuery }: FeedRequest, url: string, target: string): string {
  const said = /(?:^|&)(api-version=[^&]*)/i.exec(rawQuery)?.[1];
  const isOwn = /^https?:/i.test(url) || namesRoot(url) || /[?&]api-version=/i.test(url);
  return said === undefined || isOwn ? target : `${target}${target.includes('?') ? '&' : '?'}${said}`;
}

/** '' where the part has no address that another could begin with. */
function pathOf(part: BatchPart, outer: FeedRequest, outcomes: Running['outcomes']): string {
  try {
    return targetOf(part, outer, outcomes).split('?', 1)[0] ?? '';
  } catch {
    return '';
  }
}

async function collect(answer: Answer, mostBytes: number): Promise<Pick<PartAnswer, 'body' | 'rows'>> {
  const { body } = answer;
  if (body === null) return { body, rows: 0 };
  const parts = body instanceof Uint8Array ? [{ bytes: body, rows: answer.rows ?? 0 }] : body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let rows = 0;
  for await (const part of parts) {
    bytes += part.bytes.length;
    rows += part.rows;
    if (bytes > mostBytes) throw beyondLimit('batchBytes', 'What the batch answers', LIMITS);
    chunks.push(part.bytes);
  }
  return { body: Buffer.concat(chunks), rows };
}

function failed({ id }: BatchPart, error: FeedError): PartAnswer {
  const { status, headers, body } = answerFailure(error);
  return { id, status, headers: withVersion(headers), body, rows: 0 };
}

function notTried(sentence: string): FeedError {
  return new FeedError('request.failed-dependency', `This part was not answered. ${sentence}`);
}

function withVersion(headers: BatchAnswer['headers']): BatchAnswer['headers'] {
  return { 'OData-Version': PROTOCOL_VERSION, ...headers };
}

function pick(headers: FeedRequest['headers'], names: readonly string[]): FeedRequest['headers'] {
  return Object.fromEntries(
    names.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]),
  );
}
