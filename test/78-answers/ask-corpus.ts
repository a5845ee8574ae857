// A corpus of requests and what the feed answered to each: status, media type and a digest of the body.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeTestWarehouse, startTestFeed } from '../70-http/test-feed.ts';

/** One request a line: address, TAB, headers as JSON (nothing where there are none). */
export const REQUESTS_PATH = fileURLToPath(new URL('./requests.tsv', import.meta.url));
/** One answer a line, in the order of the requests: status, media type, digest of the body, address. */
export const ANSWERS_PATH = fileURLToPath(new URL('./answers.tsv', import.meta.url));

export interface CorpusRequest {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function readRequests(): readonly CorpusRequest[] {
  return readFileSync(REQUESTS_PATH, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [address = '', headers = ''] = line.split('\t');
      return { address, headers: headers === '' ? {} : JSON.parse(headers) };
    });
}

/** Answers as lines of `ANSWERS_PATH`, of a warehouse that is made anew and is the same each time. */
export async function askCorpus(requests: readonly CorpusRequest[]): Promise<readonly string[]> {
  const warehouse = await makeTestWarehouse();
  const feed = await startTestFeed({ data: warehouse.data });
  try {
    const lines: string[] = [];
    for (const { address, headers } of requests) {
      const { status, headers: answered, body } = await feed.raw(address, headers);
      const type = answered['content-type'] ?? '-';
      lines.push([status, type, digest(status, body, feed.base), address].join('\t'));
    }
    return lines;
  } finally {
    await feed.stop();
    warehouse.remove();
  }
}

/** Of an error only its code counts: its texts may become plainer. The port is another one each time. */
function digest(status: number, body: Buffer, base: string): string {
  if (status >= 400) return errorCode(body) ?? '-';
  const text = body
    .toString('latin1')
    .replaceAll(base, 'http://feed')
    .replaceAll(encodeURIComponent(base), 'feed');
  return createHash('sha256').update(text, 'latin1').digest('base64url').slice(0, 16);
}

function errorCode(body: Buffer): string | undefined {
  return /"code":"([^"]+)"/.exec(body.toString())?.[1];
}
