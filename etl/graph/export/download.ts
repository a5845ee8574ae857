// Downloads an export file from its storage: without our token, and resuming where a connection broke.
import { FeedError } from '../../../src/base/feed-error.ts';
import { pause } from '../pause.ts';
import type { GraphAccess } from '../graph-client.ts';
import { isTransientOrServerError } from '../transient-status.ts';

export interface DownloadRetryPolicy {
  /** Requests in a row that may bring no bytes. */
  readonly maxAttempts: number;
  /** Wait before the second request; doubles with each further one. */
  readonly initialDelayMs: number;
  /** A connection without a byte for this long counts as broken. */
  readonly idleTimeoutMs: number;
}

export const DEFAULT_DOWNLOAD_RETRY_POLICY: DownloadRetryPolicy = {
  maxAttempts: 5,
  initialDelayMs: 1_000,
  idleTimeoutMs: 60_000,
};

/** The storage of Microsoft's clouds. */
const STORAGE_HOSTS: readonly string[] = [
  '.blob.core.windows.net',
  '.blob.storage.azure.net',
  '.blob.core.usgovcloudapi.net',
  '.blob.core.chinacloudapi.cn',
];

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The address, if it is https in Microsoft's storage. If Graph itself is on loopback, the storage may be there too.
 * Throws FeedError `feed.source-unavailable`; its message omits the query, which grants access to the file.
 */
export function trustedStorageUrl(address: string, graphRoot: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const local = LOOPBACK.includes(new URL(graphRoot).hostname);
  const trusted =
    url !== null &&
    url.username === '' &&
    ((url.protocol === 'https:' && STORAGE_HOSTS.some((host) => url.hostname.endsWith(host))) ||
      (local && LOOPBACK.includes(url.hostname)));
  if (trusted) return url;
  throw downloadError(
    `the file is offered at '${url?.host ?? 'an unreadable address'}', which is not storage of Microsoft`,
  );
}

/**
 * The file's bytes as they arrive. Throws FeedError `feed.source-unavailable` when they stop arriving, and the signal's
 * reason once it is aborted.
 */
export async function* download(
  url: URL,
  { graph: { fetch }, run: { signal } }: GraphAccess,
  retryPolicy: DownloadRetryPolicy,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  let etag: string | null = null;
  for (let attempts = 1; ; attempts += 1) {
    const receivedBefore = received;
    const idleAbort = new AbortController();
    const timer = setTimeout(() => idleAbort.abort(), retryPolicy.idleTimeoutMs);
    try {
      const response = await fetch(url, {
        headers: {
          // Otherwise offsets would count compressed bytes.
          'accept-encoding': 'identity',
          ...(received > 0 && { range: `bytes=${received}-` }),
          ...(received > 0 && etag !== null && { 'if-match': etag }),
        },
        redirect: 'manual',
        signal: AbortSignal.any([signal, idleAbort.signal]),
      });
      const { status, body } = response;
      if (body === null || status !== (received > 0 ? 206 : 200)) {
        if (!isTransientOrServerError(status)) throw downloadError(`its storage answered HTTP ${status}`);
        await body?.cancel();
      } else {
        etag = response.headers.get('etag');
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          received += chunk.length;
          yield chunk;
          timer.refresh();
        }
        return;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FeedError) throw error;
    } finally {
      clearTimeout(timer);
    }
    if (received > receivedBefore) attempts = 1;
    if (attempts >= retryPolicy.maxAttempts)
      throw downloadError('the download was incomplete after several attempts');
    await pause(retryPolicy.initialDelayMs * 2 ** (attempts - 1), signal);
  }
}

function downloadError(reason: string): FeedError {
  return new FeedError('feed.source-unavailable', `The file of the export could not be read: ${reason}.`);
}
