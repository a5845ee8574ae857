// The path of a URL after the service root → Resource. Names are not checked against the model yet.
import { limitExceeded } from '../../base/limit-exceeded.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import type { Expression, LiteralValue } from '../syntax/expression.ts';
import { excerpt } from '../excerpt.ts';
import { type Token, TokenReader } from './token-reader.ts';
import { decodeEscapes } from './split-query.ts';
import type { CallArgument, KeyPart, PathSegment, Resource } from '../syntax/parsed-request.ts';

interface RawSegment {
  /** Decoded. */
  readonly text: string;
  /** Offset in the decoded path. */
  readonly at: number;
}

/** `@d` → its expression: keys and arguments may be aliases. */
type AliasExpressions = ReadonlyMap<string, Expression>;

const TARGET = 'the path';

const TERMINAL_SEGMENTS: ReadonlyMap<string, 'count' | 'value' | 'ref'> = new Map([
  ['$count', 'count'],
  ['$value', 'value'],
  ['$ref', 'ref'],
]);

/** Resources and path segments of the standard that a read-only feed without singletons does not support. */
const UNSUPPORTED_SEGMENTS: ReadonlySet<string> = new Set([
  '$batch',
  '$entity',
  '$all',
  '$crossjoin',
  '$root',
  '$each',
]);

/**
 * Reads the still encoded path: '' and '/' are the service document, then `/$metadata`, `/devices`, `/devices(7)`,
 * `/devices(7)/deviceType/$value`, `/devices(7)/history(from=@d)` and so on. One trailing slash is ignored.
 * Throws FeedError `request.malformed-url`, `request.not-offered` or `limit.too-complex`.
 */
export function parsePath(rawPath: string, limits: Limits, aliases: AliasExpressions = new Map()): Resource {
  const [first, ...rest] = splitPath(rawPath);
  if (!first) return { kind: 'service' };
  if (first.text === '$metadata') {
    if (rest[0]) refuse(rest[0].at, 'Nothing can follow $metadata');
    return { kind: 'metadata' };
  }
  if (first.text.startsWith('$')) refuseSystemSegment(first, ['$metadata']);
  const firstBeyondLimit = rest[limits.pathSteps];
  if (firstBeyondLimit) {
    throw limitExceeded('pathSteps', 'The path', limits, { target: TARGET, position: firstBeyondLimit.at });
  }
  const { name, parentheses, at } = splitSegment(first);
  const key = parentheses === null ? [] : [parseKey(parentheses, at, aliases)];
  const segments = rest.flatMap((segment, index) => parseSegment(segment, rest[index + 1], aliases));
  const [, secondFilter] = segments.filter(({ kind }) => kind === 'filter');
  if (secondFilter) refuse(secondFilter.at, 'A path takes one $filter', 'Join the conditions with and.');
  return { kind: 'path', collection: name, segments: [...key, ...segments] };
}

function parseSegment(
  segment: RawSegment,
  next: RawSegment | undefined,
  aliases: AliasExpressions,
): readonly PathSegment[] {
  const { text, at } = segment;
  const end = TERMINAL_SEGMENTS.get(text);
  if (end) {
    if (next) refuse(next.at, `Nothing can follow ${text}`);
    return [{ kind: end, at }];
  }
  if (text.startsWith('$filter(')) return [parseFilterSegment(segment)];
  if (text.startsWith('$')) refuseSystemSegment(segment, TERMINAL_SEGMENTS.keys());
  const { name, parentheses, at: open } = splitSegment(segment);
  if (parentheses === null) return [{ kind: 'name', name, at }];
  const isEmpty = /^\([ \t]*\)$/.test(parentheses);
  const key = isEmpty ? null : parseKey(parentheses, open, aliases);
  const values = (key?.parts ?? []).flatMap((part): readonly CallArgument[] =>
    part.name === null ? [] : [{ name: part.name, literal: part.literal }],
  );
  if (key && values.length === 0) return [{ kind: 'name', name, at }, key];
  return [{ kind: 'call', name, arguments: values, at }];
}

function parseFilterSegment({ text, at }: RawSegment): PathSegment {
  const name = /^\$filter\([ \t]*(@[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}_]*)[ \t]*\)$/u.exec(text)?.[1];
  if (name !== undefined) return { kind: 'filter', by: { kind: 'alias', name, at }, at };
  return refuse(
    at,
    '$filter in a path takes an alias',
    'As in devices/$filter(@f)/$count?@f=deviceKey gt 3.',
  );
}

