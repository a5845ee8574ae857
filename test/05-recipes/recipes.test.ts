// The recipes of CONTRIBUTING.md, followed literally in a copy of the repository: what they show is all that is needed.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const LEFT_OUT = ['node_modules', '.git', 'data', 'coverage'];
const LONG = 300_000;

interface Edit {
  readonly path: string;
  /** As in a diff: ` ` what is there, `+` what is added. */
  readonly lines: readonly string[];
}

const guide = readFileSync(join(REPOSITORY, 'CONTRIBUTING.md'), 'utf8');

/** The edits below a heading, each with the path that is named last before it. */
function editsOf(heading: string): readonly Edit[] {
  const section = guide.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/`([^`\s]+)`:\n\n```diff\n([\s\S]*?)```/g)].map(([, path = '', diff = '']) => ({
    path,
    lines: diff.split('\n').filter((line) => line !== ''),
  }));
}

function apply(folder: string, { path, lines }: Edit): void {
  const textOf = (shown: readonly string[]): string => shown.map((line) => `${line.slice(1)}\n`).join('');
  const before = textOf(lines.filter((line) => !line.startsWith('+')));
  const text = readFileSync(join(folder, path), 'utf8');
  if (text.split(before).length !== 2)
    throw new Error(`The recipe shows lines that ${path} does not have exactly once:\n${before}`);
  writeFileSync(
    join(folder, path),
    text.replace(before, () => textOf(lines)),
  );
}

describe('the recipes of CONTRIBUTING.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-recipes-'));
  const run = async (...args: readonly string[]): Promise<string> => {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      throw new Error(`${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error });
    }
  };

  beforeAll(() => {
    for (const each of readdirSync(REPOSITORY).filter((name) => !LEFT_OUT.includes(name)))
      cpSync(join(REPOSITORY, each), join(folder, each), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'), 'junction');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['Add a column', 3],
    ['Add a lookup', 7],
    ['Add an error code', 2],
  ])('%s: its edits fit the code', (heading, count) => {
    const edits = editsOf(heading);
    expect(edits).toHaveLength(count);
    for (const edit of edits) apply(folder, edit);
  });

  test(
    'they compile',
    async () => {
      await run('node_modules/typescript/bin/tsc');
    },
    LONG,
  );

  test(
    'with `npm run docs` and `npm run answers`, all tests that they touch pass',
    async () => {
      await run('test/docs/main.ts');
      await run('test/78-answers/main.ts');
      const [before, after] = [REPOSITORY, folder].map((each) =>
        readFileSync(join(each, 'test/78-answers/answers.tsv'), 'utf8').split('\n'),
      );
      const changed = after!.filter((line, index) => line !== before![index]);
      expect(changed.length).toBeGreaterThan(0);
      // v1.0 answers as before, byte for byte.
      expect(changed.filter((line) => !line.includes('beta'))).toEqual([]);
      await run(
        '--disable-warning=ExperimentalWarning',
        '--experimental-vm-modules',
        'node_modules/jest/bin/jest.js',
        '--maxWorkers=1',
        'test/00-house/(documents|house|conformance)',
        'test/10-schema',
        'test/30-plan/advise',
        'test/55-auth/roles',
        'test/60-etl/harvest.test',
        'test/70-http/failure',
      );
    },
    LONG,
  );
});
