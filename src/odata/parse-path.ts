// The path of a URL after the service root → Resource. Which names exist is not decided here.
import { limitExceeded } from '../base/limit-exceeded.ts';
import { FeedError } from '../base/feed-error.ts';
import { LIMITS, type Limits } from '../base/limits.ts';
import { nearestName } from '../base/nearest-name.ts';
import type { Expression, LiteralValue } from './expression.ts';
import { excerpt, type Token, TokenReader } from './lexer.ts';
import { decodeEscapes } from './split-query.ts';
import type { CallArgument, KeyPart, PathStep, Resource } from './wanted.ts';

interface Segment {
  /** Decoded. */
  readonly text: string;
  /** Offset in the decoded path. */
  readonly at: number;
}

/** `@d` → what the query says it is: keys and arguments may name their values so. */
type Aliases = ReadonlyMap<string, Expression>;

const TARGET = 'the path';

const END_STEPS: ReadonlyMap<string, 'count' | 'value' | 'ref'> = new Map([
  ['$count', 'count'],
  ['$value', 'value'],
  ['$ref', 'ref'],
]);

/** Resources and path segments of the standard that a feed without writes and singletons does without. */
const NOT_OFFERED: ReadonlySet<string> = new Set([
  '$batch',
  '$entity',
  '$all',
  '$crossjoin',
  '$root',
  '$each',
]);

/**
 * Reads the still encoded path: '' and '/' are the service document, then `/$metadata`, `/devices`, `/devices(7)`,
 * `/devices(7)/deviceType/$value`, `/devices(7)/history(from=@d)` and so on. One slash at the end is forgiven.
 * Throws FeedError `request.malformed-url`, `request.not-offered` or `limit.too-complex`.
 */
export function parsePath(rawPath: string, aliases: Aliases = new Map(), limits: Limits = LIMITS): Resource {
  const [first, ...further] = splitPath(rawPath);
  if (!first) return { kind: 'service' };
  if (first.text === '$metadata') {
    if (further[0]) refuse(further[0].at, 'Nothing can follow $metadata');
    return { kind: 'metadata' };
  }
  if (first.text.startsWith('$')) refuseDollar(first, ['$metadata']);
  const tooFar = further[limits.pathSteps];
  if (tooFar) {
    throw limitExceeded('pathSteps', 'The path', limits, { target: TARGET, position: tooFar.at });
  }
  const { name, inner, at } = readName(first);
  const key = inner === null ? [] : [readKey(inner, at, aliases)];
  const steps = further.flatMap((segment, index) => readStep(segment, further[index + 1], aliases));
  const [, again] = steps.filter(({ kind }) => kind === 'filter');
  if (again) refuse(again.at, 'A path is filtered once', 'Join the conditions with and.');
  return { kind: 'path', collection: name, steps: [...key, ...steps] };
}

function readStep(segment: Segment, next: Segment | undefined, aliases: Aliases): readonly PathStep[] {
  const { text, at } = segment;
  const end = END_STEPS.get(text);
  if (end) {
    if (next) refuse(next.at, `Nothing can follow ${text}`);
    return [{ kind: end, at }];
  }
  if (text.startsWith('$filter(')) return [readFilter(segment)];
  if (text.startsWith('$')) refuseDollar(segment, END_STEPS.keys());
  const { name, inner, at: open } = readName(segment);
  if (inner === null) return [{ kind: 'name', name, at }];
  const isEmpty = /^\([ \t]*\)$/.test(inner);
  const key = isEmpty ? null : readKey(inner, open, aliases);
  const values = (key?.parts ?? []).flatMap((part): readonly CallArgument[] =>
    part.name === null ? [] : [{ name: part.name, literal: part.literal }],
  );
  if (key && values.length === 0) return [{ kind: 'name', name, at }, key];
  return [{ kind: 'call', name, arguments: values, at }];
}

function readFilter({ text, at }: Segment): PathStep {
  const name = /^\$filter\([ \t]*(@[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}_]*)[ \t]*\)$/u.exec(text)?.[1];
  if (name !== undefined) return { kind: 'filter', by: { kind: 'alias', name, at }, at };
  return refuse(
    at,
    '$filter in a path takes an alias',
    'As in devices/$filter(@f)/$count?@f=deviceKey gt 3.',
  );
}

