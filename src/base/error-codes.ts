// Every error a reader can meet, in one closed table, grouped by what the reader can do about it.

/**
 * `request.*` change the URL · `auth.*` sign in · `limit.*` ask for less or later · `feed.*` try again · `setup.*` change a setting ·
 * `defect.*` tell us.
 * A code is never reused. Its HTTP status is the business of src/http alone.
 */
export const ERROR_CODES = {
  'request.malformed-url': 'The address is not a well-formed OData request.',
  'request.unknown-resource': 'No collection or document lives at this address.',
  'request.unknown-property': 'The collection has no property or navigation of this name.',
  'request.unknown-option': 'A query option that starts with $ is not known.',
  'request.duplicate-option': 'A query option is given twice.',
  'request.malformed-option': 'The value of a query option cannot be read.',
  'request.malformed-expression': 'An expression in $filter or $orderby cannot be read.',
  'request.type-mismatch': 'An expression compares or computes values of types that do not fit.',
  'request.not-in-v1': 'The v1.0 contract does not offer this; the beta address may.',
  'request.not-offered': 'A part of OData that this feed does not offer.',
  'request.bad-version': 'The api-version is unknown, empty, or contradicts the path.',
  'request.bad-history-days': 'maxhistorydays is not a whole number from 0.',
  'request.bad-skiptoken': 'The $skiptoken was not made by this feed for this query.',
  'request.bad-deltatoken': 'The $deltatoken was not made by this feed for this query.',
  'request.generation-gone': 'The generation that a page or a delta link belongs to is no longer kept.',
  'request.no-such-entity': 'No entity has this key.',
  'request.bad-key': 'The key in the address does not fit the collection.',
  'request.strange-host': 'The feed does not answer to the Host of this request.',
  'request.method-not-allowed': 'The feed is read-only: GET and HEAD, and POST for $batch and $query.',
  'request.not-acceptable': 'No format on offer fits the Accept header or $format.',
  'request.unsupported-media': 'The media type of the request body is not supported.',
  'request.malformed-batch': 'The body of a $batch cannot be read.',
  'request.failed-dependency': 'A part of a $batch was not answered, because another part failed.',
  'request.protocol-version': 'The OData version of the request is not supported.',
  'auth.required': 'Credentials are missing or not valid.',
  'auth.forbidden': 'The credentials are valid but allow nothing here.',
  'limit.query-too-long': 'The query text is longer than the limit.',
  'limit.too-complex': 'The query nests deeper or has more parts than the limit.',
  'limit.body-too-large': 'The body of the request is larger than the limit.',
  'limit.batch-too-large': 'A $batch has more parts, or larger answers, than the limit.',
  'limit.deadline': 'The query ran longer than the limit.',
  'limit.busy': 'Too many reads are running.',
  'limit.too-slow': 'The request was not complete in time.',
  'limit.budget': 'The caller has used up its budget of a minute, or has too many reads running at once.',
  'feed.empty': 'Nothing has been published yet.',
  'feed.unavailable': 'The warehouse cannot be read at the moment.',
  'feed.night-running': 'Another run is active.',
  'feed.source-refused': 'Microsoft Graph or the directory refused.',
  'feed.source-unavailable': 'Microsoft Graph or the directory could not be reached.',
  'feed.night-refused': 'Verification refused the run; the last generation is still served.',
  'setup.bad-setting': 'A setting has a value that cannot be used.',
  'setup.unsafe': 'The settings together would expose data; nothing was started.',
  'defect.internal': 'An internal error of the feed.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
