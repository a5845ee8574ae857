// The parameter aliases of a query, `@p=7` or `@f=isDeleted and @g`, and how much of an expression each of them is.
import { FeedError } from '../base/feed-error.ts';
import type { Limits } from '../base/limits.ts';
import type { Expression } from './expression.ts';
import { type AliasExtent, parseMeasured } from './parse-expression.ts';

export interface Aliases {
  readonly expressions: ReadonlyMap<string, Expression>;
  readonly extentOf: AliasExtent;
}

/**
 * `texts` by name, with its `@`. Throws `request.malformed-expression`, also for an alias that stands for itself, and
 * `limit.too-complex`; the target is the alias.
 */
export function readAliases(texts: ReadonlyMap<string, string>, limits: Limits): Aliases {
  const read = new Map<string, ReturnType<typeof parseMeasured>>();
  const open = new Set<string>();
  const extentOf: AliasExtent = (name) => {
    const text = texts.get(name);
    if (text === undefined) return null;
    const before = read.get(name);
    if (before) return before.extent;
    if (open.has(name)) throw itself(name);
    open.add(name);
    if (open.size > limits.expressionDepth) throw tooDeep(name, limits);
    const measured = parseMeasured(text, name, limits, extentOf);
    open.delete(name);
    read.set(name, measured);
    return measured.extent;
  };
  for (const name of texts.keys()) extentOf(name);
  return { expressions: new Map([...read].map(([name, { expression }]) => [name, expression])), extentOf };
}

function itself(name: string): FeedError {
  return new FeedError('request.malformed-expression', `The alias ${name} stands for itself.`, {
    target: name,
    hint: 'Give its value as an option of its own: @p=7.',
  });
}

function tooDeep(name: string, { expressionDepth }: Limits): FeedError {
  const message = `More than ${expressionDepth} aliases stand for each other.`;
  return new FeedError('limit.too-complex', message, { target: name, hint: 'Write the value of each.' });
}
