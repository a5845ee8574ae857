// The way out: one fetch for Graph, the directory and the storage of exports, through a proxy where there is one.
import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from 'undici';

export type { Response };

export interface ProxySettings {
  /** `http://proxy.example:3128`, with a user and password where it wants them; null for none. */
  readonly proxy: string | null;
  /** Hosts that are reached without it, as NO_PROXY has them: `10.0.0.5,.corp.example`. */
  readonly noProxy: string;
}

export type Fetch = (address: URL | string, request: RequestInit) => Promise<Response>;

export const DIRECT_CONNECTION: ProxySettings = { proxy: null, noProxy: '' };

/** What the process's own environment says of proxies counts nothing here: settings do. */
export function makeProxyFetch({ proxy, noProxy }: ProxySettings): Fetch {
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: proxy ?? '', httpsProxy: proxy ?? '', noProxy });
  return (address, request) => fetch(address, { ...request, dispatcher });
}
