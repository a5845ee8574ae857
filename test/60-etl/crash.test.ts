// SIGKILL at random moments of real runs: nothing that was published is lost, doubled or incomplete. More: npm run crash.
import { expect, test } from '@jest/globals';
import { killRuns } from '../crash/kill-runs.ts';

test('runs that are killed at any moment lose nothing, and end like runs that were not', async () => {
  const { journalled } = await killRuns({ kills: 20, killsPerRun: 10 });
  // Otherwise the kills came too early to show anything.
  expect(journalled).toBeGreaterThan(5);
}, 180_000);
