// The documents that describe the feed: the service document and $metadata.
import { deriveServiceDocument } from '../../../schema/derive/service-document.ts';
import type { FeedVersion } from '../../../schema/entity.ts';
import { FeedError } from '../../base/feed-error.ts';
import {
  negotiateFormat,
  negotiateMetadataFormat,
  printContentType,
} from '../../odata/headers/negotiate-format.ts';
import type { QueryOptions, Resource } from '../../odata/syntax/parsed-request.ts';
import { serviceContext } from '../../format/odata/context-url.ts';
import type { Answer } from '../answer.ts';
import { makeEtag, matchesEtag } from '../request/etag.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { Feed } from '../feed.ts';

export interface DocumentRequest {
  readonly resource: Exclude<Resource, { readonly kind: 'path' }>;
  readonly options: QueryOptions;
  readonly version: FeedVersion;
  /** Absolute, without a slash at its end. */
  readonly root: string;
}

// Options that shape a collection. Other options are allowed: clients keep the query of the address that was pasted.
const SHAPING_OPTIONS = [
  ...(['select', 'expand', 'compute', 'apply', 'filter', 'search'] as const),
  ...(['orderby', 'top', 'skip', 'count', 'skiptoken', 'deltatoken'] as const),
];

export function serveDocument(feed: Feed, request: FeedRequest, documentRequest: DocumentRequest): Answer {
  refuseShaping(documentRequest.options);
  const document =
    documentRequest.resource.kind === 'service'
      ? serviceDocument(feed, request, documentRequest)
      : metadata(feed, request, documentRequest);
  const etag = makeEtag([feed.fingerprint, request.contentEncoding, documentRequest.root, document.type]);
  const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' };
  if (matchesEtag(request.headers['if-none-match'], etag)) return { status: 304, headers, body: null };
  return { status: 200, headers: { ...headers, 'Content-Type': document.type }, body: document.make() };
}

interface DocumentContent {
  readonly type: string;
  readonly make: () => Uint8Array;
}

function serviceDocument(
  feed: Feed,
  { headers }: FeedRequest,
  { options, version, root }: DocumentRequest,
): DocumentContent {
  const format = negotiateFormat(headers.accept, options.format);
  const make = (): Uint8Array => {
    const { '@odata.context': context, ...rest } = deriveServiceDocument(
      feed.exposedModels[version],
      serviceContext(root),
    );
    return Buffer.from(
      JSON.stringify(format.metadata === 'none' ? rest : { '@odata.context': context, ...rest }),
    );
  };
  return { type: printContentType(format), make };
}

function metadata(
  feed: Feed,
  { headers }: FeedRequest,
  { options, version }: DocumentRequest,
): DocumentContent {
  const format = negotiateMetadataFormat(headers.accept, options.format);
  return {
    type: format === 'xml' ? 'application/xml;charset=utf-8' : 'application/json;charset=utf-8',
    make: () => feed.metadata(version, format),
  };
}

function refuseShaping(options: QueryOptions): void {
  const [unread] = options.unsupported.keys();
  const name = SHAPING_OPTIONS.find((each) => options[each] !== null);
  const target = name === undefined ? unread : `$${name}`;
  if (target === undefined) return;
  throw new FeedError('request.malformed-option', `${target} shapes a collection, and this is a document.`, {
    target,
    hint: 'Leave it out, or name a collection.',
  });
}
