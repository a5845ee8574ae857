// Settings → the gate: with the roles there are, and the way to the directory that nights take, too.
import { makeProxyFetch } from '../../network/proxy-fetch.ts';
import { openAuthenticator, type Authenticator } from '../../auth/authenticator.ts';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../settings/settings.ts';
import { rolesOf } from './roles-of.ts';

/** Throws `setup.unsafe` and `setup.bad-setting`. */
export function authenticatorOf(settings: Settings, clock: Clock): Authenticator {
  return openAuthenticator(settings, { roles: rolesOf(settings), clock, fetch: makeProxyFetch(settings) });
}
