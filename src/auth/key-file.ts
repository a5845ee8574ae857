// The file of keys: beside the warehouse, readable by the owner's account only.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeedError } from '../base/feed-error.ts';
import type { StoredKey } from './api-key.ts';

export interface KeyFile {
  /** As the file is now: a revoked key is refused with the next request. Throws `feed.unavailable`. */
  keys(): readonly StoredKey[];
  /** Replaces all keys, atomically. */
  write(keys: readonly StoredKey[]): void;
}

const STRING_FIELDS = ['id', 'label', 'role', 'createdAt', 'salt', 'hash'] as const;
const NULLABLE_STRING_FIELDS = ['expiresAt', 'revokedAt'] as const;

export function openKeyFile(dataDir: string): KeyFile {
  const path = join(dataDir, 'keys.json');
  let cached: { readonly mark: string; readonly keys: readonly StoredKey[] } | null = null;
  return {
    keys() {
      const mark = fileVersionOf(path);
      if (mark === null) return [];
      if (cached?.mark !== mark) cached = { mark, keys: readKeys(path) };
      return cached.keys;
    },
    write(keys) {
      // Keys may be made before the first run has made the folder.
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      const draft = `${path}.new`;
      writeFileSync(draft, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(draft, path);
    },
  };
}

/** Changes whenever the file is replaced: made of inode, time and size. Null where there is no file. */
function fileVersionOf(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : null;
}

// Where the file cannot be read, everybody is refused: a key that cannot be looked up may have been revoked.
function readKeys(path: string): readonly StoredKey[] {
  const unreadable = (cause?: unknown): FeedError =>
    new FeedError('feed.unavailable', `The keys in '${path}' cannot be read.`, {
      hint: 'Restore the file, or remove it and make new keys.',
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw unreadable(cause);
  }
  if (!Array.isArray(json) || !json.every(isStoredKey)) throw unreadable();
  return json;
}

function isStoredKey(json: unknown): json is StoredKey {
  if (typeof json !== 'object' || json === null) return false;
  const fields = json as Readonly<Record<string, unknown>>;
  return (
    STRING_FIELDS.every((name) => typeof fields[name] === 'string') &&
    NULLABLE_STRING_FIELDS.every((name) => fields[name] === null || typeof fields[name] === 'string')
  );
}
