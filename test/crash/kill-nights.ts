// Nights that are killed at random moments, again and again, held against the same nights left in peace.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { addDays, type DateKey } from '../../src/base/date-key.ts';
import type { NightOrder, NightWord } from '../../src/cli/run-night-apart.ts';
import {
  listGenerationFiles,
  listGenerations,
} from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { fingerprintOf } from './fingerprint.ts';

export interface KillWords {
  readonly kills: number;
  /** Kills of one night before it is left in peace. */
  readonly killsANight: number;
  /** Told after each kill. */
  readonly onKill?: (done: number) => void;
}

export interface KillReport {
  /** Runs of which the journal knew when they were killed. */
  readonly journalled: number;
  /** Nights that were already published when their process was killed. */
  readonly published: number;
}

const FIRST_NIGHT: DateKey = 20261126;
const KEPT = 3;
/** How long a night goes on after the word that it is killed for. */
const LINGER_MS = 60;

/** Throws with the first thing that a kill has broken. */
export async function killNights({ kills, killsANight, onKill }: KillWords): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-crash-'));
  const [peaceful, killed] = [join(folder, 'peaceful'), join(folder, 'killed')];
  const tenant = makeTenant({ seed: 1, devices: 45, firstDateKey: FIRST_NIGHT });
  const emulator = await startGraphEmulator({ tenant });
  const order = (data: string, today: DateKey): NightOrder => ({
    credential: { ...DEMO_CREDENTIALS, graphUrl: emulator.url, loginUrl: emulator.url },
    settings: { data, keepGenerations: KEPT, today, exports: 'off', mostAppsAsked: 0 },
  });
  let published = 0;
  const struck = new Set<string>();
  let before = 'nothing';
  try {
    for (let done = 0, night = FIRST_NIGHT; done < kills; night = addDays(night, 1)) {
      emulator.setDay(night);
      const rhythm = await liveThrough(order(peaceful, night));
      const after = served(peaceful);
      for (let tried = 0; tried < killsANight && done < kills; tried += 1, done += 1) {
        const run = await kill(order(killed, night), rhythm);
        const now = served(killed);
        if (now !== before && now !== after) throw new Error(`A kill in the night of ${night} left ${now}.`);
        published += Number(now === after && now !== before);
        if (run !== null && knows(killed, run)) struck.add(run);
        onKill?.(done + 1);
      }
      await liveThrough(order(killed, night));
      if (served(killed) !== after) throw new Error(`The night of ${night} is not what it is in peace.`);
      mustTell(killed, struck);
      mustBeTidy(killed);
      before = after;
    }
    return { journalled: struck.size, published };
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true });
  }
}

interface Rhythm {
  readonly milliseconds: number;
  readonly observations: number;
}

async function liveThrough(order: NightOrder): Promise<Rhythm> {
  const began = performance.now();
  let observations = 0;
  const child = startNight(order, (word) => {
    if (word.kind === 'failed') throw word.error;
    observations += 1;
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`A night left in peace ended with ${code}.`);
  return { milliseconds: performance.now() - began, observations };
}

/** The last words of a night: the harvest is over, merged, verified, published. */
const LAST_WORDS = 5;

/**
 * A third of the kills at any moment of a night, a third soon after any of the things it says, and a third towards its
 * end, where it writes. The run, if it said which.
 */
async function kill(order: NightOrder, { milliseconds, observations }: Rhythm): Promise<string | null> {
  const manner = Math.floor(Math.random() * 3);
  const byWord = manner > 0;
  const fatalWord =
    manner === 1
      ? Math.ceil(Math.random() * observations)
      : observations - Math.floor(Math.random() * LAST_WORDS);
  let [heard, run]: [number, string | null] = [0, null];
  const child = startNight(order, (word) => {
    heard += 1;
    if (word.kind === 'observed' && word.observation.kind === 'night.started') run = word.observation.run;
    if (byWord && heard === fatalWord) strikeIn(Math.random() * LINGER_MS);
  });
  const strikeIn = (delay: number): void => void setTimeout(() => child.kill('SIGKILL'), delay);
  if (!byWord) strikeIn(Math.random() * milliseconds);
  await once(child, 'exit');
  return run;
}

function startNight(order: NightOrder, onWord: (word: NightWord) => void): ChildProcess {
  const child = fork(new URL('../../src/cli/night-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  child.on('message', onWord);
  // Whoever is killed hears no more.
  child.on('error', () => undefined);
  child.send(order, () => undefined);
  return child;
}

/** As a reader finds it: the newest file that can be read. */
function served(data: string): string {
  const [newest] = listGenerations(data);
  return newest ? fingerprintOf(newest.path) : 'nothing';
}

function knows(data: string, run: string): boolean {
  return openSqliteRunJournal(data)
    .recent(1000)
    .some((each) => each.runId === run);
}

function mustTell(data: string, struck: ReadonlySet<string>): void {
  const told = openSqliteRunJournal(data).recent(10_000);
  for (const { runId: run, outcome } of told) {
    const isTrue = outcome === 'published' || (outcome === 'killed' && struck.has(run));
    if (!isTrue) throw new Error(`The journal calls the run ${run} ${outcome}.`);
  }
  const missing = [...struck].filter((run) => !told.some((each) => each.runId === run));
  if (missing.length > 0) throw new Error(`The journal forgot ${missing.join(', ')}.`);
}

function mustBeTidy(data: string): void {
  const kept = listGenerationFiles(data).map(({ path }) => path);
  const strange = readdirSync(data).filter(
    (name) => !['journal.sqlite', 'night.lock'].includes(name) && !kept.includes(join(data, name)),
  );
  if (strange.length > 0 || kept.length > KEPT) {
    throw new Error(`Left behind: ${strange.join(', ')}; generations kept: ${kept.length}.`);
  }
}
