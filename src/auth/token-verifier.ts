// Verifies bearer tokens of Microsoft Entra: signature, audience, tenant, validity, and the permissions they carry.
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '../base/clock.ts';
import { FeedError } from '../base/feed-error.ts';
import { openSigningKeys, type Fetch, type Signer, type SigningKeys } from './signing-keys.ts';

export interface SignInSettings {
  /** Directory (tenant) id: tokens of another tenant are refused. */
  readonly tenantId: string;
  /** The cloud's, e.g. `https://login.microsoftonline.com`. */
  readonly loginUrl: string;
  /** Accepted audiences: the client id of the app registration and its App ID URIs. */
  readonly audiences: readonly string[];
}

/** What a verified token says, without names and addresses. */
export interface TokenClaims {
  readonly kind: 'user' | 'app';
  /** Object id of the user, or client id of the app. */
  readonly id: string;
  /** Delegated scopes of a user's token, application permissions and app roles, and groups, as the token has them. */
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** Throws `auth.required` for an invalid token, and `feed.unavailable` while no key of the directory could be fetched. */
export type VerifyToken = (token: string) => Promise<TokenClaims>;

// Microsoft's own libraries tolerate as much.
const SKEW_SECONDS = 300;

export function makeTokenVerifier(
  { tenantId, loginUrl, audiences }: SignInSettings,
  clock: Clock,
  fetch: Fetch,
): VerifyToken {
  const tenant = `${loginUrl}/${tenantId}`;
  const directories = new Map<string, SigningKeys>([
    ['1.0', openSigningKeys(`${tenant}/.well-known/openid-configuration`, clock, fetch)],
    ['2.0', openSigningKeys(`${tenant}/v2.0/.well-known/openid-configuration`, clock, fetch)],
  ]);

  const verifySignature = async (token: string, { issuer, keys }: Signer): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: audiences.flatMap(spellings),
      // Not `none`, and no algorithm with a shared secret: an attacker could use the public key as the secret.
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'nbf', 'tid'],
      clockTolerance: SKEW_SECONDS,
      currentDate: clock.now(),
    });
    return payload;
  };

  return async (token) => {
    // Read before the signature is verified, to find the keys: a false version leads to keys or an issuer that do not match.
    const directory = directories.get(versionOf(token));
    if (!directory) throw refusal('it is of no version that Microsoft Entra issues');
    const payload = await checkWithNewKeys(token, directory, verifySignature);
    if (payload['tid'] !== tenantId) throw refusal('it is of another tenant');
    return claimsOf(payload);
  };
}

/** An App ID URI may end in a slash in the registration, in the token, or in both. */
function spellings(audience: string): readonly string[] {
  const bare = audience.replace(/\/$/, '');
  return [bare, `${bare}/`];
}

async function checkWithNewKeys(
  token: string,
  directory: SigningKeys,
  check: (token: string, signer: Signer) => Promise<JWTPayload>,
): Promise<JWTPayload> {
  for (const unknownKey of [false, true]) {
    const signer = await directory.signer(unknownKey).catch((cause: unknown) => {
      throw new FeedError('feed.unavailable', 'The directory that signs readers in cannot be reached.', {
        hint: 'Try again in a minute.',
        cause,
      });
    });
    try {
      return await check(token, signer);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && !unknownKey) continue;
      throw refusal(reasonOf(error), error);
    }
  }
  throw refusal('the directory does not know its key');
}

function versionOf(token: string): string {
  try {
    const { ver } = decodeJwt(token);
    return typeof ver === 'string' ? ver : '';
  } catch (error) {
    throw refusal('it cannot be read', error);
  }
}

function claimsOf(payload: JWTPayload): TokenClaims {
  const scp = payload['scp'];
  const scopes = typeof scp === 'string' ? scp.split(' ').filter((each) => each !== '') : [];
  const isApp = typeof scp !== 'string';
  const id = isApp ? (payload['appid'] ?? payload['azp']) : payload['oid'];
  if (typeof id !== 'string' || id === '') throw refusal('it does not say whose it is');
  return {
    kind: isApp ? 'app' : 'user',
    id,
    scopes,
    roles: stringsOf(payload['roles']),
    groups: stringsOf(payload['groups']),
  };
}

function stringsOf(claim: unknown): readonly string[] {
  return Array.isArray(claim) ? claim.filter((each) => typeof each === 'string') : [];
}

const CLAIM_REASONS: ReadonlyMap<string, string> = new Map([
  ['aud', 'it is for another service'],
  ['iss', 'another directory issued it'],
  ['nbf', 'it is not yet valid'],
]);

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return CLAIM_REASONS.get(error.claim) ?? `its claim '${error.claim}' does not hold`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it is not signed as Microsoft Entra signs';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature does not hold';
  if (error instanceof errors.JWKSNoMatchingKey) return 'the directory does not know its key';
  return 'it cannot be read';
}

function refusal(why: string, cause?: unknown): FeedError {
  return new FeedError('auth.required', `The token was refused: ${why}.`, {
    target: 'Authorization',
    hint: 'Sign in again.',
    cause,
  });
}
