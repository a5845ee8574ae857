// Who can read: the rule for anonymous callers, the API keys in force, and the directory that signs readers in.
import { makeProxyFetch } from '../../network/proxy-fetch.ts';
import { allowsAnonymous } from '../../auth/exposure.ts';
import { openKeyFile } from '../../auth/key-file.ts';
import { openSigningKeys } from '../../auth/signing-keys.ts';
import { cloudOf } from '../../base/clouds.ts';
import { authenticatorOf } from '../wiring/authenticator-of.ts';
import { fail, ok, warn, type Check } from './check-result.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

export const checkExposure: Check = (settings, clock) => {
  authenticatorOf(settings, clock);
  const { anonymous, host } = settings;
  if (!allowsAnonymous(settings)) return [ok('access', 'Reading takes credentials.')];
  return anonymous === 'allow'
    ? [
        warn(
          'access',
          `Anyone who reaches '${host}' can read everything (--anonymous allow).`,
          'This is right only if a proxy in front asks for credentials.',
        ),
      ]
    : [ok('access', 'Programs on this machine read without credentials; others cannot reach the port.')];
};

export const checkKeys: Check = ({ data }, clock) => {
  const now = clock.now().getTime();
  const inForce = openKeyFile(data)
    .keys()
    .filter(({ revokedAt }) => revokedAt === null)
    .map(({ id, label, expiresAt }) => ({
      id,
      label,
      ends: expiresAt === null ? Infinity : Date.parse(expiresAt),
    }))
    .filter(({ ends }) => ends > now);
  const ending = inForce
    .filter(({ ends }) => ends < now + SOON_DAYS * DAY_MS)
    .map(({ id, label, ends }) =>
      warn(
        'API keys',
        `The key ${id} ('${label}') expires on ${new Date(ends).toISOString().slice(0, 10)}.`,
        "Make another with 'fleetfeed keys add'.",
      ),
    );
  return ending.length > 0 ? ending : [ok('API keys', `${inForce.length} in force.`)];
};

/** Reads the signing keys as the authenticator does, through the proxy if there is one. */
export const checkSignIn: Check = async (settings, clock) => {
  const { audiences, tenantId, publicUrl } = settings;
  if (audiences.length === 0) return [ok('sign-in', 'Not set up (--audiences); API keys are accepted.')];
  if (tenantId === null) return [];
  const tenant = `${cloudOf(settings).loginUrl}/${tenantId}`;
  const fetch = makeProxyFetch(settings);
  const results = await Promise.all(
    ['', '/v2.0'].map(async (version) => {
      const url = `${tenant}${version}/.well-known/openid-configuration`;
      try {
        const { issuer } = await openSigningKeys(url, clock, fetch).signer();
        return ok('sign-in', `The signing keys of ${issuer} can be read.`);
      } catch (error) {
        const why = error instanceof Error ? error.message : '';
        return fail(
          'sign-in',
          `${url} gives no signing keys (${why}): nobody can sign in.`,
          'Check --tenant-id and the proxy: FLEETFEED_PROXY and --no-proxy, or HTTPS_PROXY and NO_PROXY.',
        );
      }
    }),
  );
  // Power Query asks for a token whose audience is the scheme and host of the address that was pasted.
  const origin = publicUrl === null ? null : new URL(publicUrl).origin;
  if (origin === null || audiences.some((each) => each.replace(/\/$/, '') === origin)) return results;
  return [
    ...results,
    warn(
      'sign-in',
      `--audiences does not name ${origin}, the audience that Power BI and Excel ask tokens for.`,
      'Make it an App ID URI of the app registration and add it to --audiences; scripts do not need it.',
    ),
  ];
};
