// POST …/$batch: several reads in one request, as JSON or multipart, answered in the same form.
import { randomUUID } from 'node:crypto';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import {
  JSON_BATCH,
  multipartBatch,
  type BatchResponseFormat,
} from '../../format/odata/batch-response-format.ts';
import type { BatchPart } from '../../odata/batch/batch-part.ts';
import { checkProtocolVersion } from '../../odata/headers/negotiate-format.ts';
import { parseBatchJson } from '../../odata/batch/parse-batch-json.ts';
import { parseBatchMultipart } from '../../odata/batch/parse-batch-multipart.ts';
import { parseHeaderList } from '../../odata/headers/parse-header-list.ts';
import { parsePrefer, printPreferenceApplied } from '../../odata/headers/parse-prefer.ts';
import type { Answer, BodyPart } from '../answer.ts';
import type { AuthenticatedRequest } from '../server/answer-request.ts';
import { answerFailure } from '../answer-failure.ts';
import { parseTarget, splitTarget, type FeedRequest } from '../request/feed-request.ts';
import type { Feed } from '../feed.ts';
import { findMount, isBatchMount } from '../request/service-roots.ts';
import { publicBase } from '../request/public-base.ts';
import { headerText } from '../request/header-text.ts';
import { readBody } from '../request/read-body.ts';
import { type BatchRequest, runBatch } from './run-batch.ts';
import type { RequestContext } from '../request/request-context.ts';

/** Whether the target is the $batch of a service root. */
export function isBatchTarget(target: string): boolean {
  const mount = findMount(splitTarget(target).path);
  return mount !== null && isBatchMount(mount);
}

/** Throws FeedErrors for a malformed batch; a part that fails is answered within the batch. */
export async function serveBatch(
  { feed, account }: Pick<AuthenticatedRequest, 'feed' | 'account'>,
  {
    request,
    signal,
    stopwatch,
    bodyTargets,
  }: Pick<RequestContext, 'request' | 'signal' | 'stopwatch' | 'bodyTargets'>,
): Promise<Answer> {
  if (request.method !== 'POST') return answerPostOnly(request.method);
  const { headers } = request;
  const { limits } = feed;
  checkProtocolVersion(headerText(headers['odata-maxversion']), headerText(headers['odata-version']));
  const target = parseTarget(request.originalUrl, publicBase(request, feed.settings.publicUrl));
  const outer: FeedRequest = { ...target, headers, contentEncoding: 'identity', wantsBody: true, signal };
  const { parse, form, isJson } = batchFormatOf(headers['content-type']);
  checkAccept(headers.accept);
  const body = await readBody(request, {
    limit: 'batchBodyBytes',
    limits,
    malformedCode: 'request.malformed-batch',
  });
  const parts = stopwatch.time('parse', () => parse(body, limits));
  bodyTargets.push(...parts.map(({ url }) => url));

  const preferences = parsePrefer(headerText(headers.prefer));
  const applied = printPreferenceApplied(preferences, ['continue-on-error']);
  // In JSON a client expects an answer for each of its ids; a multipart answer ends at the part that failed.
  const otherwise = isJson ? 'report' : 'stop';
  const afterFailure = preferences.continueOnError ? 'continue' : otherwise;
  return {
    status: 200,
    headers: {
      'Content-Type': form.contentType,
      'Cache-Control': 'no-store',
      ...(applied !== null && { 'Preference-Applied': applied }),
    },
    body: writeBatch(feed, { parts, outer, afterFailure, account }, form),
  };
}

async function* writeBatch(
  feed: Feed,
  batch: BatchRequest,
  form: BatchResponseFormat,
): AsyncGenerator<BodyPart> {
  yield { bytes: form.head, rows: 0 };
  let index = 0;
  for await (const answer of runBatch(feed, batch)) {
    yield { bytes: form.encode(answer, index), rows: answer.rows };
    index += 1;
  }
  yield { bytes: form.tail, rows: 0 };
}

interface BatchFormat {
  readonly parse: (text: string, limits: Limits) => readonly BatchPart[];
  readonly form: BatchResponseFormat;
  readonly isJson: boolean;
}

function batchFormatOf(contentType: string | undefined): BatchFormat {
  const [type] = parseHeaderList(contentType ?? '');
  if (type?.name === 'application/json') return { parse: parseBatchJson, form: JSON_BATCH, isJson: true };
  const boundary = type?.parameters.get('boundary') ?? '';
  // The characters and the length that RFC 2046 allows.
  if (type?.name === 'multipart/mixed' && /^[\w'()+,./:=? -]{1,70}$/.test(boundary)) {
    return {
      parse: (text, limits) => parseBatchMultipart(text, boundary, limits),
      form: multipartBatch(`batchresponse_${randomUUID()}`),
      isJson: false,
    };
  }
  throw new FeedError('request.unsupported-media', `A batch is not read as '${contentType ?? ''}'.`, {
    target: 'Content-Type',
    hint: 'Send application/json, or multipart/mixed with a boundary.',
  });
}

// The answer has the form of the request. An Accept that allows neither form cannot be met.
function checkAccept(accept: string | undefined): void {
  const ranges = parseHeaderList(accept ?? '*/*').map(({ name }) => name);
  const taken = /^(?:\*\/\*|application\/(?:\*|json)|multipart\/(?:\*|mixed))$/;
  if (ranges.length === 0 || ranges.some((range) => taken.test(range))) return;
  throw new FeedError('request.not-acceptable', `'${accept ?? ''}' in Accept names no form on offer.`, {
    target: 'Accept',
    hint: 'A batch is answered in the form of its request: application/json or multipart/mixed.',
  });
}

function answerPostOnly(method: string): Answer {
  const hint = 'Use POST, with the requests in its body.';
  const message = `A batch cannot be requested with ${method}.`;
  const answer = answerFailure(
    new FeedError('request.method-not-allowed', message, { target: '$batch', hint }),
  );
  return { ...answer, headers: { ...answer.headers, Allow: 'POST' } };
}
