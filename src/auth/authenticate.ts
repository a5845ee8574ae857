// The gate: from what a request carries to who asks, or to the challenge that tells a client how to ask.
import type { Clock } from '../base/clock.ts';
import { FeedError } from '../base/feed-error.ts';
import { findKey, looksLikeKey } from './api-key.ts';
import type { Caller } from './caller.ts';
import type { KeyFile } from './key-file.ts';
import type { Role, Roles } from './roles.ts';
import type { TokenClaims, VerifyToken } from './token-verifier.ts';

export interface AuthenticateOptions {
  readonly keyFile: KeyFile;
  /** Null where no directory is set: then tokens are refused. */
  readonly verifyToken: VerifyToken | null;
  readonly roles: Roles;
  /** The role of whoever comes without credentials; null where nobody may. */
  readonly anonymousRole: Role | null;
  /** Of readers who may read, and whose claims name no role. Null where one must be named. */
  readonly defaultRole: Role | null;
  /** Value of a `roles` or `groups` claim → role. */
  readonly rolesByClaim: ReadonlyMap<string, Role>;
  readonly clock: Clock;
}

/** What a request carries. Each at most once: which of two would count, a proxy in front might see otherwise. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** The header `X-Api-Key`. */
  readonly apiKey: string | undefined;
  /** The value of the query parameter, where a setting names one. */
  readonly parameter: string | undefined;
}

/** Throws `auth.required`, `auth.forbidden` for a token without the right, `feed.unavailable`. */
export type Authenticate = (credentials: Credentials) => Promise<Caller>;

/** Scopes and application permissions by which the vendor's feed is read, and so is this one. */
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
    // Nobody can be told from anybody here, as in a demo: scripts written for the hosted feed bring a token all the same.
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
        // Power BI asks with nothing after the word, to be told where to sign in.
        if (value === '') throw refusal('The token is missing.');
        return looksLikeKey(value) ? callerByKey(value) : await callerByToken(value);
      case 'basic':
        return callerByKey(passwordOf(value));
      default:
        throw refusal(`Credentials of the kind '${scheme.slice(0, 20)}' are not taken.`);
    }
  };
}

/** One header line each: clients read the first that they know. */
export function challengesOf(
  tenant: { readonly loginUrl: string; readonly tenantId: string } | null,
): readonly string[] {
  const basic = 'Basic realm="Fleetfeed", charset="UTF-8"';
  if (!tenant) return [basic];
  // As Power Query looks for it: docs/clients.md.
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
  // A user's token needs the scope even where a role is named: it says that the user lets this client read.
  const isAllowed = mayRead || (kind === 'app' && mapped.length > 0);
  if (!isAllowed) {
    const [permission, grantHint] = kind === 'app' ? ['app role', 'assign it to'] : ['scope', 'grant it to'];
    throw forbidden(
      `The token does not allow reading: it lacks the ${permission} ${READ_PERMISSIONS.join(' or ')}.`,
      `In the app registration of the feed, ${grantHint} the client; then sign in anew.`,
    );
  }
  const role =
    [...knownRoles.values()].find(({ name }) => mapped.some((each) => each.name === name)) ?? defaultRole;
  if (role) return role;
  throw forbidden('No role of this feed is yours.', 'Ask for an app role or a group that the feed knows.');
}

/** The name before the colon may be anything: the key says whose it is. */
function passwordOf(encoded: string): string {
  // Node would read past what is no base64, such as the comma between two credentials.
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
