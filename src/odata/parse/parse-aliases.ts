// The parameter aliases of a query, `@p=7` or `@f=isDeleted and @g`, and the size of the expression behind each.
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import type { Expression } from '../syntax/expression.ts';
import { type AliasSizeOf, parseExpressionWithSize } from './parse-expression.ts';

export interface ParsedAliases {
  readonly expressions: ReadonlyMap<string, Expression>;
  readonly sizeOf: AliasSizeOf;
}

/**
 * `texts` by name, `@` included. Throws `request.malformed-expression`, also for an alias that refers to itself, and
 * `limit.too-complex`; the target is the alias.
 */
export function parseAliases(texts: ReadonlyMap<string, string>, limits: Limits): ParsedAliases {
  const parsed = new Map<string, ReturnType<typeof parseExpressionWithSize>>();
  const inProgress = new Set<string>();
  const sizeOf: AliasSizeOf = (name) => {
    const text = texts.get(name);
    if (text === undefined) return null;
    const known = parsed.get(name);
    if (known) return known.extent;
    if (inProgress.has(name)) throw selfReference(name);
    inProgress.add(name);
    if (inProgress.size > limits.expressionDepth) throw tooManyNestedAliases(name, limits);
    const result = parseExpressionWithSize(text, name, limits, sizeOf);
    inProgress.delete(name);
    parsed.set(name, result);
    return result.extent;
  };
  for (const name of texts.keys()) sizeOf(name);
  return { expressions: new Map([...parsed].map(([name, { expression }]) => [name, expression])), sizeOf };
}

function selfReference(name: string): FeedError {
  return new FeedError('request.malformed-expression', `The alias ${name} refers to itself.`, {
    target: name,
    hint: 'Give its value in the query: @p=7.',
  });
}

function tooManyNestedAliases(name: string, { expressionDepth }: Limits): FeedError {
  const message = `More than ${expressionDepth} aliases refer to one another.`;
  return new FeedError('limit.too-complex', message, {
    target: name,
    hint: 'Write the values in place of the aliases.',
  });
}
