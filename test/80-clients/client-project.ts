// A folder and a real feed, where tools of other vendors make clients from our $metadata and run them.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeTestWarehouse, startTestFeed, type TestFeed } from '../70-http/test-feed.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
// Collections that all lead to each other make deep types: the compiler wants more stack than the usual megabyte.
const DEEP = '--stack-size=3900';
const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'commonjs',
  moduleResolution: 'node10',
  ignoreDeprecations: '6.0',
  strict: true,
  types: ['node'],
  skipLibCheck: true,
};

/** To write a client of all collections and compile it is seconds of work, and tens of them on a busy machine. */
export const CLIENT_TIMEOUT_MS = 180_000;

export interface ClientProject {
  readonly feed: TestFeed;
  readonly folder: string;
  /** Runs a tool of `node_modules`, by its path there, and returns what it printed; throws with all of it on failure. */
  runTool(path: string, ...args: readonly string[]): Promise<string>;
  /** Compiles a TypeScript program with all that it imports, strictly, runs it, and returns the JSON that it printed. */
  compileAndRun(program: string, ...args: readonly string[]): Promise<ReturnType<typeof JSON.parse>>;
  close(): Promise<void>;
}

/** With beta's `$metadata` as `fleetfeed.xml` in its folder. */
export async function openClientProject(): Promise<ClientProject> {
  const warehouse = await makeTestWarehouse();
  const feed = await startTestFeed({ data: warehouse.data });
  const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-client-'));
  symlinkSync(MODULES, join(folder, 'node_modules'));
  const { text } = await feed.get('/beta/$metadata', { accept: 'application/xml' });
  writeFileSync(join(folder, 'fleetfeed.xml'), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));

  const run = async (...args: readonly string[]): Promise<string> => {
    try {
      return (await promisify(execFile)(process.execPath, [DEEP, ...args], { cwd: folder })).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(stdout + stderr, { cause: error });
    }
  };
  const runTool: ClientProject['runTool'] = (path, ...args) => run(join(MODULES, path), ...args);

  return {
    feed,
    folder,
    runTool,
    async compileAndRun(program, ...args) {
      writeFileSync(join(folder, 'program.ts'), program);
      await runTool('typescript/bin/tsc', '-p', '.');
      const printed = await run('program.js', ...args);
      // Some libraries print their warnings before it.
      return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
    },
    async close() {
      rmSync(folder, { recursive: true });
      await feed.stop();
      warehouse.remove();
    },
  };
}
