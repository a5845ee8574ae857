// A collection that every tenant has must not become empty.
import { expect, test } from '@jest/globals';
import { makeModel } from '../../schema/model.ts';
import { userHistories, users } from '../../schema/subjects/users.ts';
import { RUN_HISTORY_ENTITIES, smallRuns, type Harvest } from './small-runs.ts';

const { warehouse, runDay } = smallRuns(makeModel('People', [users, userHistories, ...RUN_HISTORY_ENTITIES]));

const harvestOf =
  (...userIds: readonly string[]): Harvest =>
  (staging) => {
    const values = { userEmail: null, userPrincipalName: null, displayName: null, intuneLicensed: true };
    staging.append(
      users,
      userIds.map((userId) => ({ naturalKey: userId, values: { userId, ...values } })),
    );
    return Promise.resolve(new Map([[users.name, 'complete']]));
  };

test('a run without users is quarantined when there were two before, and published when there were none', async () => {
  const runs = ['20', '21', '22'].map((date) => ({ run: date, at: `2026-11-${date}T00:00:00Z` }));
  expect((await runDay(harvestOf(), runs[0])).report).toMatchObject({ generation: { id: 1 } });
  expect((await runDay(harvestOf('megan', 'alex'), runs[1])).report).toMatchObject({
    generation: { id: 2 },
  });
  expect((await runDay(harvestOf(), runs[2])).report).toMatchObject({
    message: expect.stringContaining('users: 0 rows, where 2 stood before: none is left.'),
  });
  expect(warehouse().current()).toMatchObject({ id: 2 });
});
