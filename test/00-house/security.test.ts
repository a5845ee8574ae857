// SECURITY.md agrees with the code: what it names exists, the packages are those it lists, and none runs an install script unasked.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly scripts: Readonly<Record<string, string>>;
}

interface Locked {
  readonly version?: string;
  readonly dev?: true;
  readonly integrity?: string;
  readonly hasInstallScript?: true;
}

interface Bill {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly name: string;
    readonly hashes?: readonly unknown[];
  }[];
}

const text = read('SECURITY.md');
const { dependencies, allowScripts, scripts }: Package = JSON.parse(read('package.json'));
const { packages }: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  read('package-lock.json'),
);
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, rest]) => ({ ...rest, name: path.replace(/^.*node_modules\//, '') }));

/** Rows of the table below a heading, each as its cells. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const section = text.split('\n## ').find((each) => each.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.split(/ *\| */).slice(1, -1));
}

const pathsIn = (cell = ''): readonly string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);

function sourcesAt(path: string): readonly string[] {
  const whole = join(REPOSITORY, path);
  if (!statSync(whole).isDirectory()) return [read(path)];
  return readdirSync(whole, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(whole, name), 'utf8'));
}

describe('the boundaries', () => {
  const rows = tableOf('Boundaries');

  test('each name the code that checks and the test that shows it', () => {
    expect(rows.length).toBeGreaterThan(10);
    const bare = rows.filter(
      ([, , , where, shown]) =>
        pathsIn(where).length === 0 || !pathsIn(shown).every((path) => /^test\/.*\.test\.ts$/.test(path)),
    );
    expect(bare).toEqual([]);
  });

  test('name files that are there', () => {
    const paths = rows.flatMap(([, , , where, shown]) => [...pathsIn(where), ...pathsIn(shown)]);
    expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });
});

describe('the packages', () => {
  const rows = tableOf('What runs with it');

  test('are those of package.json, each with a reason', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(dependencies).toSorted());
    expect(rows.filter(([, reason]) => !reason)).toEqual([]);
  });

  test.each(rows.map(([name = '', , where]) => ({ name, where })))(
    '$name is used where it says',
    ({ name, where }) => {
      const importing = new RegExp(`from '${name}(/[^']*)?'`);
      const unused = pathsIn(where).filter(
        (path) => !sourcesAt(path).some((source) => importing.test(source)),
      );
      expect([pathsIn(where).length > 0, unused]).toEqual([true, []]);
    },
  );

  test('none runs a script at install that nobody has looked at, and none in production runs one', () => {
    const scripted = locked.filter(({ hasInstallScript }) => hasInstallScript === true);
    expect(scripted.filter(({ name }) => allowScripts[name] === undefined)).toEqual([]);
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(['node']);
    expect(locked.filter(({ name, dev }) => allowScripts[name] && dev !== true)).toEqual([]);
  });

  test('are all pinned by hash', () => {
    expect(locked.filter(({ integrity }) => integrity === undefined).map(({ name }) => name)).toEqual([]);
  });

  test('are all in the bill of materials', () => {
    // With --omit dev npm leaves out what tests use too, which is a third of what runs in production.
    const [npm = '', ...words] = (scripts['sbom'] ?? '').split(' ');
    const printed = execFileSync(npm, words, {
      cwd: REPOSITORY,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { bomFormat, components }: Bill = JSON.parse(printed);
    expect(bomFormat).toBe('CycloneDX');
    const listed = components.filter(({ hashes }) => hashes?.length === 1).map(({ name }) => name);
    const running = locked.filter(({ dev }) => dev !== true).map(({ name }) => name);
    expect(running.length).toBeGreaterThan(50);
    expect(running.filter((name) => !listed.includes(name))).toEqual([]);
  });
});
