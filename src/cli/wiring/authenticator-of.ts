// Settings → the authenticator, with the roles there are and the way to the directory that runs take, too.
import { makeProxyFetch, type ProxySettings } from '../../network/proxy-fetch.ts';
import {
  openAuthenticator,
  type Authenticator,
  type AuthenticatorSettings,
} from '../../auth/authenticator.ts';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../settings/settings.ts';
import { rolesOf } from './roles-of.ts';

type Needed = Omit<AuthenticatorSettings, 'graphUrl'> & ProxySettings & Pick<Settings, 'roles'>;

/** Throws `setup.unsafe` and `setup.bad-setting`. */
export function authenticatorOf(settings: Needed, clock: Clock): Authenticator {
  const dependencies = { roles: rolesOf(settings), clock, fetch: makeProxyFetch(settings) };
  // Graph itself is not asked.
  return openAuthenticator({ ...settings, graphUrl: null }, dependencies);
}
