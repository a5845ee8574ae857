// The query string of a URL → its options, decoded exactly once.
import { FeedError } from '../../base/feed-error.ts';

export interface RawQueryOption {
  /** Without the blanks around it. */
  readonly name: string;
  /** '' when there was no `=`. */
  readonly value: string;
}

/** An option of the query string, and how it was written there. */
export interface SplitOption extends RawQueryOption {
  /** As it came over the wire: `$filter=deviceKey%20eq%207`. */
  readonly encoded: string;
}

/**
 * Splits the text after `?` as received. The order is the standard's: split at `&` and the first `=` while encoded,
 * then decode once, so that an encoded `&` stays part of its value.
 * A `+` is a blank, as forms write it.
 * Throws FeedError `request.malformed-url` for escapes that are not UTF-8.
 */
export function splitQuery(rawQuery: string): readonly SplitOption[] {
  return rawQuery
    .replace(/^\?/, '')
    .split('&')
    .filter((encoded) => encoded !== '')
    .map((encoded) => {
      const equals = encoded.indexOf('=');
      const name = decode(equals === -1 ? encoded : encoded.slice(0, equals), 'the query').trim();
      return { name, value: equals === -1 ? '' : decode(encoded.slice(equals + 1), name), encoded };
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

// Called only after a failure. A character is one to four escapes in a row.
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
