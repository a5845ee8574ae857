// The query string of a URL → its options, decoded exactly once.
import { limitExceeded } from '../../base/limit-exceeded.ts';
import { FeedError } from '../../base/feed-error.ts';
import { LIMITS, type Limits } from '../../base/limits.ts';

export interface RawQueryOption {
  /** Without the blanks around it. */
  readonly name: string;
  /** '' when there was no `=`. */
  readonly value: string;
}

/**
 * Splits what stands after `?` in the URL as it came over the wire. The order is the standard's:
 * cut at `&` and the first `=` while still encoded, then decode once, so that an encoded `&` stays part of its value.
 * A `+` is a blank, as forms write it.
 * Throws FeedError `limit.query-too-long`, or `request.malformed-url` for escapes that are not UTF-8.
 */
export function splitQuery(rawQuery: string, limits: Limits = LIMITS): readonly RawQueryOption[] {
  if (rawQuery.length > limits.queryCharacters) {
    throw limitExceeded('queryCharacters', 'The query', limits, { actual: rawQuery.length });
  }
  return rawQuery
    .replace(/^\?/, '')
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const equals = piece.indexOf('=');
      const name = decode(equals === -1 ? piece : piece.slice(0, equals), 'the query').trim();
      return { name, value: equals === -1 ? '' : decode(piece.slice(equals + 1), name) };
    });
}

function decode(piece: string, target: string): string {
  return decodeEscapes(piece.replaceAll('+', ' '), target);
}

/** Percent-decodes once. Throws FeedError `request.malformed-url` for escapes that are not UTF-8. */
export function decodeEscapes(piece: string, target: string): string {
  try {
    return decodeURIComponent(piece);
  } catch (cause) {
    const position = firstBrokenEscape(piece);
    throw new FeedError(
      'request.malformed-url',
      `'${piece.slice(position, position + 3)}' in ${target} is not a percent-encoded UTF-8 character.`,
      { target, position, hint: 'A percent sign itself is written %25.', cause },
    );
  }
}

// Only after a failure. A character is one to four escapes in a row.
function firstBrokenEscape(piece: string): number {
  let at = piece.indexOf('%');
  while (at !== -1) {
    const length = [3, 6, 9, 12].find((escapes) => isDecodable(piece.slice(at, at + escapes)));
    if (length === undefined) return at;
    at = piece.indexOf('%', at + length);
  }
  return 0;
}

function isDecodable(escapes: string): boolean {
  try {
    decodeURIComponent(escapes);
    return true;
  } catch {
    return false;
  }
}
