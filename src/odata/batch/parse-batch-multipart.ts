// The multipart form of a $batch (OData Protocol 4.0, section 11.7) → its parts.
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { type BatchPart, checkPartCount, checkReferences, malformedPart } from './batch-part.ts';
import { excerpt } from '../excerpt.ts';
import { parseHeaderList } from '../headers/parse-header-list.ts';

/**
 * Reads the body between its boundaries; lines may end in LF alone. A change set is one part without a method.
 * Throws `request.malformed-batch` naming the part, `limit.batch-too-large`.
 */
export function parseBatchMultipart(text: string, boundary: string, limits: Limits): readonly BatchPart[] {
  const pieces = splitParts(`\n${text.replaceAll('\r\n', '\n')}`, boundary);
  checkPartCount(pieces.length, limits);
  const parts = pieces.map((piece, index) => parsePart(piece, `Part ${index + 1}`));
  checkReferences(parts);
  return parts;
}

function splitParts(text: string, boundary: string): readonly string[] {
  const escaped = boundary.replaceAll(/[^\w-]/g, String.raw`\$&`);
  const lines = new RegExp(String.raw`\n--${escaped}(--)?[ \t]*(?=\n|$)`, 'g');
  const pieces: string[] = [];
  let start: number | null = null;
  for (const { 0: line, 1: end, index } of text.matchAll(lines)) {
    if (start !== null) pieces.push(text.slice(start, index));
    if (end !== undefined) return pieces;
    start = index + line.length + 1;
  }
  const problem = start === null ? 'has no line' : 'does not end in the line';
  const boundaryLine = start === null ? `--${boundary}` : `--${boundary}--`;
  throw new FeedError(
    'request.malformed-batch',
    `The body of the batch ${problem} ${excerpt(boundaryLine)}.`,
    {
      target: '$batch',
    },
  );
}

function parsePart(piece: string, label: string): BatchPart {
  const { lines, rest } = splitHead(piece);
  const mime = parseHeaders(lines, label);
  const type = parseHeaderList(mime['content-type'] ?? '')[0]?.name;
  const defaults = { id: mime['content-id'] ?? null, dependsOn: [], group: null, condition: null };
  if (type === 'multipart/mixed') return { ...defaults, method: null, url: '', headers: {} };
  if (type !== 'application/http') {
    throw malformedPart(label, "is not of 'Content-Type: application/http'");
  }
  const { lines: request } = splitHead(rest.replace(/^\n+/, ''));
  const [first = '', ...headers] = request;
  const requestLine = /^([A-Za-z]+) +(\S.*) HTTP\/\d\.\d$/.exec(first.trimEnd());
  if (!requestLine)
    throw malformedPart(label, `begins with ${excerpt(first)}`, 'Write GET devices?$top=1 HTTP/1.1.');
  const [, method = '', url = ''] = requestLine;
  return {
    ...defaults,
    method: method.toUpperCase(),
    url: url.trimEnd(),
    headers: parseHeaders(headers, label),
  };
}

/** The lines before the first empty line, and the text after it. */
function splitHead(text: string): { readonly lines: readonly string[]; readonly rest: string } {
  if (text.startsWith('\n')) return { lines: [], rest: text.slice(1) };
  const end = text.indexOf('\n\n');
  const head = end === -1 ? text.replace(/\n$/, '') : text.slice(0, end);
  return { lines: head.split('\n'), rest: end === -1 ? '' : text.slice(end + 2) };
}

function parseHeaders(lines: readonly string[], label: string): BatchPart['headers'] {
  const headers: Record<string, string> = {};
  for (const line of lines.filter((each) => each !== '')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[\w-]+$/.test(name) || /[^\P{Cc}\t]/u.test(line))
      throw malformedPart(label, `has no header in the line ${excerpt(line)}`);
    headers[name] = line.slice(colon + 1).trim();
  }
  return headers;
}
