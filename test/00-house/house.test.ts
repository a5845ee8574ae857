// The rules of the source code, checked by its import lines and a few words.
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { PACKAGES, ROOMS } from './rooms.ts';
import { REPOSITORY, sourceFiles } from './source-files.ts';

const files = sourceFiles(['schema', 'src', 'etl', 'fixtures']).map((file) => {
  const found = file.text.matchAll(/^(?:import|export)\b(?:[^;'"]*\bfrom)?\s*'([^']+)'/gm);
  return { ...file, imports: [...found].map((match) => match[1] ?? '') };
});
type ImportingFile = (typeof files)[number];

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const roomOf = (path: string): string =>
  Object.keys(ROOMS)
    .filter((room) => inside(path, room))
    .sort((a, b) => b.length - a.length)[0] ?? '(no room)';
const target = (file: ImportingFile, specifier: string): string =>
  relative(REPOSITORY, join(REPOSITORY, dirname(file.path), specifier));

describe('the source code', () => {
  test('every file is in a room', () => {
    expect(files.map(({ path }) => path).filter((path) => roomOf(path) === '(no room)')).toEqual([]);
  });

  test('a room imports only what its row in the table allows', () => {
    const trespassing = files.flatMap((file) => {
      const room = roomOf(file.path);
      const allowed = [room, ...(ROOMS[room] ?? [])];
      return file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => target(file, specifier))
        .filter((path) => !allowed.some((folder) => inside(path, folder)))
        .map((path) => `${file.path} imports ${path}`);
    });
    expect(trespassing).toEqual([]);
  });

  test('nothing that answers a request imports the ETL', () => {
    const crossing = files.filter(({ path }) => inside(path, 'src') && !inside(path, 'src/cli'));
    const steps = crossing.flatMap((file) =>
      file.imports.filter((each) => each.startsWith('.') && inside(target(file, each), 'etl')),
    );
    expect(steps).toEqual([]);
  });

  test('a package with a home is imported only there', () => {
    const violations = files.flatMap((file) =>
      file.imports
        .filter((specifier) => PACKAGES[specifier] && !inside(file.path, PACKAGES[specifier]))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(violations).toEqual([]);
  });

  test('every package that the source imports is a dependency, not a package of the tests only', () => {
    const { dependencies } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    const missing = files.flatMap((file) =>
      file.imports
        .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
        .filter((specifier) => !Object.keys(dependencies).some((name) => inside(specifier, name)))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(missing).toEqual([]);
  });

  test('there are no cycles', () => {
    const graph = new Map(
      files.map((file) => [
        file.path,
        file.imports.filter((each) => each.startsWith('.')).map((each) => target(file, each)),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) walk(path, []);
    expect(cycles).toEqual([]);
  });

  test('no file is a barrel', () => {
    expect(files.filter(({ path }) => path.endsWith('/index.ts')).map(({ path }) => path)).toEqual([]);
    expect(files.filter(({ text }) => /^export \* from/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('every file says in its first line what it is for', () => {
    expect(files.filter(({ text }) => !/^(#!.*\n)?\/\/ \S/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('the environment is read only by settings, and only the command line talks to the console', () => {
    const readers = files.filter(({ text }) => /\bprocess\.env\b/.test(text)).map(({ path }) => path);
    expect(readers.filter((path) => !inside(path, 'src/settings'))).toEqual([]);
    const writers = files.filter(({ text }) => /\bconsole\./.test(text)).map(({ path }) => path);
    expect(writers.filter((path) => !inside(path, 'src/cli'))).toEqual([]);
  });

  test('limits reach the code of the feed through its context, and are imported only where that is made', () => {
    const folders = ['src/http', 'src/odata', 'src/plan', 'src/sql', 'src/engines'];
    const importing = files.filter(({ text }) => /^import \{[^}]*\bLIMITS\b/m.test(text));
    expect(
      importing.filter(({ path }) => folders.some((folder) => inside(path, folder))).map(({ path }) => path),
    ).toEqual([]);
  });

  test('only the subjects and their streams name a collection', () => {
    const names = new Set(MODEL.entities.keys());
    // Words that are also plain English or Graph's own in code that has nothing to do with the collection.
    // Roles name what they see, and budgets are counted in reads.
    const homes = ['schema/subjects', 'etl/streams', 'fixtures', 'src/cli', 'src/auth'];
    const naming = files
      .filter(({ path }) => !homes.some((home) => inside(path, home)))
      .flatMap(({ path, text }) =>
        [...text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '').matchAll(/['"`]([A-Za-z]+)['"`]/g)]
          .map((match) => match[1] ?? '')
          .filter((word) => names.has(word))
          .map((word) => `${path} names ${word}`),
      );
    expect(naming).toEqual([]);
  });
});
