// The access token for Graph, cached and renewed by MSAL. Concurrent callers share one request.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  AuthError,
  ConfidentialClientApplication,
  ManagedIdentityApplication,
  ServerError,
  type AuthenticationResult,
  type Configuration,
  type INetworkModule,
  type NetworkRequestOptions,
} from '@azure/msal-node';
import { unreadableReason } from '../../../src/base/read-regular-file.ts';
import { FeedError } from '../../../src/base/feed-error.ts';
import type { CertificateCredential, Credential, ManagedIdentityCredential } from './credential.ts';
import { makeProxyFetch, DIRECT_CONNECTION, type Fetch } from '../../../src/network/proxy-fetch.ts';

export interface TokenSource {
  /**
   * A token that is valid for some minutes, from the cache if possible.
   * Throws FeedError `feed.source-refused` when the directory rejects the credential, else `feed.source-unavailable`.
   */
  accessToken(): Promise<string>;
  /**
   * A new token in place of one that Graph rejected before it expired; `claims` are those that Graph wants in it. All
   * callers with the same rejected token get the same new one. Throws like `accessToken`.
   */
  renewToken(rejectedToken: string, claims?: string | null): Promise<string>;
}

/** A request that bypasses the cache. */
interface TokenRenewal {
  readonly claims: string | null;
}

type Acquire = (renewal: TokenRenewal | null) => Promise<AuthenticationResult | null>;

/** Throws FeedError `setup.bad-setting` for an invalid certificate, and `setup.unsafe` for a directory without https. */
export function makeTokenSource(
  credential: Credential,
  fetch: Fetch = makeProxyFetch(DIRECT_CONNECTION),
): TokenSource {
  const acquire =
    'managedIdentity' in credential ? acquireAsManagedIdentity(credential) : acquireAsApp(credential, fetch);
  let current = '';
  let pending: Promise<string> | null = null;
  let renewing: Promise<string> | null = null;
  const acquireToken = async (renewal: TokenRenewal | null): Promise<string> => {
    const result = await acquire(renewal).catch((error: unknown) => {
      throw tokenError(error, credential);
    });
    if (!result) throw tokenError(null, credential);
    return (current = result.accessToken);
  };
  return {
    accessToken: () => renewing ?? (pending ??= acquireToken(null).finally(() => (pending = null))),
    renewToken: async (rejectedToken, claims = null) => {
      if (current !== '' && current !== rejectedToken) return current;
      return (renewing ??= acquireToken({ claims }).finally(() => (renewing = null)));
    },
  };
}

/** Declares that we handle claims challenges, by which Graph revokes a token before it expires. */
const CAPABILITIES = ['cp1'];

function acquireAsApp(credential: Exclude<Credential, ManagedIdentityCredential>, fetch: Fetch): Acquire {
  const { clientId, tenantId, loginUrl, graphUrl } = credential;
  const application = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientCapabilities: CAPABILITIES,
      ...authorityOptions(loginUrl, tenantId),
      ...clientAuthentication(credential),
    },
    system: { networkClient: msalNetwork(fetch) },
  });
  const scopes = [`${withoutTrailingSlash(graphUrl)}/.default`];
  return (renewal) =>
    application.acquireTokenByClientCredential({
      scopes,
      skipCache: renewal !== null,
      ...claimsOption(renewal),
    });
}

function claimsOption(renewal: TokenRenewal | null): { readonly claims?: string } {
  const claims = renewal?.claims ?? null;
  return claims === null ? {} : { claims };
}

type ClientAuthentication = Pick<
  Configuration['auth'],
  'clientSecret' | 'clientCertificate' | 'clientAssertion'
>;

function clientAuthentication(
  credential: Exclude<Credential, ManagedIdentityCredential>,
): ClientAuthentication {
  if ('clientSecret' in credential) return { clientSecret: credential.clientSecret };
  if ('certificate' in credential) return { clientCertificate: clientCertificate(credential) };
  const { assertionFile } = credential;
  // Read each time, since the platform may replace it during a run.
  return {
    clientAssertion: () =>
      readFile(assertionFile, 'utf8').then(
        (token) => token.trim(),
        (cause: unknown) => {
          throw new FeedError(
            'feed.source-unavailable',
            `The federated token in '${assertionFile}' ${unreadableReason(cause)}.`,
            { cause },
          );
        },
      ),
  };
}

