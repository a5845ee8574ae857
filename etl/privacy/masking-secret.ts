// The secret by which personal values are masked: made once, and kept beside the warehouse.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeedError } from '../../src/base/feed-error.ts';

const SECRET_FILE = 'privacy.key';
const SECRET_BYTES = 32;

/**
 * Null where there is none. Throws FeedError `setup.bad-setting` for one that was cut short: with another, everybody would
 * be someone new.
 */
export function readMaskingSecret(dataDir: string): Uint8Array | null {
  const file = join(dataDir, SECRET_FILE);
  if (!existsSync(file)) return null;
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex');
  if (secret.length === SECRET_BYTES) return secret;
  throw new FeedError('setup.bad-setting', `'${file}' does not hold the secret of this warehouse.`, {
    hint: 'Put it back from a backup.',
  });
}

export function createMaskingSecret(dataDir: string): Uint8Array {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secret = randomBytes(SECRET_BYTES);
  // Never over one that is there.
  writeFileSync(join(dataDir, SECRET_FILE), `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  return secret;
}
