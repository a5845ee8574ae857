// A whole GET address → ParsedRequest.
import { limitExceeded } from '../../base/limit-exceeded.ts';
import type { Limits } from '../../base/limits.ts';
import { parseOptions } from './parse-options.ts';
import { parsePath } from './parse-path.ts';
import { splitQuery } from './split-query.ts';
import type { ParsedRequest } from '../syntax/parsed-request.ts';

/**
 * Both texts are as received, still encoded: the path after the service root (`/devices(7)`), and the text after `?`.
 * Throws FeedErrors of `request.*` and `limit.*`.
 */
export function parseRequest(rawPath: string, rawQuery: string, limits: Limits): ParsedRequest {
  if (rawQuery.length > limits.queryCharacters) {
    throw limitExceeded('queryCharacters', 'The query', limits, { actual: rawQuery.length });
  }
  const query = splitQuery(rawQuery);
  const options = parseOptions(query, limits);
  return { resource: parsePath(rawPath, limits, options.aliases), options, query };
}
