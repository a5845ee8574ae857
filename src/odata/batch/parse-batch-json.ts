// The JSON form of a $batch (OData JSON 4.01, section 19.1) → its parts.
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { type BatchPart, checkPartCount, checkReferences, malformedPart } from './batch-part.ts';
import { excerpt } from '../excerpt.ts';

/**
 * Reads `{"requests":[{"id":"1","method":"get","url":"devices?$top=1"}]}`.
 * Throws `request.malformed-batch` naming the part, `limit.batch-too-large`.
 */
export function parseBatchJson(text: string, limits: Limits): readonly BatchPart[] {
  const requests = requestsOf(text);
  checkPartCount(requests.length, limits);
  const parts = requests.map((request, index) => parsePart(request, `Part ${index + 1}`));
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

function parsePart(request: unknown, label: string): BatchPart {
  if (!isFields(request)) throw malformedPart(label, 'is not an object');
  const id = stringField(request, 'id', label);
  const labelWithId = `${label} (${excerpt(id)})`;
  const dependsOn = request['dependsOn'] ?? [];
  if (!isStringArray(dependsOn))
    throw malformedPart(labelWithId, "has a 'dependsOn' that is not an array of ids");
  const condition =
    request['if'] === undefined ? null : parseCondition(stringField(request, 'if', labelWithId), labelWithId);
  return {
    id,
    method: stringField(request, 'method', labelWithId).toUpperCase(),
    url: stringField(request, 'url', labelWithId),
    headers: parseHeaders(request['headers'] ?? {}, labelWithId),
    dependsOn,
    group:
      request['atomicityGroup'] === undefined ? null : stringField(request, 'atomicityGroup', labelWithId),
    condition,
  };
}

function stringField(request: Fields, name: string, label: string): string {
  const value = request[name];
  if (typeof value === 'string' && value !== '') return value;
  throw malformedPart(label, value === undefined ? `has no '${name}'` : `has a '${name}' that is not text`);
}

function parseHeaders(headers: unknown, label: string): BatchPart['headers'] {
  const entries = isFields(headers) ? Object.entries(headers) : [];
  if (isFields(headers) && isStringArray(entries.map(([, value]) => value))) {
    return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
  }
  throw malformedPart(label, "has 'headers' that are not an object of texts");
}

// `$1/$succeeded` or `not $1/$succeeded`.
function parseCondition(text: string, label: string): BatchPart['condition'] {
  const parts = /^(not[ \t]+)?\$([^/\s]+)\/\$succeeded$/.exec(text.trim());
  if (parts) return { id: parts[2] ?? '', succeeded: parts[1] === undefined };
  throw new FeedError('request.not-offered', `${label} has an 'if' that is not offered: ${excerpt(text)}.`, {
    target: '$batch',
    hint: 'Offered is $id/$succeeded, and not before it.',
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