function clientCertificate({ certificate, password, sendCertificateChain }: CertificateCredential) {
  try {
    const key = createPrivateKey({ key: certificate, ...(password !== null && { passphrase: password }) });
    return {
      thumbprintSha256: new X509Certificate(certificate).fingerprint256.replaceAll(':', ''),
      privateKey: String(key.export({ type: 'pkcs8', format: 'pem' })),
      ...(sendCertificateChain && { x5c: certificate.match(CERTIFICATE_PATTERN)?.join('\n') ?? '' }),
    };
  } catch (cause) {
    throw new FeedError('setup.bad-setting', 'The certificate of the app cannot be used.', {
      hint: 'It must be PEM, with both the certificate and its private key, and the password where that is encrypted.',
      cause,
    });
  }
}

const CERTIFICATE_PATTERN = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function acquireAsManagedIdentity({ managedIdentity, graphUrl }: ManagedIdentityCredential): Acquire {
  const application = new ManagedIdentityApplication({
    clientCapabilities: CAPABILITIES,
    ...(managedIdentity !== 'system' && {
      managedIdentityIdParams: { userAssignedClientId: managedIdentity },
    }),
    // The machine's own endpoint is never behind a proxy. Retries are made by the Graph client.
    system: { networkClient: msalNetwork(makeProxyFetch(DIRECT_CONNECTION)), disableInternalRetries: true },
  });
  const resource = withoutTrailingSlash(graphUrl);
  return (renewal) =>
    application.acquireToken({
      resource,
      forceRefresh: renewal !== null,
      ...claimsOption(renewal),
    });
}

const TOKEN_TIMEOUT_MS = 30_000;

/** MSAL's own network module does not support a proxy. MSAL checks the shape of the body itself. */
function msalNetwork(fetch: Fetch): INetworkModule {
  const sendAs =
    (method: string) =>
    async (url: string, { headers, body }: NetworkRequestOptions = {}) => {
      const response = await fetch(url, {
        method,
        headers: headers ?? {},
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: (await response.json()) as never,
      };
    };
  return { sendGetRequestAsync: sendAs('GET'), sendPostRequestAsync: sendAs('POST') };
}

interface Authority {
  readonly authority: string;
  readonly knownAuthorities?: string[];
  readonly authorityMetadata?: string;
}

/** MSAL knows Microsoft's clouds. A directory on loopback needs its metadata here, since MSAL accepts https only. */
function authorityOptions(loginUrl: string, tenantId: string): Authority {
  const { protocol, host, hostname } = new URL(loginUrl);
  if (protocol !== 'http:') return { authority: `${withoutTrailingSlash(loginUrl)}/${tenantId}` };
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new FeedError(
      'setup.unsafe',
      `The login address '${loginUrl}' would send the client secret in the clear.`,
      { hint: 'Use https; plain http is for loopback only.' },
    );
  }
  const tenant = `${withoutTrailingSlash(loginUrl)}/${tenantId}`;
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

// MSAL's messages are written for developers and may quote the request, so they are replaced by what the admin can do.
function tokenError(error: unknown, credential: Credential): FeedError {
  if (error instanceof FeedError) return error;
  const status = error instanceof ServerError ? (error.status ?? 0) : 0;
  // Its type says string, but the response of a proxy can put anything there.
  const msalCode: unknown = error instanceof AuthError ? error.errorCode : '';
  const code = typeof msalCode === 'string' && msalCode !== '' ? ` (${msalCode})` : '';
  const [issuer, app, hint] =
    'managedIdentity' in credential
      ? [
          'This machine',
          `the managed identity '${credential.managedIdentity}'`,
          'Check that the identity is assigned to this machine.',
        ]
      : [
          `The directory at ${credential.loginUrl}`,
          `client '${credential.clientId}' in tenant '${credential.tenantId}'`,
          `Check tenant id, client id and ${credentialName(credential)}, and that it has not expired.`,
        ];
  if (status >= 400 && status < 500 && status !== 429) {
    return new FeedError('feed.source-refused', `${issuer} refused a token for ${app}${code}.`, {
      hint,
      cause: error,
    });
  }
  return new FeedError('feed.source-unavailable', `${issuer} gave no token${code}.`, { cause: error });
}

function credentialName(credential: Credential): string {
  if ('certificate' in credential) return 'certificate';
  return 'assertionFile' in credential ? 'federated token' : 'client secret';
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
