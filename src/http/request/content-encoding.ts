// Which compression a client accepts: decided once, for the body and for its entity tag.
import type { Request } from 'express';

export type ContentEncoding = 'gzip' | 'identity';

export function contentEncodingOf(request: Request): ContentEncoding {
  return request.acceptsEncodings('gzip', 'identity') === 'gzip' ? 'gzip' : 'identity';
}
