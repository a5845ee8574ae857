// The answers of a $batch as bytes, in the format of the request.
import { STATUS_CODES } from 'node:http';

export interface BatchResponse {
  readonly id: string | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** How answers become one body: `head`, then each encoded with its index, then `tail`. */
export interface BatchResponseFormat {
  readonly contentType: string;
  readonly head: Uint8Array;
  readonly encode: (answer: BatchResponse, index: number) => Uint8Array;
  readonly tail: Uint8Array;
}

/** `{"responses":[{"id","status","headers","body"}]}`; a JSON body goes in as it is, any other as text. */
export const JSON_BATCH: BatchResponseFormat = {
  contentType: 'application/json;charset=utf-8',
  head: Buffer.from('{"responses":['),
  encode: ({ id, status, headers, body }, index) => {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    const head = JSON.stringify({ id, status, headers: Object.fromEntries(lower) });
    const comma = index === 0 ? '' : ',';
    if (!body || body.length === 0) return Buffer.from(comma + head);
    const isJson = /^application\/json\b/i.test(headers['Content-Type'] ?? '');
    const written = isJson ? body : Buffer.from(JSON.stringify(Buffer.from(body).toString()));
    return Buffer.concat([Buffer.from(`${comma}${head.slice(0, -1)},"body":`), written, Buffer.from('}')]);
  },
  tail: Buffer.from(']}'),
};

/** Each answer an `application/http` message; the boundary must occur in none of them. */
export function multipartBatch(boundary: string): BatchResponseFormat {
  return {
    contentType: `multipart/mixed;boundary=${boundary}`,
    head: Buffer.alloc(0),
    encode: ({ id, status, headers, body }) => {
      const lines = [
        `--${boundary}`,
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        ...(id === null ? [] : [`Content-ID: ${id}`]),
        '',
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        ...(body ? [`Content-Length: ${body.length}`] : []),
        '',
        '',
      ];
      return Buffer.concat([Buffer.from(lines.join('\r\n')), body ?? Buffer.alloc(0), Buffer.from('\r\n')]);
    },
    tail: Buffer.from(`--${boundary}--\r\n`),
  };
}
