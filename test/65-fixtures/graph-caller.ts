// A client of the emulator for tests: it signs in, sends requests and follows pages.
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import type { GraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';

/** Of any shape: the assertions say which. */
export type Json = ReturnType<typeof JSON.parse>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed, or null where the body is no JSON. */
  readonly json: Json;
}

export interface Caller {
  readonly get: (address: string, headers?: Record<string, string>) => Promise<Reply>;
  readonly send: (method: string, address: string, body: unknown) => Promise<Reply>;
  /** All rows of all pages, and how many pages there were. */
  readonly walk: (address: string) => Promise<{ readonly rows: Json[]; readonly pages: number }>;
}

export function signIn(emulator: GraphEmulator, fields: Record<string, string> = {}): Promise<Reply> {
  const { tenantId, clientId, clientSecret } = DEMO_CREDENTIALS;
  return replyTo(`${emulator.url}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${emulator.url}/.default`,
      ...fields,
    }),
  });
}

export async function callerOf(emulator: GraphEmulator): Promise<Caller> {
  const { json } = await signIn(emulator);
  const authorization = `Bearer ${String(json.access_token)}`;
  const whole = (address: string): string => (address.startsWith('http') ? address : emulator.url + address);
  const get: Caller['get'] = (address, headers = {}) =>
    replyTo(whole(address), { headers: { authorization, ...headers } });
  return {
    get,
    send: (method, address, body) =>
      replyTo(whole(address), {
        method,
        headers: { authorization, 'Content-Type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    walk: async (address) => {
      const rows: unknown[] = [];
      let pages = 0;
      for (let next: string | undefined = address; next !== undefined; pages++) {
        const { json: page } = await get(next);
        rows.push(...page.value);
        next = page['@odata.nextLink'];
      }
      return { rows, pages };
    },
  };
}

async function replyTo(url: string, request: RequestInit): Promise<Reply> {
  const response = await fetch(url, request);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