// At slashes, but not at those inside quotes: keys may hold any text.
function splitPath(rawPath: string): readonly Segment[] {
  const path = rawPath.replace(/^\//, '').replace(/\/$/, '');
  if (path === '' && rawPath.length < 2) return [];
  const segments: Segment[] = [];
  let at = 0;
  for (const raw of path.match(/(?:^|\/)(?:[^/'%]|%(?!27)|(?:'|%27)(?:[^'%]|%(?!27))*(?:'|%27)?)*/g) ?? []) {
    const text = decodeEscapes(raw.replace(/^\//, ''), TARGET);
    if (text === '') refuse(at, 'There is an empty segment');
    segments.push({ text, at });
    at += text.length + 1;
  }
  return segments;
}

interface Named {
  readonly name: string;
  /** From the opening parenthesis on; null where there is none. */
  readonly inner: string | null;
  /** Where it opens. */
  readonly at: number;
}

function readName({ text, at }: Segment): Named {
  const open = text.indexOf('(');
  const name = open === -1 ? text : text.slice(0, open);
  const stray = /[\s'"=,;:@&?#/)]/.exec(name);
  if (name === '' || stray) {
    refuse(at + (stray?.index ?? 0), `${excerpt(text)} is not a name`, 'Query options stand after ?.');
  }
  return { name, inner: open === -1 ? null : text.slice(open), at: at + open };
}

function readKey(text: string, offset: number, aliases: Aliases): PathStep & { readonly kind: 'key' } {
  const tokens = new TokenReader({ text, target: TARGET, code: 'request.malformed-url', offset });
  tokens.expectSign('(', 'a key');
  const parts: KeyPart[] = [];
  do parts.push(readKeyPart(tokens, aliases));
  while (tokens.takeSign(','));
  tokens.expectSign(')', 'a comma or a closing parenthesis');
  tokens.expectEnd('a slash or the end');
  const lone = parts.find(({ name }) => name === null);
  if (lone && parts.length > 1) {
    refuse(
      offset,
      'Every part of a key with several parts has a name',
      'As in (dateKey=20261120,deviceKey=7).',
    );
  }
  return { kind: 'key', parts, at: offset };
}

function readKeyPart(tokens: TokenReader, aliases: Aliases): KeyPart {
  const first = tokens.take();
  const named = first.kind === 'name' && tokens.takeSign('=');
  const value = named ? tokens.take() : first;
  const literal = value.kind === 'alias' ? valueOf(value, aliases) : tokens.literalOf(value);
  if (!literal) {
    const wanted = named ? 'a key value' : 'a key value, or a name and =,';
    tokens.unexpected(value, wanted, 'Text in a key stands in single quotes.');
  }
  return { name: named ? first.text : null, literal };
}

function valueOf({ text, at }: Token, aliases: Aliases): LiteralValue {
  const value = aliases.get(text);
  if (value?.kind === 'literal') return value.literal;
  const fault = value ? 'is not a plain value' : 'has no value';
  return refuse(at, `The alias ${excerpt(text)} ${fault}`, `Write for example ?${text}=20261120.`);
}

function refuseDollar({ text, at }: Segment, known: Iterable<string>): never {
  const word = /^\$\w*/.exec(text)?.[0] ?? text;
  if (NOT_OFFERED.has(word)) {
    throw new FeedError('request.not-offered', `'${word}' is not offered by this feed.`, {
      target: TARGET,
      position: at,
    });
  }
  const nearest = text.includes('=') ? null : nearestName(known, word);
  const hint = nearest === null ? 'Query options stand after ?.' : `Did you mean '${nearest}'?`;
  refuse(at, `${excerpt(text)} cannot stand in the path`, hint);
}

function refuse(position: number, sentence: string, hint?: string): never {
  throw new FeedError('request.malformed-url', `${sentence} (at character ${position + 1} of ${TARGET}).`, {
    target: TARGET,
    position,
    ...(hint === undefined ? {} : { hint }),
  });
}
