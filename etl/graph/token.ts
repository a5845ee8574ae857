// The token for Graph: the client credential flow, kept and renewed by MSAL.
import { AuthError, ConfidentialClientApplication, ServerError } from '@azure/msal-node';
import { FeedError } from '../../src/base/feed-error.ts';

export interface Credential {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the cloud, e.g. `https://login.microsoftonline.com`; plain HTTP only on loopback. */
  readonly loginUrl: string;
  /** Of the cloud, e.g. `https://graph.microsoft.com`: the resource that the token is for. */
  readonly graphUrl: string;
}

export interface TokenSource {
  /**
   * A token that is good for some minutes; from memory where possible.
   * Throws FeedError `feed.source-refused` when the directory rejects the credential, else `feed.source-unavailable`.
   */
  accessToken(): Promise<string>;
  /** A new token, although the one in memory looks good: Graph did not take it. Throws like `accessToken`. */
  renewedToken(): Promise<string>;
}

export function makeTokenSource(credential: Credential): TokenSource {
  const { tenantId, clientId, clientSecret, loginUrl, graphUrl } = credential;
  const application = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, ...authorityOf(loginUrl, tenantId) },
  });
  const scopes = [`${withoutSlash(graphUrl)}/.default`];
  const acquire = async (skipCache: boolean): Promise<string> => {
    const result = await application
      .acquireTokenByClientCredential({ scopes, skipCache })
      .catch((error: unknown) => {
        throw explain(error, credential);
      });
    if (!result) throw explain(null, credential);
    return result.accessToken;
  };
  return { accessToken: () => acquire(false), renewedToken: () => acquire(true) };
}

interface Authority {
  readonly authority: string;
  readonly knownAuthorities?: string[];
  readonly authorityMetadata?: string;
}

/** MSAL knows the clouds by itself. A directory on loopback is described to it, since MSAL insists on an https authority. */
function authorityOf(loginUrl: string, tenantId: string): Authority {
  const { protocol, host, hostname } = new URL(loginUrl);
  if (protocol !== 'http:') return { authority: `${withoutSlash(loginUrl)}/${tenantId}` };
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new FeedError(
      'setup.unsafe',
      `The login address '${loginUrl}' would send the client secret in the clear.`,
      { hint: 'Use https; plain http is for loopback only.' },
    );
  }
  const tenant = `${withoutSlash(loginUrl)}/${tenantId}`;
  return {
    authority: `https://${host}/${tenantId}`,
    knownAuthorities: [host],
    authorityMetadata: JSON.stringify({
      issuer: `${tenant}/v2.0`,
      authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${tenant}/oauth2/v2.0/token`,
      jwks_uri: `${tenant}/discovery/v2.0/keys`,
    }),
  };
}

// What MSAL throws is written for its authors; the admin needs to know whose turn it is. Its text may quote the request and stays out.
function explain(error: unknown, { tenantId, clientId, loginUrl }: Credential): FeedError {
  const status = error instanceof ServerError ? (error.status ?? 0) : 0;
  // Not always the text that its type promises: a proxy's answer may put anything there.
  const word: unknown = error instanceof AuthError ? error.errorCode : '';
  const code = typeof word === 'string' ? word : '';
  if (status >= 400 && status < 500 && status !== 429) {
    return new FeedError(
      'feed.source-refused',
      `The directory refused a token for client '${clientId}' in tenant '${tenantId}'${code === '' ? '' : ` (${code})`}.`,
      {
        hint: 'Check tenant id, client id and client secret, and that the secret has not expired.',
        cause: error,
      },
    );
  }
  return new FeedError(
    'feed.source-unavailable',
    `The directory at ${loginUrl} gave no token${code === '' ? '' : ` (${code})`}.`,
    { cause: error },
  );
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
