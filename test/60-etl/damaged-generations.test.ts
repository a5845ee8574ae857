// A generation's file that the disk has damaged: what is served, what the next run builds on, and what the journal says.
import { readFileSync, truncateSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  listGenerationFiles,
  listGenerations,
} from '../../src/engines/sqlite/generations/generation-files.ts';
import { select, thing } from '../50-engines/small-model.ts';
import { spoil } from '../crash/spoil.ts';
import { harvestOfThings, smallRuns } from './small-runs.ts';

const runs = smallRuns();
const RUN_TIMES = ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'] as const;

/** Three things, then two more; each run has a generation of its own. */
async function runTwoDays(): Promise<void> {
  await runs.runDay(harvestOfThings(['a', 'b', 'c'].map((each) => thing(each))), {
    at: RUN_TIMES[0],
    run: 'r1',
  });
  await runs.runDay(harvestOfThings(['a', 'b', 'c', 'd', 'e'].map((each) => thing(each))), {
    at: RUN_TIMES[1],
    run: 'r2',
  });
}

const newest = (): string => listGenerationFiles(runs.dataDir())[0]!.path;
const served = (): readonly number[] => listGenerations(runs.dataDir()).map(({ id }) => id);

describe('a newest file that is', () => {
  test.each([
    ['cut short', (path: string) => truncateSync(path, 10_000)],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['damaged in its header', (path: string) => spoil(path, 'generation')],
  ])('%s is skipped: the day before is served at once, and the next run builds on it', async (_, harm) => {
    await runTwoDays();
    harm(newest());
    expect(served()).toEqual([1]);
    await runs.runDay(harvestOfThings([thing('a'), thing('f')]), { at: RUN_TIMES[2], run: 'r3' });
    expect(served()).toEqual([3, 1]);
    expect(select(runs.dataDir(), 'SELECT thingId, isDeleted FROM things').map(Object.values)).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
      ['f', 0],
    ]);
  });

  test('damaged somewhere inside is not built on, and the journal says so', async () => {
    await runTwoDays();
    spoil(newest(), 'things');
    expect(served()).toEqual([2, 1]);
    await runs.runDay(harvestOfThings([thing('a'), thing('f')]), { at: RUN_TIMES[2], run: 'r3' });
    expect(served()).toEqual([3, 2, 1]);
    // f does not get a key that d or e had.
    expect(select(runs.dataDir(), 'SELECT thingId, thingKey FROM things').map(Object.values)).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['f', 6],
    ]);
    expect(runs.outcomes()).toEqual([
      [20261122, 'published'],
      [20261121, 'withdrawn'],
      [20261120, 'published'],
    ]);
    expect(runs.journal()[1]?.reason).toBe(
      'The file of generation 2 is damaged; the next run was built on generation 1.',
    );
    expect(select(runs.dataDir(), `SELECT outcome FROM runs WHERE runId = 'r2'`)).toEqual([
      { outcome: 'withdrawn' },
    ]);
  });

  test('damaged somewhere inside can be rolled back by an operator', async () => {
    await runTwoDays();
    const before = readFileSync(listGenerationFiles(runs.dataDir())[1]!.path);
    spoil(newest(), 'surrogateKeys');
    expect(runs.warehouse().rollback(null, new Date(RUN_TIMES[2]))).toMatchObject({
      id: 3,
      dateKey: 20261120,
    });
    expect(runs.served()).toBe(3);
    expect(readFileSync(listGenerationFiles(runs.dataDir())[2]!.path).equals(before)).toBe(true);
  });
});
