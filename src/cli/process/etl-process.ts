// The process of one scheduled run: the parent sends settings and credential, and receives every observation.
import { once } from 'node:events';
import { FeedError } from '../../base/feed-error.ts';
import { clockOf } from '../wiring/clock-of.ts';
import type { EtlProcessInput, EtlProcessMessage } from './run-etl-in-process.ts';
import { limitHeapGrowth } from './limit-heap-growth.ts';
import { tenantEtl } from '../wiring/tenant-etl.ts';
import { waitForShutdownSignal } from './wait-for-shutdown-signal.ts';

limitHeapGrowth();

const stopping = new AbortController();
const stop = (): void =>
  stopping.abort(
    new FeedError('feed.unavailable', 'The feed is shutting down; nothing of this run was published.'),
  );
void waitForShutdownSignal().then(stop);
// A parent that was killed cannot send a signal.
process.once('disconnect', stop);

let sent = Promise.resolve();
function sendMessage(message: EtlProcessMessage): void {
  if (!process.connected) return;
  sent = new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

const [input] = (await once(process, 'message')) as [EtlProcessInput];
try {
  const runTenantEtl = tenantEtl({
    ...input,
    observe: (observation) => sendMessage({ kind: 'observed', observation }),
    signal: stopping.signal,
  });
  await runTenantEtl(clockOf(input.settings));
} catch (thrown) {
  process.exitCode = 1;
  sendMessage({ kind: 'failed', error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
}
await sent;
if (process.connected) process.disconnect();
