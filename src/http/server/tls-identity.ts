// The TLS certificate and its private key: read at startup, and again when the files change.
import { statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { FeedError } from '../../base/feed-error.ts';
import { readRegularFile, unreadableReason } from '../../base/read-regular-file.ts';

/** Paths of files in PEM; both or neither. */
export interface TlsFiles {
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
}

export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Null where none is set. Throws `setup.bad-setting` for one that cannot be used. */
export function readIdentity({ tlsCert, tlsKey }: TlsFiles): TlsIdentity | null {
  if (tlsCert === null && tlsKey === null) return null;
  const read = (path: string | null, flag: string): Buffer => {
    if (path === null) throw badIdentity(`${flag} is not set, and its other half is.`, flag);
    try {
      return readRegularFile(path);
    } catch (cause) {
      throw badIdentity(`${flag} names '${path}', which ${unreadableReason(cause)}.`, flag, cause);
    }
  };
  const identity = { cert: read(tlsCert, '--tls-cert'), key: read(tlsKey, '--tls-key') };
  try {
    createSecureContext(identity);
  } catch (cause) {
    throw badIdentity('The certificate and the key do not match, or are not PEM.', '--tls-cert', cause);
  }
  return identity;
}

export interface IdentityChange {
  readonly identity: TlsIdentity | null;
  /** Why it cannot be used: the old one stays in use until this is fixed. */
  readonly problem: FeedError | null;
}

/**
 * Calls `onChange` for each change of the files, until it is stopped. They are polled: a file system watcher may miss what
 * certificate managers do (renames, links to links).
 */
export function watchIdentity(
  files: TlsFiles,
  everyMs: number,
  onChange: (change: IdentityChange) => void,
): { readonly stop: () => void } {
  let lastVersion = fileVersionsOf(files);
  const timer = setInterval(() => {
    const version = fileVersionsOf(files);
    if (version === lastVersion) return;
    lastVersion = version;
    try {
      onChange({ identity: readIdentity(files), problem: null });
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      onChange({ identity: null, problem: error });
    }
  }, everyMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** Changes where a file is replaced or written again. */
function fileVersionsOf({ tlsCert, tlsKey }: TlsFiles): string {
  return [tlsCert, tlsKey]
    .map((path) => {
      const stat = statSync(path ?? '', { bigint: true, throwIfNoEntry: false });
      return stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : '';
    })
    .join(', ');
}

function badIdentity(message: string, target: string, cause?: unknown): FeedError {
  return new FeedError('setup.bad-setting', message, {
    target,
    hint: 'Both are files in PEM: the certificate with its chain, and its private key.',
    cause,
  });
}
