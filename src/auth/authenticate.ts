// The credentials of a request → its caller, or the challenge that tells the client how to authenticate.
import type { Clock } from '../base/clock.ts';
import { FeedError } from '../base/feed-error.ts';
import { findKey, looksLikeKey } from './api-key.ts';
import type { Caller } from './caller.ts';
import type { KeyFile } from './key-file.ts';
import type { Role, Roles } from './roles.ts';
import type { TokenClaims, VerifyToken } from './token-verifier.ts';

export interface AuthenticateOptions {
  readonly keyFile: KeyFile;
  /** Null where no directory is configured: then tokens are refused. */
  readonly verifyToken: VerifyToken | null;
  readonly roles: Roles;
  /** The role of anonymous callers; null where they are refused. */
  readonly anonymousRole: Role | null;
  /** The role of callers whose claims name none. Null where a claim must name one. */
  readonly defaultRole: Role | null;
  /** Value of a `roles` or `groups` claim → role. */
  readonly rolesByClaim: ReadonlyMap<string, Role>;
  readonly clock: Clock;
}

/** What a request carries, each at most once: of two, a proxy in front might choose the other one. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** The header `X-Api-Key`. */
  readonly apiKey: string | undefined;
  /** The value of the query parameter for keys, if a setting names one. */
  readonly parameter: string | undefined;
}

/** Throws `auth.required`, `auth.forbidden` for a token without the permission, `feed.unavailable`. */
export type Authenticate = (credentials: Credentials) => Promise<Caller>;

/** The scopes and application permissions that allow reading, the same as for the vendor's feed. */
const READ_PERMISSIONS = ['get_data_warehouse', 'user_impersonation'];

export function makeAuthenticate({
  keyFile,
  verifyToken,
  clock,
  ...options
}: AuthenticateOptions): Authenticate {
  const callerByKey = (text: string): Caller => {
    const stored = findKey(text, keyFile.keys(), clock.now());
    if (!stored) throw refusal('The key is not known, has expired or was revoked.');
    const role = options.roles.get(stored.role);
    if (!role)
      throw forbidden(
        `The key is for the role '${stored.role}', which is no longer there.`,
        'Ask for a new key.',
      );
    return { kind: 'key', id: `key:${stored.id}`, role };
  };
  const callerByToken = async (token: string): Promise<Caller> => {
    if (!verifyToken) throw refusal('This feed takes no tokens of a directory.');
    const claims = await verifyToken(token);
    return { kind: claims.kind, id: `${claims.kind}:${claims.id}`, role: roleOf(claims, options) };
  };

  const anonymousCaller: Caller | null = options.anonymousRole && {
    kind: 'anonymous',
    id: 'anonymous',
    role: options.anonymousRole,
  };
  return async ({ authorization, apiKey, parameter }) => {
    // Without keys and directory nobody can be identified, as in a demo. Scripts written for the hosted feed send a token anyway.
    if (anonymousCaller && !verifyToken && keyFile.keys().length === 0) return anonymousCaller;
    const given = [authorization, apiKey, parameter].filter((each) => each !== undefined);
    if (given.length > 1) throw refusal('The request carries more than one credential.');
    const key = apiKey ?? parameter;
    if (key !== undefined) return callerByKey(key);
    if (authorization === undefined) {
      if (anonymousCaller) return anonymousCaller;
      throw refusal('This feed is read with credentials.');
    }
    const [scheme = '', ...rest] = authorization.trim().split(/ +/);
    const value = rest.join(' ');
    switch (scheme.toLowerCase()) {
      case 'bearer':
        // Power BI sends the bare word to learn where to sign in.
        if (value === '') throw refusal('The token is missing.');
        return looksLikeKey(value) ? callerByKey(value) : await callerByToken(value);
      case 'basic':
        return callerByKey(passwordOf(value));
      default:
        throw refusal(`Credentials of the kind '${scheme.slice(0, 20)}' are not taken.`);
    }
  };
}

/** One header line each: clients read the first one that they support. */
export function challengesOf(
  tenant: { readonly loginUrl: string; readonly tenantId: string } | null,
): readonly string[] {
  const basic = 'Basic realm="Fleetfeed", charset="UTF-8"';
  if (!tenant) return [basic];
  // Power Query looks for the address in this form: docs/clients.md.
  return [`Bearer authorization_uri="${tenant.loginUrl}/${tenant.tenantId}/oauth2/authorize"`, basic];
}

function roleOf(
  { kind, scopes, roles, groups }: TokenClaims,
  {
    roles: knownRoles,
    defaultRole,
    rolesByClaim,
  }: Pick<AuthenticateOptions, 'roles' | 'defaultRole' | 'rolesByClaim'>,
): Role {
  const mapped = [...roles, ...groups]
    .map((claim) => rolesByClaim.get(claim))
    .filter((role) => role !== undefined);
  const mayRead = (kind === 'app' ? roles : scopes).some((permission) =>
    READ_PERMISSIONS.includes(permission),
  );
  // A user's token needs the scope even where it names a role: the scope says that the user lets this client read.
  const isAllowed = mayRead || (kind === 'app' && mapped.length > 0);
  if (!isAllowed) {
    const [permission, grantHint] = kind === 'app' ? ['app role', 'assign it to'] : ['scope', 'grant it to'];
    throw forbidden(
      `The token does not allow reading: it lacks the ${permission} ${READ_PERMISSIONS.join(' or ')}.`,
      `In the app registration of the feed, ${grantHint} the client; then sign in again.`,
    );
  }
  const role =
    [...knownRoles.values()].find(({ name }) => mapped.some((each) => each.name === name)) ?? defaultRole;
  if (role) return role;
  throw forbidden(
    'You have no role in this feed.',
    'Ask for an app role or a group that the feed maps to one.',
  );
}

/** The user name before the colon may be anything: the key identifies its owner. */
function passwordOf(encoded: string): string {
  // Node would skip characters that are not base64, such as the comma between two credentials.
  if (!/^[\w+/-]*={0,2}$/.test(encoded)) return '';
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(colon + 1);
}

function forbidden(message: string, hint: string): FeedError {
  return new FeedError('auth.forbidden', message, { target: 'Authorization', hint });
}

function refusal(message: string): FeedError {
  return new FeedError('auth.required', message, {
    target: 'Authorization',
    hint: 'Sign in with your organizational account, or give an API key as password or as X-Api-Key.',
  });
}
