// Who reads the tenant, and how the app proves to the directory that it is the one.
import type { Cloud } from '../../../src/base/clouds.ts';

/** An app registration; the ids are those of its page in the directory. */
interface AppIdentity extends Cloud {
  readonly tenantId: string;
  readonly clientId: string;
}

export interface SecretCredential extends AppIdentity {
  readonly clientSecret: string;
}

export interface CertificateCredential extends AppIdentity {
  /** PEM: the certificate, what stands above it in its chain, and the private key, in any order. */
  readonly certificate: string;
  /** Of an encrypted private key. */
  readonly password: string | null;
  /** Whether the directory is shown the certificates, which it needs where it trusts a name and an issuer. */
  readonly sendCertificateChain: boolean;
}

/** The app trusts what another platform says of us; the platform keeps its word in a file, fresh. */
export interface FederatedCredential extends AppIdentity {
  readonly assertionFile: string;
}

/** Of the machine in Azure that this runs on: nothing to keep, nothing to renew. */
export interface ManagedIdentityCredential extends Cloud {
  /** `system`, or the client id of an identity that was assigned to the machine. */
  readonly managedIdentity: string;
}

/** Plain data: it is sent to the process of the night. */
export type Credential =
  SecretCredential | CertificateCredential | FederatedCredential | ManagedIdentityCredential;
