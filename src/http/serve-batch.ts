// POST …/$batch: several reads in one request, in the JSON or the multipart form, answered in the same.
import { randomUUID } from 'node:crypto';
import { FeedError } from '../base/feed-error.ts';
import { JSON_BATCH, multipartBatch, type BatchForm } from '../format/batch.ts';
import type { BatchPart } from '../odata/batch.ts';
import { checkProtocolVersion } from '../odata/negotiate.ts';
import { parseBatchJson } from '../odata/parse-batch-json.ts';
import { parseBatchMultipart } from '../odata/parse-batch-multipart.ts';
import { parseHeaderList } from '../odata/parse-header-list.ts';
import { parsePrefer, printPreferenceApplied } from '../odata/parse-prefer.ts';
import type { Answer, BodyPart } from './answer.ts';
import type { Guest } from './answer-request.ts';
import { answerFailure } from './failure.ts';
import { findAsked, splitTarget, type FeedRequest } from './feed-request.ts';
import type { Feed } from './feed.ts';
import { findMount, namesBatch } from './mounts.ts';
import { publicBase } from './public-base.ts';
import { readBody } from './read-body.ts';
import { type BatchWanted, runBatch } from './run-batch.ts';
import type { Visit } from './visit.ts';

/** Whether the target is the batch of one of the feed's roots. */
export function isBatch(target: string): boolean {
  const mount = findMount(splitTarget(target).path);
  return mount !== null && namesBatch(mount);
}

/** Throws FeedErrors for a batch that is none; a part that fails is answered within the batch. */
export async function serveBatch(
  { feed, account }: Pick<Guest, 'feed' | 'account'>,
  { request, signal, watch, inside }: Pick<Visit, 'request' | 'signal' | 'watch' | 'inside'>,
): Promise<Answer> {
  if (request.method !== 'POST') return postOnly(request.method);
  const { headers } = request;
  checkProtocolVersion(one(headers['odata-maxversion']), one(headers['odata-version']));
  const asked = findAsked(request.originalUrl, publicBase(request, feed.settings.publicUrl));
  const outer: FeedRequest = { ...asked, headers, encoding: 'identity', wantsBody: true, signal };
  const { parse, form, isJson } = formOf(headers['content-type']);
  checkAccept(headers.accept);
  const parts = parse(await readBody(request, 'batchBodyBytes', 'request.malformed-batch'));
  watch.lap('parse');
  inside.push(...parts.map(({ url }) => url));

  const preferences = parsePrefer(one(headers.prefer));
  const applied = printPreferenceApplied(preferences, ['continue-on-error']);
  // Of JSON a client expects an answer to each of its ids; a multipart ends where it failed.
  const otherwise = isJson ? 'tell' : 'stop';
  const afterFailure = preferences.continueOnError ? 'continue' : otherwise;
  return {
    status: 200,
    headers: {
      'Content-Type': form.contentType,
      'Cache-Control': 'no-store',
      ...(applied !== null && { 'Preference-Applied': applied }),
    },
    body: written(feed, { parts, outer, afterFailure, account }, form),
  };
}

async function* written(feed: Feed, wanted: BatchWanted, form: BatchForm): AsyncGenerator<BodyPart> {
  yield { bytes: form.head, rows: 0 };
  let index = 0;
  for await (const answer of runBatch(feed, wanted)) {
    yield { bytes: form.answer(answer, index), rows: answer.rows };
    index += 1;
  }
  yield { bytes: form.tail, rows: 0 };
}

interface Reading {
  readonly parse: (text: string) => readonly BatchPart[];
  readonly form: BatchForm;
  readonly isJson: boolean;
}

function formOf(contentType: string | undefined): Reading {
  const [type] = parseHeaderList(contentType ?? '');
  if (type?.name === 'application/json') return { parse: parseBatchJson, form: JSON_BATCH, isJson: true };
  const boundary = type?.parameters.get('boundary') ?? '';
  // As long as RFC 2046 lets it be.
  if (type?.name === 'multipart/mixed' && /^[\w'()+,./:=? -]{1,70}$/.test(boundary)) {
    return {
      parse: (text) => parseBatchMultipart(text, boundary),
      form: multipartBatch(`batchresponse_${randomUUID()}`),
      isJson: false,
    };
  }
  throw new FeedError('request.unsupported-media', `A batch is not read as '${contentType ?? ''}'.`, {
    target: 'Content-Type',
    hint: 'Send application/json, or multipart/mixed with a boundary.',
  });
}

// The answer has the form of the request; an Accept that takes neither form is of another trade.
function checkAccept(accept: string | undefined): void {
  const ranges = parseHeaderList(accept ?? '*/*').map(({ name }) => name);
  const taken = /^(?:\*\/\*|application\/(?:\*|json)|multipart\/(?:\*|mixed))$/;
  if (ranges.length === 0 || ranges.some((range) => taken.test(range))) return;
  throw new FeedError('request.not-acceptable', `'${accept ?? ''}' in Accept names no form on offer.`, {
    target: 'Accept',
    hint: 'A batch is answered as it is asked: application/json or multipart/mixed.',
  });
}

function postOnly(method: string): Answer {
  const hint = 'Use POST, with the requests in its body.';
  const message = `A batch is not asked for with ${method}.`;
  const answer = answerFailure(
    new FeedError('request.method-not-allowed', message, { target: '$batch', hint }),
  );
  return { ...answer, headers: { ...answer.headers, Allow: 'POST' } };
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
