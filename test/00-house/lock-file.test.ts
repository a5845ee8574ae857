// What `npm ci` needs of the lock file on any machine, not only on the one that wrote it.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
);
const packages = Object.entries(lock.packages);

test('a package that comes in a build for each platform has all of them in the lock file', () => {
  // npm ci refuses a lock file without them: one written where a build could not be fetched.
  const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !packages.some(
          ([each]) => each === `node_modules/${name}` || each === `${path}/node_modules/${name}`,
        ),
    ),
  );
  expect(missing).toEqual([]);
});

test('the lock file names no address to fetch from', () => {
  expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});
