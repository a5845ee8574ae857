// SIGKILL at random moments of real nights: nothing that was published is lost, doubled or half there. More: npm run crash.
import { expect, test } from '@jest/globals';
import { killRuns } from '../crash/kill-runs.ts';

test('nights that are killed at any moment lose nothing, and end as if nobody had touched them', async () => {
  const { journalled } = await killRuns({ kills: 20, killsPerRun: 10 });
  // Else the kills would have come too early to show anything.
  expect(journalled).toBeGreaterThan(5);
}, 180_000);
