// `npm run soak [-- --seconds 60 --slow 50 --greedy 50]`: a polite client's p99 beside slow and greedy ones.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { LoopLag } from '../bench/loop-lag.ts';
import { serveFeed } from '../bench/serve-feed.ts';
import { buildWarehouse } from '../bench/warehouse.ts';
import { soakInProcess, type ProcessSoakReport } from './soak-in-process.ts';
import { writeSoakKeys } from './soak-keys.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    slow: { type: 'string', default: '50' },
    greedy: { type: 'string', default: '50' },
    devices: { type: 'string', default: '5000' },
  },
});
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const GOAL_MS = 25;
// Real clients run on other machines. Here the slow and greedy ones run at a lower priority than the feed and the measured client.
const CROWD_NICENESS = 10;

const spread = ({ p50, p99, most }: LoopLag): string =>
  `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, most ${most.toFixed(1)} ms`;

const { dataDir } = buildWarehouse({ devices: Number(values.devices), storedDays: 30, readDays: 1 });
try {
  const keys = writeSoakKeys(dataDir, Number(values.slow), Number(values.greedy));
  const feed = await serveFeed(dataDir, '2026-11-20', ['--anonymous', 'never'], { lag: true });
  const base = new URL(feed.url).origin;
  const seconds = Number(values.seconds);
  const bePolite = (duration: number): Promise<ProcessSoakReport> =>
    soakInProcess({ base, seconds: duration, keys: { polite: keys.polite, slow: [], greedy: [] } }, 0);
  const tell = async (name: string, { polite, lag }: ProcessSoakReport): Promise<void> => {
    print(`${name}: ${polite.reads} reads of $top=10, ${spread(polite)}`);
    print(`  event loops were late: that of the feed ${spread(await feed.lag())}`);
    print(`  that of the client ${spread(lag)}`);
  };

  // The first reads are slower, and are not measured.
  await bePolite(1);
  await feed.lag();
  await tell('alone', await bePolite(Math.ceil(seconds / 6)));
  const [polite, crowd] = await Promise.all([
    bePolite(seconds),
    soakInProcess({ base, seconds, keys: { ...keys, polite: [] } }, CROWD_NICENESS),
  ]);
  await tell('crowded', polite);
  const memory = feed.memory();
  await feed.stop();

  const { greedy, slow } = crowd;
  print(`greedy: ${greedy.answered} answers, ${greedy.refused} refusals`);
  print(`slow: ${(slow.bytes / 1e6).toFixed(1)} MB`);
  if (memory) print(`memory: ${memory.peak.toFixed(0)} MB at most`);
  print(`polite reads refused: ${polite.refused}; the goal is a p99 under ${GOAL_MS} ms on a quiet machine.`);
  if (polite.refused > 0) process.exitCode = 1;
} finally {
  rmSync(dataDir, { recursive: true });
}
