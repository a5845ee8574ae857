// `npm run fuzz [-- --requests 100000 --seed 1]`: random requests against a feed in a separate process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serveFeed } from '../bench/serve-feed.ts';
import { growWarehouse } from '../70-http/grow-warehouse.ts';
import { fuzz } from './fuzz.ts';
import { plantSecrets } from './plant-secrets.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

const data = mkdtempSync(join(tmpdir(), 'fleetfeed-fuzz-'));
const alarms: string[] = [];
try {
  await growWarehouse(data, { devices: 60, dayCount: 4, today: 20261120 });
  const planted = plantSecrets(data);
  const flags = ['--anonymous', 'never', '--key-parameter', 'code', '--log-format', 'json'];
  const free = ['--budget-seconds', '0', '--budget-megabytes', '0', '--reads-at-once', '0'];
  const onLog = (line: string): void => {
    const isSecret = planted.keys.some((key) => line.includes(key.slice(-43)));
    // Anything but a line of the log is a warning of Node, or worse.
    const isExpected = line.startsWith('{') && line.includes('"level":"info"');
    if (isSecret || !isExpected) alarms.push(line);
  };
  const feed = await serveFeed(data, '2026-11-20', [...flags, ...free], { onLog });
  const startedAt = performance.now();
  const report = await fuzz(
    { base: new URL(feed.url).origin, ...planted },
    {
      requests: Number(values.requests),
      seed: Number(values.seed),
      atOnce: 8,
      onProgress: (done) => {
        if (done % 5000 === 0)
          print(`${done} requests, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
      },
    },
  );
  const isAlive = feed.isAlive();
  await feed.stop();

  for (const { seed, request: blow, why } of report.faults.slice(0, 20)) {
    print(`\nseed ${seed}: ${why}\n${JSON.stringify(blow).slice(0, 2000)}`);
  }
  for (const line of alarms.slice(0, 20)) print(`\nlog: ${line}`);
  const statuses = [...report.statuses].sort(([a], [b]) => a - b);
  print(`\n${statuses.map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  const { seed, milliseconds } = report.slowest;
  print(`${report.faults.length} faults; the slowest took ${milliseconds.toFixed(0)} ms (seed ${seed}).`);
  if (!isAlive) print('The feed died.');
  if (!isAlive || report.faults.length > 0 || alarms.length > 0) process.exitCode = 1;
} finally {
  rmSync(data, { recursive: true });
}
