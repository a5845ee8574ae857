// `npm run soak [-- --seconds 60 --slow 50 --greedy 50]`: a polite client's p99 beside slow and greedy ones.
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { serveFeed } from '../bench/served.ts';
import { buildWarehouse } from '../bench/warehouse.ts';
import { soak } from './soak.ts';
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

const { dataDir } = buildWarehouse({ devices: Number(values.devices), nights: 30, days: 1 });
try {
  const keys = writeSoakKeys(dataDir, Number(values.slow), Number(values.greedy));
  const feed = await serveFeed(dataDir, '2026-11-20', ['--anonymous', 'never']);
  const seconds = Number(values.seconds);
  const base = new URL(feed.url).origin;
  const alone = await soak({
    base,
    keys: { ...keys, slow: [], greedy: [] },
    seconds: Math.ceil(seconds / 6),
  });
  const crowded = await soak({ base, keys, seconds });
  const memory = feed.memory();
  await feed.stop();

  for (const [name, { polite }] of Object.entries({ alone, crowded })) {
    const [p50, p99, most] = [polite.p50, polite.p99, polite.most].map((each) => each.toFixed(1));
    print(`${name}: ${polite.reads} reads of $top=10, p50 ${p50} ms, p99 ${p99} ms, most ${most} ms`);
  }
  const { greedy, slow, refused } = crowded;
  print(
    `greedy: ${greedy.answered} answers, ${greedy.refused} refusals; slow: ${(slow.bytes / 1e6).toFixed(1)} MB`,
  );
  if (memory) print(`memory: ${memory.peak.toFixed(0)} MB at most`);
  print(`polite reads refused: ${refused}; the goal is a p99 under ${GOAL_MS} ms on a quiet machine.`);
  if (refused > 0) process.exitCode = 1;
} finally {
  rmSync(dataDir, { recursive: true });
}
