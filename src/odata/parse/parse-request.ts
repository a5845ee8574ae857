// A whole GET address → Wanted: the first step of the request's way.
import { LIMITS, type Limits } from '../../base/limits.ts';
import { parseOptions } from './parse-options.ts';
import { parsePath } from './parse-path.ts';
import { splitQuery } from './split-query.ts';
import type { ParsedRequest } from '../syntax/parsed-request.ts';

/**
 * Reads what one request asks for. Both texts are as they came over the wire, still encoded:
 * the path after the service root (`/devices(7)`), and what stands after `?`.
 * Throws FeedErrors of `request.*` and `limit.*`.
 */
export function parseRequest(rawPath: string, rawQuery: string, limits: Limits = LIMITS): ParsedRequest {
  const options = parseOptions(splitQuery(rawQuery, limits), limits);
  return { resource: parsePath(rawPath, options.aliases, limits), options };
}