// Slashes inside quotes do not separate: a key may contain any text.
function splitPath(rawPath: string): readonly RawSegment[] {
  const path = rawPath.replace(/^\//, '').replace(/\/$/, '');
  if (path === '' && rawPath.length < 2) return [];
  const segments: RawSegment[] = [];
  let at = 0;
  for (const raw of path.match(/(?:^|\/)(?:[^/'%]|%(?!27)|(?:'|%27)(?:[^'%]|%(?!27))*(?:'|%27)?)*/g) ?? []) {
    const text = decodeEscapes(raw.replace(/^\//, ''), TARGET);
    if (text === '') refuse(at, 'There is an empty segment');
    segments.push({ text, at });
    at += text.length + 1;
  }
  return segments;
}

interface SegmentParts {
  readonly name: string;
  /** From the opening parenthesis to the end; null where there is none. */
  readonly parentheses: string | null;
  /** Offset of the opening parenthesis. */
  readonly at: number;
}

function splitSegment({ text, at }: RawSegment): SegmentParts {
  const open = text.indexOf('(');
  const name = open === -1 ? text : text.slice(0, open);
  const invalidCharacter = /[\s'"=,;:@&?#/)]/.exec(name);
  if (name === '' || invalidCharacter) {
    refuse(
      at + (invalidCharacter?.index ?? 0),
      `${excerpt(text)} is not a name`,
      'Query options go after ?.',
    );
  }
  return { name, parentheses: open === -1 ? null : text.slice(open), at: at + open };
}

function parseKey(
  text: string,
  offset: number,
  aliases: AliasExpressions,
): PathSegment & { readonly kind: 'key' } {
  const tokens = new TokenReader({ text, target: TARGET, code: 'request.malformed-url', offset });
  tokens.expectSign('(', 'a key');
  const parts: KeyPart[] = [];
  do parts.push(parseKeyPart(tokens, aliases));
  while (tokens.takeSign(','));
  tokens.expectSign(')', 'a comma or a closing parenthesis');
  tokens.expectEnd('a slash or the end');
  const unnamed = parts.find(({ name }) => name === null);
  if (unnamed && parts.length > 1) {
    refuse(offset, 'A key of several parts names each of them', 'As in (dateKey=20261120,deviceKey=7).');
  }
  return { kind: 'key', parts, at: offset };
}

function parseKeyPart(tokens: TokenReader, aliases: AliasExpressions): KeyPart {
  const first = tokens.take();
  const named = first.kind === 'name' && tokens.takeSign('=');
  const value = named ? tokens.take() : first;
  const literal = value.kind === 'alias' ? aliasValue(value, aliases) : tokens.literalOf(value);
  if (!literal) {
    const expected = named ? 'a key value' : 'a key value, or a name and =,';
    tokens.unexpected(value, expected, 'Put text in single quotes.');
  }
  return { name: named ? first.text : null, literal };
}

function aliasValue({ text, at }: Token, aliases: AliasExpressions): LiteralValue {
  const value = aliases.get(text);
  if (value?.kind === 'literal') return value.literal;
  const problem = value ? 'is not a plain value' : 'has no value';
  return refuse(at, `The alias ${excerpt(text)} ${problem}`, `Write for example ?${text}=20261120.`);
}

function refuseSystemSegment({ text, at }: RawSegment, known: Iterable<string>): never {
  const word = /^\$\w*/.exec(text)?.[0] ?? text;
  if (UNSUPPORTED_SEGMENTS.has(word)) {
    throw new FeedError('request.not-offered', `'${word}' is not offered by this feed.`, {
      target: TARGET,
      position: at,
    });
  }
  const suggestion = text.includes('=') ? undefined : didYouMean(known, word);
  refuse(at, `${excerpt(text)} cannot stand in the path`, suggestion ?? 'Query options go after ?.');
}

function refuse(position: number, problem: string, hint?: string): never {
  throw new FeedError('request.malformed-url', `${problem} (at character ${position + 1} of ${TARGET}).`, {
    target: TARGET,
    position,
    hint,
  });
}
