// The process of one scheduled night: its parent says of which tenant, and hears everything that is observed.
import { once } from 'node:events';
import { FeedError } from '../base/feed-error.ts';
import { clockOf } from './clock-of.ts';
import type { NightOrder, NightWord } from './run-night-apart.ts';
import { spareMemory } from './spare-memory.ts';
import { nightsOf } from './tenant-nights.ts';
import { untilToldToEnd } from './until-told-to-end.ts';

spareMemory();

const stopping = new AbortController();
const stop = (): void =>
  stopping.abort(
    new FeedError('feed.unavailable', 'The feed was told to end; nothing of this night was published.'),
  );
void untilToldToEnd().then(stop);
// A parent that was killed cannot say so.
process.once('disconnect', stop);

let told = Promise.resolve();
function tell(word: NightWord): void {
  if (!process.connected) return;
  told = new Promise((resolve) => {
    process.send?.(word, undefined, undefined, () => resolve());
  });
}

const [order] = (await once(process, 'message')) as [NightOrder];
try {
  const runNight = nightsOf({
    ...order,
    observe: (observation) => tell({ kind: 'observed', observation }),
    signal: stopping.signal,
  });
  await runNight(clockOf(order.settings));
} catch (thrown) {
  process.exitCode = 1;
  tell({ kind: 'failed', error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
}
await told;
if (process.connected) process.disconnect();
