// The options of a query string → QueryOptions.
import type { ErrorCode } from '../../base/error-codes.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import { excerpt } from '../excerpt.ts';
import { parseApply } from './parse-apply.ts';
import { parseCompute } from './parse-compute.ts';
import { parseExpand } from './parse-expand.ts';
import { parseExpression } from './parse-expression.ts';
import { parseOrderby } from './parse-orderby.ts';
import { parseSearch } from './parse-search.ts';
import { parseSelect } from './parse-select.ts';
import { parseAliases } from './parse-aliases.ts';
import type { RawQueryOption } from './split-query.ts';
import type { QueryOptions } from '../syntax/parsed-request.ts';

/** Options of the standard. The plan refuses unsupported ones, because the message depends on the version. */
const SYSTEM_OPTIONS: ReadonlyMap<string, 'supported' | 'unsupported'> = new Map([
  ['$select', 'supported'],
  ['$filter', 'supported'],
  ['$orderby', 'supported'],
  ['$top', 'supported'],
  ['$skip', 'supported'],
  ['$count', 'supported'],
  ['$skiptoken', 'supported'],
  ['$format', 'supported'],
  ['$expand', 'supported'],
  ['$apply', 'supported'],
  ['$search', 'supported'],
  ['$compute', 'supported'],
  ['$deltatoken', 'supported'],
  ['$levels', 'unsupported'],
  ['$schemaversion', 'unsupported'],
  ['$index', 'unsupported'],
  ['$id', 'unsupported'],
]);

const FEED_OPTIONS: ReadonlySet<string> = new Set(['api-version', 'maxhistorydays']);

/**
 * The option that a name means: system options in lower case with `$` (which the writer may leave out),
 * the feed's own in lower case, `@aliases` as written; null for custom options, which are ignored.
 * Throws FeedError `request.unknown-option` for any other name with `$`.
 */
export function optionName(written: string): string | null {
  if (written.startsWith('@')) return written;
  const lower = written.toLowerCase();
  if (SYSTEM_OPTIONS.has(lower) || FEED_OPTIONS.has(lower)) return lower;
  if (SYSTEM_OPTIONS.has(`$${lower}`)) return `$${lower}`;
  if (!written.startsWith('$')) return null;
  throw new FeedError('request.unknown-option', `There is no query option ${excerpt(written)}.`, {
    target: written,
    hint: didYouMean(SYSTEM_OPTIONS.keys(), written) ?? 'Custom options do not start with $.',
  });
}

/** Throws FeedErrors of `request.*` and `limit.too-complex`; the target is the option. */
export function parseOptions(pairs: readonly RawQueryOption[], limits: Limits): QueryOptions {
  const texts = collectOptions(pairs);
  const aliases = parseAliases(
    new Map(
      [...texts].filter(([name]) => name.startsWith('@')).map(([name, text]) => [name, nonEmpty(text, name)]),
    ),
    limits,
  );
  const { sizeOf: aliasSizeOf } = aliases;
  // The parsed value; null when the option is absent.
  const option = <Result>(name: string, parse: (text: string, name: string) => Result): Result | null => {
    const text = texts.get(name);
    return text === undefined ? null : parse(text, name);
  };
  return {
    select: option('$select', (text, name) => parseSelect(nonEmpty(text, name))),
    filter: option('$filter', (text, name) =>
      parseExpression(nonEmpty(text, name), name, limits, aliasSizeOf),
    ),
    orderby: option('$orderby', (text, name) => parseOrderby(nonEmpty(text, name), limits, aliasSizeOf)),
    top: option('$top', (text, name) => parseWholeNumber(text, name, 'request.malformed-option')),
    skip: option('$skip', (text, name) => parseWholeNumber(text, name, 'request.malformed-option')),
    expand: option('$expand', (text, name) => parseExpand(nonEmpty(text, name), limits, aliasSizeOf)),
    compute: option('$compute', (text, name) => parseCompute(nonEmpty(text, name), limits, aliasSizeOf)),
    search: option('$search', (text, name) => parseSearch(nonEmpty(text, name), limits)),
    apply: option('$apply', (text, name) => parseApply(nonEmpty(text, name), limits, aliasSizeOf)),
    count: option('$count', parseBoolean),
    skiptoken: option('$skiptoken', nonEmpty),
    deltatoken: option('$deltatoken', nonEmpty),
    format: option('$format', (text, name) => nonEmpty(text, name).trim()),
    apiVersion: option('api-version', (text) => text),
    maxHistoryDays: option('maxhistorydays', (text, name) =>
      parseWholeNumber(text, name, 'request.bad-history-days'),
    ),
    aliases: aliases.expressions,
    unsupported: new Map([...texts].filter(([name]) => SYSTEM_OPTIONS.get(name) === 'unsupported')),
  };
}

function collectOptions(pairs: readonly RawQueryOption[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { name: written, value } of pairs) {
    const name = optionName(written);
    if (name === null) continue;
    if (texts.has(name)) {
      throw new FeedError('request.duplicate-option', `The query option '${name}' occurs twice.`, {
        target: name,
      });
    }
    texts.set(name, value);
  }
  return texts;
}

function nonEmpty(text: string, name: string): string {
  if (text.trim() !== '') return text;
  throw new FeedError('request.malformed-option', `The query option '${name}' has no value.`, {
    target: name,
    hint: 'Give it a value or leave the option out.',
  });
}

function parseWholeNumber(text: string, name: string, code: ErrorCode): number {
  const digits = text.trim();
  // A number beyond the safe integers means the same as the largest of them.
  if (/^\d+$/.test(digits)) return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
  throw new FeedError(code, `${excerpt(text)} is not a whole number from 0.`, {
    target: name,
    hint: `Write for example ${name}=10.`,
  });
}

function parseBoolean(text: string, name: string): boolean {
  switch (text.trim().toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw new FeedError('request.malformed-option', `${excerpt(text)} is neither true nor false.`, {
        target: name,
      });
  }
}
