// Kills runs at random moments, again and again, and compares the result with that of undisturbed runs.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_CREDENTIALS } from '../../fixtures/graph-emulator/sign-in/demo-credentials.ts';
import { startGraphEmulator } from '../../fixtures/graph-emulator/start-graph-emulator.ts';
import { makeTenant } from '../../fixtures/tenant/make-tenant.ts';
import { addDays, type DateKey } from '../../src/base/date-key.ts';
import type { EtlProcessInput, EtlProcessMessage } from '../../src/cli/process/run-etl-in-process.ts';
import {
  listGenerationFiles,
  listGenerations,
} from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteRunJournal } from '../../src/engines/sqlite/journal/sqlite-run-journal.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { fingerprintOf } from './fingerprint.ts';

export interface KillOptions {
  readonly kills: number;
  /** Kills of one run before it may end. */
  readonly killsPerRun: number;
  /** Called after each kill. */
  readonly onKill?: (done: number) => void;
}

export interface KillReport {
  /** Runs of which the journal knew when they were killed. */
  readonly journalled: number;
  /** Runs that were already published when their process was killed. */
  readonly published: number;
}

const FIRST_DAY: DateKey = 20261126;
const KEPT = 3;
/** The longest time that a run goes on after the output at which it is killed. */
const LINGER_MS = 60;

/** Throws with the first thing that a kill has broken. */
export async function killRuns({ kills, killsPerRun, onKill }: KillOptions): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-crash-'));
  const [undisturbed, killed] = [join(folder, 'undisturbed'), join(folder, 'killed')];
  const tenant = makeTenant({ seed: 1, devices: 45, firstDateKey: FIRST_DAY });
  const emulator = await startGraphEmulator({ tenant });
  const input = (data: string, today: DateKey): EtlProcessInput => ({
    credential: { ...DEMO_CREDENTIALS, graphUrl: emulator.url, loginUrl: emulator.url },
    settings: { ...DEFAULT_SETTINGS, data, keepGenerations: KEPT, today, exports: 'off', mostAppsAsked: 0 },
  });
  let published = 0;
  const killedRuns = new Set<string>();
  let before = 'nothing';
  try {
    for (let done = 0, day = FIRST_DAY; done < kills; day = addDays(day, 1)) {
      emulator.setDay(day);
      const rhythm = await runToEnd(input(undisturbed, day));
      const after = servedFingerprint(undisturbed);
      for (let tried = 0; tried < killsPerRun && done < kills; tried += 1, done += 1) {
        const run = await kill(input(killed, day), rhythm);
        const now = servedFingerprint(killed);
        if (now !== before && now !== after) throw new Error(`A kill in the run of ${day} left ${now}.`);
        published += Number(now === after && now !== before);
        if (run !== null && isInHistory(killed, run)) killedRuns.add(run);
        onKill?.(done + 1);
      }
      await runToEnd(input(killed, day));
      if (servedFingerprint(killed) !== after)
        throw new Error(`The generation of ${day} differs from that of the undisturbed run.`);
      requireRunHistory(killed, killedRuns);
      requireTidyFolder(killed);
      before = after;
    }
    return { journalled: killedRuns.size, published };
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true });
  }
}

interface Rhythm {
  readonly milliseconds: number;
  readonly observations: number;
}

async function runToEnd(input: EtlProcessInput): Promise<Rhythm> {
  const startedAt = performance.now();
  let observations = 0;
  const child = startEtlProcess(input, (message) => {
    if (message.kind === 'failed') throw message.error;
    observations += 1;
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`An undisturbed run ended with ${code}.`);
  return { milliseconds: performance.now() - startedAt, observations };
}

/** The last messages of a run: harvested, merged, verified, published. */
const LAST_MESSAGES = 5;

/**
 * A third of the kills come at any moment of a run, a third soon after any of its messages, and a third near its end,
 * where it writes. Resolves with the id of the run, or null where the kill came before the first message.
 */
async function kill(input: EtlProcessInput, { milliseconds, observations }: Rhythm): Promise<string | null> {
  const manner = Math.floor(Math.random() * 3);
  const byMessage = manner > 0;
  const fatalMessage =
    manner === 1
      ? Math.ceil(Math.random() * observations)
      : observations - Math.floor(Math.random() * LAST_MESSAGES);
  let [messages, run]: [number, string | null] = [0, null];
  const child = startEtlProcess(input, (message) => {
    messages += 1;
    if (message.kind === 'observed' && message.observation.kind === 'run.started')
      run = message.observation.run;
    if (byMessage && messages === fatalMessage) killIn(Math.random() * LINGER_MS);
  });
  const killIn = (delay: number): void => void setTimeout(() => child.kill('SIGKILL'), delay);
  if (!byMessage) killIn(Math.random() * milliseconds);
  await once(child, 'exit');
  return run;
}

function startEtlProcess(
  input: EtlProcessInput,
  onMessage: (message: EtlProcessMessage) => void,
): ChildProcess {
  const child = fork(new URL('../../src/cli/process/etl-process.ts', import.meta.url), {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  child.on('message', onMessage);
  // A message to a process that was killed fails.
  child.on('error', () => undefined);
  child.send(input, () => undefined);
  return child;
}

/** As a reader finds it: the newest file that can be read. */
function servedFingerprint(data: string): string {
  const [newest] = listGenerations(data);
  return newest ? fingerprintOf(newest.path) : 'nothing';
}

function isInHistory(data: string, run: string): boolean {
  return openSqliteRunJournal(data)
    .recent(1000)
    .some((each) => each.runId === run);
}

function requireRunHistory(data: string, struck: ReadonlySet<string>): void {
  const records = openSqliteRunJournal(data).recent(10_000);
  for (const { runId: run, outcome } of records) {
    const isTrue = outcome === 'published' || (outcome === 'killed' && struck.has(run));
    if (!isTrue) throw new Error(`The journal calls the run ${run} ${outcome}.`);
  }
  const missing = [...struck].filter((run) => !records.some((each) => each.runId === run));
  if (missing.length > 0) throw new Error(`The journal forgot ${missing.join(', ')}.`);
}

function requireTidyFolder(data: string): void {
  const generations = listGenerationFiles(data).map(({ path }) => path);
  const strange = readdirSync(data).filter(
    (name) => !['journal.sqlite', 'night.lock'].includes(name) && !generations.includes(join(data, name)),
  );
  if (strange.length > 0 || generations.length > KEPT) {
    throw new Error(`Left behind: ${strange.join(', ')}; generations kept: ${generations.length}.`);
  }
}
