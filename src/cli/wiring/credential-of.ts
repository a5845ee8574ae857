// Settings → the credential for Microsoft Graph: exactly one kind, or an error that says what is missing or too much.
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

/** Each is enough by itself; an error about a missing one names the first. */
const CREDENTIAL_KINDS = [
  'clientSecret',
  'clientCertificate',
  'federatedTokenFile',
  'managedIdentity',
] as const satisfies readonly SettingName[];

/**
 * Throws `setup.bad-setting` where a setting is missing, where more than one kind is set, and where the data folder holds a
 * demo but the tenant is a real one.
 */
export function credentialOf(settings: CredentialSettings): Credential {
  if (isDemoFolder(settings.data) && settings.graphUrl === null) {
    throw new FeedError('setup.bad-setting', `The folder '${settings.data}' holds a demo.`, {
      target: '--data',
      hint: 'Choose another folder for your own tenant with --data.',
    });
  }
  const [kind = 'clientSecret', ...others] = CREDENTIAL_KINDS.filter((name) => settings[name] !== null);
  if (others.length > 0) {
    throw new FeedError(
      'setup.bad-setting',
      `More than one credential is set: ${[kind, ...others].map(variableOf).join(' and ')}.`,
      {
        hint: 'One is enough; remove the others.',
      },
    );
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
      'They belong to the app registration that reads your tenant; docs/install.md says how to make one, and what can be ' +
      'used instead of a secret. To serve without runs, use --schedule off.',
  });
}
