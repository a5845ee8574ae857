// Keys for the clients of a soak: one each, so that each has its own budget.
import { makeKey } from '../../src/auth/api-key.ts';
import { openKeyFile } from '../../src/auth/key-file.ts';
import type { SoakOptions } from './soak.ts';

export function writeSoakKeys(dataDir: string, slow: number, greedy: number): SoakOptions['keys'] {
  const made = Array.from({ length: 1 + slow + greedy }, (_, index) =>
    makeKey({ label: `client ${index}`, role: 'analyst', createdAt: new Date(0), expiresAt: null }),
  );
  openKeyFile(dataDir).write(made.map(({ stored }) => stored));
  const [polite = '', ...others] = made.map(({ text }) => text);
  return { polite: [polite], slow: others.slice(0, slow), greedy: others.slice(slow) };
}
