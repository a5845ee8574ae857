// `npm run mutate [-- --mutants 60 --seed 1 --room plan]`: breaks one place after another, and counts what no test notices.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDice } from '../fuzz/dice.ts';
import { mutantsOf, type Mutant } from './mutants.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Room → its folders, and the tests that are there to notice what breaks in them. The quickest come first. */
const ROOMS: Readonly<
  Record<string, { readonly folders: readonly string[]; readonly tests: readonly string[] }>
> = {
  plan: { folders: ['src/plan'], tests: ['test/30-plan', 'test/78-answers', 'test/40-sql'] },
  sql: { folders: ['src/sql/read'], tests: ['test/40-sql', 'test/78-answers'] },
  merge: {
    folders: ['src/sql/build', 'src/engines/sqlite/merge'],
    tests: ['test/40-sql/build-statements', 'test/50-engines', 'test/60-etl/privacy'],
  },
};

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    room: { type: 'string' },
  },
});
const perRoom = Number(values.mutants);
const rooms = Object.entries(ROOMS).filter(([name]) => values.room === undefined || name === values.room);
if (rooms.length === 0)
  throw new Error(`No room '${String(values.room)}'. Choose ${Object.keys(ROOMS).join(', ')}.`);

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const files = execFileSync('git', ['ls-files'], { cwd: REPOSITORY, encoding: 'utf8' }).trimEnd().split('\n');
const scratch = mkdtempSync(join(tmpdir(), 'fleetfeed-mutate-'));

/** Undefined where the tests end well: nobody noticed. */
function noticedBy(tests: readonly string[]): string | undefined {
  return tests.find((folder) => {
    const { status } = spawnSync('npm', ['test', '--', '--bail', folder], {
      cwd: scratch,
      stdio: 'ignore',
      // An endless loop is noticed, too.
      timeout: 300_000,
    });
    return status !== 0;
  });
}

try {
  for (const file of files) cpSync(join(REPOSITORY, file), join(scratch, file), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(scratch, 'node_modules'));
  for (const [room, { folders, tests }] of rooms) {
    const noticedUnbroken = noticedBy(tests);
    if (noticedUnbroken !== undefined) throw new Error(`${noticedUnbroken} fails before anything is broken.`);
    const all = files
      .filter((path) => path.endsWith('.ts') && folders.some((folder) => path.startsWith(`${folder}/`)))
      .flatMap((path) => mutantsOf(path, readFileSync(join(REPOSITORY, path), 'utf8')));
    const survivors: Mutant[] = [];
    const chosen = sample(all, perRoom, Number(values.seed));
    for (const mutant of chosen) {
      const text = readFileSync(join(REPOSITORY, mutant.path), 'utf8');
      const file = join(scratch, mutant.path);
      writeFileSync(file, text.slice(0, mutant.start) + mutant.text + text.slice(mutant.end));
      const noticed = noticedBy(tests);
      writeFileSync(file, text);
      if (noticed === undefined) survivors.push(mutant);
      print(
        `${noticed === undefined ? 'SURVIVED' : 'noticed '} ${mutant.path}:${mutant.line}  ${mutant.description}`,
      );
    }
    const killed = chosen.length - survivors.length;
    const score = ((100 * killed) / chosen.length).toFixed(0);
    print(
      `\n${room}: ${killed} of ${chosen.length} noticed (${score} %), drawn from ${all.length} places.\n`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true });
}

/** So many, drawn without returning any, and the same for the same seed. */
function sample(mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  const dice = makeDice(seed);
  const left = [...mutants];
  const drawn: Mutant[] = [];
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(dice.int(left.length), 1));
  return drawn;
}
