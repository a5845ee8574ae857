// The JSON form of a $batch (OData JSON 4.01, section 19.1) → its parts.
import { FeedError } from '../base/feed-error.ts';
import { LIMITS, type Limits } from '../base/limits.ts';
import { type BatchPart, checkPartCount, checkReferences, malformedPart } from './batch.ts';
import { excerpt } from './lexer.ts';

/**
 * Reads `{"requests":[{"id":"1","method":"get","url":"devices?$top=1"}]}`.
 * Throws `request.malformed-batch` naming the part, `limit.batch-too-large`.
 */
export function parseBatchJson(text: string, limits: Limits = LIMITS): readonly BatchPart[] {
  const requests = requestsOf(text);
  checkPartCount(requests.length, limits);
  const parts = requests.map((request, index) => readPart(request, `Part ${index + 1}`));
  checkReferences(parts);
  return parts;
}

type Fields = Readonly<Record<string, unknown>>;

function requestsOf(text: string): readonly unknown[] {
  const hint = 'Write {"requests":[{"id":"1","method":"GET","url":"devices?$top=1"}]}.';
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new FeedError('request.malformed-batch', 'The body of the batch is not JSON.', {
      target: '$batch',
      hint,
      cause,
    });
  }
  const requests = isFields(body) ? body['requests'] : undefined;
  if (Array.isArray(requests)) return requests;
  throw new FeedError('request.malformed-batch', "The batch has no array 'requests'.", {
    target: '$batch',
    hint,
  });
}

function readPart(request: unknown, which: string): BatchPart {
  if (!isFields(request)) throw malformedPart(which, 'is not an object');
  const id = readText(request, 'id', which);
  const named = `${which} (${excerpt(id)})`;
  const dependsOn = request['dependsOn'] ?? [];
  if (!isTexts(dependsOn)) throw malformedPart(named, "has a 'dependsOn' that is not an array of ids");
  const condition = request['if'] === undefined ? null : readCondition(readText(request, 'if', named), named);
  return {
    id,
    method: readText(request, 'method', named).toUpperCase(),
    url: readText(request, 'url', named),
    headers: readHeaders(request['headers'] ?? {}, named),
    dependsOn,
    group: request['atomicityGroup'] === undefined ? null : readText(request, 'atomicityGroup', named),
    condition,
  };
}

function readText(request: Fields, name: string, which: string): string {
  const value = request[name];
  if (typeof value === 'string' && value !== '') return value;
  throw malformedPart(which, value === undefined ? `has no '${name}'` : `has a '${name}' that is not text`);
}

function readHeaders(headers: unknown, which: string): BatchPart['headers'] {
  const entries = isFields(headers) ? Object.entries(headers) : [];
  if (isFields(headers) && isTexts(entries.map(([, value]) => value))) {
    return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
  }
  throw malformedPart(which, "has 'headers' that are not an object of texts");
}

// `$1/$succeeded` or `not $1/$succeeded`: what a reader of rows can know of an earlier part.
function readCondition(text: string, which: string): BatchPart['condition'] {
  const parts = /^(not[ \t]+)?\$([^/\s]+)\/\$succeeded$/.exec(text.trim());
  if (parts) return { id: parts[2] ?? '', succeeded: parts[1] === undefined };
  throw new FeedError('request.not-offered', `${which} has an 'if' that is not offered: ${excerpt(text)}.`, {
    target: '$batch',
    hint: 'Offered is $id/$succeeded, and not before it.',
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
