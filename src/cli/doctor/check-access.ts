// Who is let in, and as what: the rule by which the feed starts, the keys in force, the directory that signs readers in.
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
  if (!allowsAnonymous(settings)) return [ok('access', 'Nobody reads without credentials.')];
  return anonymous === 'allow'
    ? [
        warn(
          'access',
          `Whoever reaches '${host}' reads everything (--anonymous allow).`,
          'Right only where something in front asks for credentials.',
        ),
      ]
    : [ok('access', 'Whoever is on this machine reads without credentials, and nobody else can reach it.')];
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
        `The key ${id} ('${label}') ends on ${new Date(ends).toISOString().slice(0, 10)}.`,
        "Make another with 'fleetfeed keys add'.",
      ),
    );
  return ending.length > 0 ? ending : [ok('API keys', `${inForce.length} in force.`)];
};

/** Asked as the gate asks, through the proxy if there is one. */
export const checkSignIn: Check = async (settings, clock) => {
  const { audiences, tenantId, publicUrl } = settings;
  if (audiences.length === 0) return [ok('sign-in', 'Not set up (--audiences); keys are taken.')];
  if (tenantId === null) return [];
  const tenant = `${cloudOf(settings).loginUrl}/${tenantId}`;
  const fetch = makeProxyFetch(settings);
  const results = await Promise.all(
    ['', '/v2.0'].map(async (version) => {
      const url = `${tenant}${version}/.well-known/openid-configuration`;
      try {
        const { issuer } = await openSigningKeys(url, clock, fetch).signer();
        return ok('sign-in', `The keys of ${issuer} are known.`);
      } catch (error) {
        const why = error instanceof Error ? error.message : '';
        return fail(
          'sign-in',
          `${url} gives no keys (${why}): nobody can sign in.`,
          'Check --tenant-id and the way there: --proxy and --no-proxy, or HTTPS_PROXY and NO_PROXY.',
        );
      }
    }),
  );
  // Power Query asks for a token that is for the scheme and host of the address that was pasted.
  const origin = publicUrl === null ? null : new URL(publicUrl).origin;
  if (origin === null || audiences.some((each) => each.replace(/\/$/, '') === origin)) return results;
  return [
    ...results,
    warn(
      'sign-in',
      `--audiences does not name ${origin}, for which Power BI and Excel ask tokens.`,
      'Make it an App ID URI of the app registration and an audience; scripts do without.',
    ),
  ];
};
