// The keys that a directory signs tokens with: fetched when needed, cached while the directory is down.
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../base/clock.ts';

/** The issuer and keys of one token version: v1.0 and v2.0 tokens differ in issuer, and may differ in keys. */
export interface Signer {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
}

export interface SigningKeys {
  /**
   * The newest cached keys. `unknownKey` says that the key of a token was not among them: they are then fetched again, but
   * at most every few minutes, since anyone can send such a token. Throws where no keys could be fetched so far.
   */
  signer(unknownKey?: boolean): Promise<Signer>;
}

/** The part of `fetch` that is needed, direct or through a proxy. */
export type Fetch = (
  url: string,
  request: { readonly signal: AbortSignal; readonly redirect: 'error' },
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

const REFRESH_MS = 3_600_000;
const MIN_REFETCH_MS = 5 * 60_000;
// Until the first fetch has succeeded, the next token may try again soon.
const RETRY_MS = 10_000;
const TIMEOUT_MS = 5000;

/** `metadataUrl` is the directory's OpenID document, such as `…/{tenant}/v2.0/.well-known/openid-configuration`. */
export function openSigningKeys(metadataUrl: string, clock: Clock, fetch: Fetch): SigningKeys {
  let cached: Signer | null = null;
  let triedAt = -Infinity;
  let fetching: Promise<void> | null = null;
  let lastError: unknown = null;

  const load = async (): Promise<void> => {
    triedAt = clock.now().getTime();
    try {
      const { issuer, jwks_uri: keysUrl } = await fetchJson(metadataUrl, fetch);
      if (typeof issuer !== 'string' || typeof keysUrl !== 'string')
        throw new TypeError('Not an OpenID document.');
      refuseOtherHost(keysUrl, metadataUrl);
      cached = {
        issuer,
        keys: createLocalJWKSet((await fetchJson(keysUrl, fetch)) as unknown as JSONWebKeySet),
      };
    } catch (error) {
      lastError = error;
    } finally {
      fetching = null;
    }
  };
  return {
    async signer(unknownKey = false) {
      const age = clock.now().getTime() - triedAt;
      const minAgeMs = cached ? MIN_REFETCH_MS : RETRY_MS;
      if (age >= (cached && !unknownKey ? REFRESH_MS : minAgeMs)) fetching ??= load();
      // A token whose key is cached does not wait for the refresh.
      if (fetching && (cached === null || unknownKey)) await fetching;
      if (cached) return cached;
      throw lastError;
    },
  };
}

async function fetchJson(url: string, fetch: Fetch): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const json = await response.json();
  if (typeof json !== 'object' || json === null) throw new TypeError(`${url} holds no object.`);
  return json as Readonly<Record<string, unknown>>;
}

// Keys on another host would let the author of the document sign for the directory.
function refuseOtherHost(url: string, from: string): void {
  if (new URL(url).origin !== new URL(from).origin)
    throw new TypeError(`The keys of ${from} are elsewhere: ${url}.`);
}
