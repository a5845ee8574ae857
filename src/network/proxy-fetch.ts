// Outbound HTTP: one fetch for Graph, the directory and the storage of exports, through a proxy if one is set.
import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from 'undici';

export type { Response };

export interface ProxySettings {
  /** `http://proxy.example:3128`, with user and password if it requires them; null for none. */
  readonly proxy: string | null;
  /** Hosts that are reached directly, in the form of NO_PROXY: `10.0.0.5,.corp.example`. */
  readonly noProxy: string;
}

export type Fetch = (address: URL | string, request: RequestInit) => Promise<Response>;

export const DIRECT_CONNECTION: ProxySettings = { proxy: null, noProxy: '' };

/** Proxy variables of the environment are ignored here: settings decide. */
export function makeProxyFetch({ proxy, noProxy }: ProxySettings): Fetch {
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: proxy ?? '', httpsProxy: proxy ?? '', noProxy });
  return (address, request) => fetch(address, { ...request, dispatcher });
}
