// Settings → who reads the tenant: exactly one way to prove it, or a sentence about what is missing or too much.
import type { Credential } from '../../../etl/graph/sign-in/credential.ts';
import { cloudOf } from '../../base/clouds.ts';
import { FeedError } from '../../base/feed-error.ts';
import { variableOf, type SettingName, type Settings } from '../../settings/settings.ts';
import { isDemoFolder } from './demo-tenant.ts';

export const CREDENTIAL_SETTINGS = [
  'tenantId',
  'clientId',
  'clientSecret',
  'clientCertificate',
  'clientCertificatePassword',
  'clientCertificateChain',
  'federatedTokenFile',
  'managedIdentity',
  'cloud',
  'graphUrl',
  'loginUrl',
] as const satisfies readonly SettingName[];

type CredentialSettings = Pick<Settings, (typeof CREDENTIAL_SETTINGS)[number] | 'data'>;

/** Each proves who reads the tenant by itself; the first is the usual one. */
const CREDENTIAL_KINDS = [
  'clientSecret',
  'clientCertificate',
  'federatedTokenFile',
  'managedIdentity',
] as const satisfies readonly SettingName[];

/**
 * Throws `setup.bad-setting` naming what is not set or set besides, and where a demo's folder would get nights of another
 * tenant.
 */
export function credentialOf(settings: CredentialSettings): Credential {
  if (isDemoFolder(settings.data) && settings.graphUrl === null) {
    throw new FeedError('setup.bad-setting', `The folder '${settings.data}' holds a demo.`, {
      target: '--data',
      hint: 'Choose another with --data for your own tenant.',
    });
  }
  const [kind = 'clientSecret', ...others] = CREDENTIAL_KINDS.filter((name) => settings[name] !== null);
  if (others.length > 0) {
    throw new FeedError('setup.bad-setting', `Set are ${[kind, ...others].map(variableOf).join(' and ')}.`, {
      hint: 'One of them proves who reads the tenant; leave the others out.',
    });
  }
  const cloud = cloudOf(settings);
  const { tenantId, clientId, clientSecret, clientCertificate, federatedTokenFile, managedIdentity } =
    settings;
  if (managedIdentity !== null) return { ...cloud, managedIdentity };
  if (tenantId !== null && clientId !== null) {
    const app = { ...cloud, tenantId, clientId };
    if (clientSecret !== null) return { ...app, clientSecret };
    if (federatedTokenFile !== null) return { ...app, assertionFile: federatedTokenFile };
    if (clientCertificate !== null) {
      const { clientCertificatePassword: password, clientCertificateChain: certificateChain } = settings;
      return {
        ...app,
        certificate: clientCertificate,
        password,
        sendCertificateChain: certificateChain === 'on',
      };
    }
  }
  const missing = (['tenantId', 'clientId', kind] as const).filter((name) => settings[name] === null);
  throw new FeedError('setup.bad-setting', `Not set: ${missing.map(variableOf).join(', ')}.`, {
    hint:
      'They name the app registration that reads your tenant; docs/install.md says how to make one, and what can be ' +
      'used instead of a secret. A feed without runs of its own is served with --schedule off.',
  });
}
