// The documents agree with the code and with each other: generated pages are fresh, and everything they name exists.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ALL_COMMANDS } from '../../src/cli/commands/all-commands.ts';
import type { Command } from '../../src/cli/commands/command.ts';
import { SETTING_NAMES, flagOf, variableOf } from '../../src/settings/settings.ts';
import { DOCUMENTS } from '../docs/documents.ts';
import { ROOMS } from './rooms.ts';
import { REPOSITORY, sourceFiles } from './source-files.ts';

const NPM_FLAGS: ReadonlySet<string> = new Set(['--silent', '--prefix']);

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
const isThere = (path: string): boolean => existsSync(join(REPOSITORY, path));

const pages = [
  ...readdirSync(REPOSITORY).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(REPOSITORY, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
];

/** What follows `](` in a page, outside of code. */
function linksOf(path: string): readonly string[] {
  const prose = read(path)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
}

/** The anchors of a page, as GitHub makes them from its headings. */
function anchorsOf(path: string): ReadonlySet<string> {
  const headings = [...read(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

test.each(Object.entries(DOCUMENTS))(
  '%s says what the code says; `npm run docs` writes it',
  (path, derive) => {
    expect(read(path)).toBe(derive());
  },
);

describe.each(pages)('%s', (path) => {
  test('links to files and headings that exist, by relative addresses', () => {
    const broken = linksOf(path).filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      return !isThere(target) || (anchor !== undefined && !anchorsOf(target).has(anchor));
    });
    expect(broken).toEqual([]);
  });

  test('names files of this repository that exist', () => {
    const named = [...read(path).matchAll(/`((?:src|etl|schema|fixtures|test|docs)\/[\w./-]*)`/g)];
    expect(named.map(([, file = '']) => file).filter((file) => !isThere(file))).toEqual([]);
  });
});

test('every page in docs has a line in an index, under one reader', () => {
  const listed = ['docs/README.md', 'docs/decisions/README.md'].flatMap((index) =>
    linksOf(index).map((link) => normalize(join(dirname(index), link))),
  );
  const count = (page: string): number => listed.filter((each) => each === page).length;
  const inDocs = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  expect(inDocs.filter((page) => count(page) !== 1)).toEqual([]);
});

test('every room has a row in docs/architecture.md', () => {
  const page = read('docs/architecture.md');
  expect(Object.keys(ROOMS).filter((room) => !page.includes(`| \`${room}/\` |`))).toEqual([]);
});

test('every folder of tests is on the map in CONTRIBUTING.md', () => {
  const folders = readdirSync(join(REPOSITORY, 'test')).filter((name) => !name.includes('.'));
  const map = read('CONTRIBUTING.md');
  expect(folders.filter((name) => !map.includes(`\`test/${name}\``))).toEqual([]);
});

test('every flag and variable that the pages name exists', () => {
  const commands = Object.values(ALL_COMMANDS).flatMap((row): readonly Command[] =>
    'commands' in row ? Object.values(row.commands) : [row],
  );
  const ofCommands = commands.flatMap(({ options = {}, switches = {} }) =>
    Object.keys({ ...options, ...switches }),
  );
  const flags = new Set([...SETTING_NAMES, ...ofCommands, 'config', 'version', 'help'].map(flagOf));
  const variables = new Set([...SETTING_NAMES.map(variableOf), 'FLEETFEED_CONFIG']);
  const exists = (name: string): boolean =>
    flags.has(name) ||
    variables.has(name) ||
    variables.has(name.replace(/_FILE$/, '')) ||
    NPM_FLAGS.has(name);
  const unknown = pages.flatMap((page) =>
    [...read(page).matchAll(/(?<![\w-])--[a-z][a-z-]*|\bFLEETFEED_[A-Z_]*[A-Z]/g)]
      .filter(([name]) => !exists(name))
      .map(([name]) => `${page}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test('every document that the code cites exists', () => {
  const cited = sourceFiles(['schema', 'src', 'etl', 'fixtures']).flatMap(({ path, text }) =>
    [...text.matchAll(/[\w-][\w./-]*\.md\b/g)].map(([document]) => ({ path, document })),
  );
  expect(cited.length).toBeGreaterThan(2);
  expect(cited.filter(({ document }) => !isThere(document))).toEqual([]);
});

test.each(['docs/glossary.md', 'docs/architecture.md'])(
  'every name in the tables of %s occurs in the code',
  (path) => {
    const code = sourceFiles(['schema', 'src', 'etl'])
      .map(({ text }) => text)
      .join('\n');
    const names = read(path)
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .flatMap((line) => [...line.replace(/^\| [^|]*\|/, '').matchAll(/`(\w+)`/g)])
      .map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  },
);
