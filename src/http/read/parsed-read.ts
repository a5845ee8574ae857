// The first value of the corridor: what a read asks for, before the model is consulted.
import type { FeedVersion } from '../../../schema/entity.ts';
import type { Preferences } from '../../odata/headers/parse-prefer.ts';
import type { ParsedRequest, Resource } from '../../odata/syntax/parsed-request.ts';
import type { DocumentRequest } from '../documents/serve-document.ts';

/** A read of rows, or of a value in them. */
export interface ParsedRead extends ParsedRequest {
  readonly kind: 'read';
  readonly resource: Resource & { readonly kind: 'path' };
  readonly version: FeedVersion;
  /** The absolute root that contexts are built on, without a slash at its end. */
  readonly root: string;
  /** The absolute address that was requested, without its query. */
  readonly address: string;
  /** The path below the service root, still encoded. */
  readonly path: string;
  readonly preferences: Preferences;
  readonly accept: string | undefined;
  /** OData-MaxVersion, if the client sent it. */
  readonly maxVersion: string | undefined;
}

export type ParsedFeedRequest = ParsedRead | (DocumentRequest & { readonly kind: 'document' });
