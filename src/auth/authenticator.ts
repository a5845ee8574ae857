// The authenticator that the settings describe: who may read, in which role, and the challenges for everybody else.
import { cloudOf, type CloudOptions } from '../base/clouds.ts';
import type { Clock } from '../base/clock.ts';
import { FeedError } from '../base/feed-error.ts';
import { challengesOf, makeAuthenticate, type Authenticate } from './authenticate.ts';
import { allowsAnonymous, refuseExposure, type Exposure } from './exposure.ts';
import { openKeyFile } from './key-file.ts';
import { roleNamed, type Role, type Roles } from './roles.ts';
import type { Fetch } from './signing-keys.ts';
import { makeTokenVerifier, type SignInSettings } from './token-verifier.ts';

export interface AuthenticatorSettings extends Exposure, CloudOptions {
  readonly data: string;
  readonly tenantId: string | null;
  readonly audiences: readonly string[];
  /** A role's name, or `none`. */
  readonly usualRole: string;
  /** `claim=role`. */
  readonly roleClaims: readonly string[];
  readonly tlsCert: string | null;
}

export interface AuthenticatorDependencies {
  readonly roles: Roles;
  readonly clock: Clock;
  /** Reaches the directory. */
  readonly fetch: Fetch;
}

export interface Authenticator {
  readonly authenticate: Authenticate;
  /** Lines of `WWW-Authenticate`. */
  readonly challenges: readonly string[];
  /** Whether callers without credentials are accepted. */
  readonly allowsAnonymous: boolean;
}

/** Throws `setup.unsafe` and `setup.bad-setting`. */
export function openAuthenticator(
  settings: AuthenticatorSettings,
  { roles, clock, fetch }: AuthenticatorDependencies,
): Authenticator {
  const keyFile = openKeyFile(settings.data);
  const signIn = signInOf(settings);
  refuseExposure(settings, {
    tls: settings.tlsCert !== null,
    canAuthenticate: signIn !== null || keyFile.keys().length > 0,
  });
  const authenticate = makeAuthenticate({
    keyFile,
    verifyToken: signIn && makeTokenVerifier(signIn, clock, fetch),
    roles,
    anonymousRole: allowsAnonymous(settings) ? roleNamed(roles, 'analyst', '--roles') : null,
    defaultRole: settings.usualRole === 'none' ? null : roleNamed(roles, settings.usualRole, '--usual-role'),
    rolesByClaim: new Map(settings.roleClaims.map((written) => claimOf(written, roles))),
    clock,
  });
  return { authenticate, challenges: challengesOf(signIn), allowsAnonymous: allowsAnonymous(settings) };
}

function signInOf(settings: AuthenticatorSettings): SignInSettings | null {
  const { audiences, tenantId } = settings;
  if (audiences.length === 0) return null;
  if (tenantId !== null) return { tenantId, loginUrl: cloudOf(settings).loginUrl, audiences };
  throw new FeedError('setup.bad-setting', 'Sign-in needs to know the tenant.', {
    target: '--audiences',
    hint: 'Set --tenant-id to the directory (tenant) ID.',
  });
}

function claimOf(written: string, roles: Roles): readonly [string, Role] {
  const equals = written.lastIndexOf('=');
  if (equals > 0)
    return [written.slice(0, equals), roleNamed(roles, written.slice(equals + 1), '--role-claims')];
  throw new FeedError('setup.bad-setting', `'${written}' names no role.`, {
    target: '--role-claims',
    hint: 'Write app role or group id, an equals sign and a role: Fleet.Analyst=analyst.',
  });
}
