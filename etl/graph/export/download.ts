// Reads a file from the storage that Graph names for exports: without our token, and on from where a connection broke.
import { FeedError } from '../../../src/base/feed-error.ts';
import { pause } from '../pause.ts';
import type { GraphAccess } from '../graph-client.ts';

export interface DownloadRetryPolicy {
  /** Requests in a row that may bring nothing. */
  readonly maxAttempts: number;
  /** Wait before the second request; doubles with each further one. */
  readonly initialDelayMs: number;
  /** A connection that is silent for so long has broken. */
  readonly idleTimeoutMs: number;
}

export const DEFAULT_DOWNLOAD_RETRY_POLICY: DownloadRetryPolicy = {
  maxAttempts: 5,
  initialDelayMs: 1_000,
  idleTimeoutMs: 60_000,
};

/** Where the clouds of Microsoft keep exported files. */
const STORAGE_HOSTS: readonly string[] = [
  '.blob.core.windows.net',
  '.blob.storage.azure.net',
  '.blob.core.usgovcloudapi.net',
  '.blob.core.chinacloudapi.cn',
];

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The address, if it is one of Microsoft's storage over https. Where Graph itself is on loopback, so may the storage be.
 * Throws FeedError `feed.source-unavailable`; the message leaves out the query, which is a key to the file.
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
    `the file is offered at '${url?.host ?? 'an unreadable address'}', which is no storage of Microsoft`,
  );
}

/**
 * The file's bytes as they come. Throws FeedError `feed.source-unavailable` when they stop coming, and the signal's reason
 * once it is aborted.
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
          // Else offsets would count compressed bytes.
          'accept-encoding': 'identity',
          ...(received > 0 && { range: `bytes=${received}-` }),
          ...(received > 0 && etag !== null && { 'if-match': etag }),
        },
        redirect: 'manual',
        signal: AbortSignal.any([signal, idleAbort.signal]),
      });
      const { status, body } = response;
      if (body === null || status !== (received > 0 ? 206 : 200)) {
        if (!isTransient(status)) throw downloadError(`its storage answered HTTP ${status}`);
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
    if (attempts >= retryPolicy.maxAttempts) throw downloadError('its storage did not give it whole');
    await pause(retryPolicy.initialDelayMs * 2 ** (attempts - 1), signal);
  }
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function downloadError(reason: string): FeedError {
  return new FeedError('feed.source-unavailable', `The file of the export could not be read: ${reason}.`);
}
