// parse: the path, the query and the headers of a request → ParsedFeedRequest.
import type { Limits } from '../../base/limits.ts';
import { checkProtocolVersion } from '../../odata/headers/negotiate-format.ts';
import { parsePrefer } from '../../odata/headers/parse-prefer.ts';
import { parseRequest } from '../../odata/parse/parse-request.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import { headerText } from '../request/header-text.ts';
import { contextRoot, decideVersion } from '../request/service-roots.ts';
import type { ParsedFeedRequest } from './parsed-read.ts';

/** Throws as parseRequest does, and `request.protocol-version`, `request.bad-version`. */
export function parseFeedRequest(
  { headers, mount, rawQuery, base }: FeedRequest,
  limits: Limits,
): ParsedFeedRequest {
  const maxVersion = headerText(headers['odata-maxversion']);
  checkProtocolVersion(maxVersion, headerText(headers['odata-version']));
  const { resource, options, query } = parseRequest(mount.resource, rawQuery, limits);
  const version = decideVersion(mount, options.apiVersion);
  const preferences = parsePrefer(headerText(headers.prefer));
  const root = `${base}${contextRoot(mount, version)}`;
  if (resource.kind !== 'path') return { kind: 'document', resource, options, version, root };
  return {
    kind: 'read',
    resource,
    options,
    query,
    version,
    root,
    address: `${base}${mount.root.path}${mount.resource}`,
    path: mount.resource,
    preferences,
    accept: headers.accept,
    maxVersion,
  };
}
