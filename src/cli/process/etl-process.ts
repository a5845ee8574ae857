// The process of one scheduled night: its parent says of which tenant, and hears everything that is observed.
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
    new FeedError('feed.unavailable', 'The feed was told to end; nothing of this night was published.'),
  );
void waitForShutdownSignal().then(stop);
// A parent that was killed cannot say so.
process.once('disconnect', stop);

let sent = Promise.resolve();
function sendMessage(word: EtlProcessMessage): void {
  if (!process.connected) return;
  sent = new Promise((resolve) => {
    process.send?.(word, undefined, undefined, () => resolve());
  });
}

const [order] = (await once(process, 'message')) as [EtlProcessInput];
try {
  const runNight = tenantEtl({
    ...order,
    observe: (observation) => sendMessage({ kind: 'observed', observation }),
    signal: stopping.signal,
  });
  await runNight(clockOf(order.settings));
} catch (thrown) {
  process.exitCode = 1;
  sendMessage({ kind: 'failed', error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
}
await sent;
if (process.connected) process.disconnect();
