// Reads a file from the storage that Graph names for exports: without our token, and on from where a connection broke.
import { setTimeout as wait } from 'node:timers/promises';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Graph } from './client.ts';

export interface DownloadPace {
  /** Requests in a row that may bring nothing. */
  readonly tries: number;
  /** Wait before the second request; doubles with each further one. */
  readonly firstDelayMs: number;
  /** A connection that is silent for so long has broken. */
  readonly silentMs: number;
}

export const DOWNLOAD_PACE: DownloadPace = { tries: 5, firstDelayMs: 1_000, silentMs: 60_000 };

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
export function storageAddress(address: string, graphRoot: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  const local = LOOPBACK.includes(new URL(graphRoot).hostname);
  const trusted =
    url !== null &&
    url.username === '' &&
    ((url.protocol === 'https:' && STORAGE_HOSTS.some((host) => url.hostname.endsWith(host))) ||
      (local && LOOPBACK.includes(url.hostname)));
  if (trusted) return url;
  throw unusable(
    `the file is offered at '${url?.host ?? 'an unreadable address'}', which is no storage of Microsoft`,
  );
}

/**
 * The file's bytes as they come. Throws FeedError `feed.source-unavailable` when they stop coming, and the signal's reason
 * once it is aborted.
 */
export async function* download(
  url: URL,
  { fetch, signal }: Pick<Graph, 'fetch' | 'signal'>,
  pace: DownloadPace,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  let etag: string | null = null;
  for (let tries = 1; ; tries += 1) {
    const before = received;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), pace.silentMs);
    try {
      const response = await fetch(url, {
        headers: {
          // Else offsets would count compressed bytes.
          'accept-encoding': 'identity',
          ...(received > 0 && { range: `bytes=${received}-` }),
          ...(received > 0 && etag !== null && { 'if-match': etag }),
        },
        redirect: 'manual',
        signal: AbortSignal.any([signal, silence.signal]),
      });
      const { status, body } = response;
      if (body === null || status !== (received > 0 ? 206 : 200)) {
        if (!mayPass(status)) throw unusable(`its storage answered HTTP ${status}`);
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
    if (received > before) tries = 1;
    if (tries >= pace.tries) throw unusable('its storage did not give it whole');
    await wait(pace.firstDelayMs * 2 ** (tries - 1), undefined, { signal });
  }
}

function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function unusable(why: string): FeedError {
  return new FeedError('feed.source-unavailable', `The file of the export could not be read: ${why}.`);
}
