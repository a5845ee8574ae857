// The app that reads the tenant, and how it authenticates to the directory.
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
  /** PEM: the certificate, the rest of its chain, and the private key, in any order. */
  readonly certificate: string;
  /** Of an encrypted private key. */
  readonly password: string | null;
  /** Whether the chain is sent to the directory, which needs it when it trusts a subject name and issuer. */
  readonly sendCertificateChain: boolean;
}

/** The app trusts a token of another platform, which writes it to a file and renews it there. */
export interface FederatedCredential extends AppIdentity {
  readonly assertionFile: string;
}

/** The identity of the Azure machine that this runs on: there is no secret to store or renew. */
export interface ManagedIdentityCredential extends Cloud {
  /** `system`, or the client id of an identity assigned to the machine. */
  readonly managedIdentity: string;
}

/** Plain data, since it is sent to the process of the run. */
export type Credential =
  SecretCredential | CertificateCredential | FederatedCredential | ManagedIdentityCredential;
