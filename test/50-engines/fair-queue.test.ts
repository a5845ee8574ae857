// Who comes next: the reader who was served least of late, whatever the others want.
import { describe, expect, test } from '@jest/globals';
import { FairQueue } from '../../src/engines/sqlite/read/fair-queue.ts';

interface Job {
  readonly reader: string;
  readonly work: string;
  readonly name: string;
}

/** Of the reader that its name begins with. */
const jobOf = (name: string, work = name): Job => ({ reader: name.charAt(0), work, name });

let now = 0;
const lineOf = (...names: readonly string[]): FairQueue<Job> => {
  now = 0;
  const line = new FairQueue<Job>(() => now);
  for (const name of names) line.join(jobOf(name));
  return line;
};
const order = (line: FairQueue<Job>, cost = 0): readonly string[] => {
  const names: string[] = [];
  for (let job = line.next(false); job; job = line.next(false)) {
    names.push(job.name);
    line.recordUsage(job.reader, cost);
  }
  return names;
};

describe('the line in front of the threads', () => {
  test('of one reader is first come, first served', () => {
    expect(order(lineOf('a1', 'a2', 'a3'), 5)).toEqual(['a1', 'a2', 'a3']);
  });

  test('shares out turns, however many one reader asks for', () => {
    expect(order(lineOf('a1', 'a2', 'a3', 'a4', 'b1', 'b2'), 5)).toEqual([
      'a1',
      'b1',
      'a2',
      'b2',
      'a3',
      'a4',
    ]);
  });

  test('counts time, not requests', () => {
    const line = lineOf('a1', 'a2', 'b1', 'b2', 'b3');
    const names: string[] = [];
    for (let job = line.next(false); job; job = line.next(false)) {
      names.push(job.name);
      line.recordUsage(job.reader, job.reader === 'a' ? 100 : 10);
    }
    expect(names).toEqual(['a1', 'b1', 'b2', 'b3', 'a2']);
  });

  test('forgets: who was greedy a minute ago comes before who is greedy now', () => {
    const line = lineOf();
    line.recordUsage('a', 1000);
    now = 60_000;
    line.recordUsage('b', 100);
    line.join(jobOf('b1'));
    line.join(jobOf('a1'));
    expect(order(line)).toEqual(['a1', 'b1']);
  });

  test('who leaves is not served', () => {
    const line = lineOf('a1');
    const job = jobOf('b1');
    line.join(job);
    line.leave(job);
    expect(order(line)).toEqual(['a1']);
  });

  test('a job that is already running takes nobody with it when it leaves', () => {
    const queue = lineOf('a1', 'b1', 'c1');
    const running = queue.next(false)!;
    queue.leave(running);
    expect([queue.length, order(queue)]).toEqual([2, ['b1', 'c1']]);
  });

  test('does not remember every reader who ever came', () => {
    const line = lineOf();
    for (let i = 0; i < 3000; i += 1) line.recordUsage(`reader ${i}`, 1000);
    line.join({ reader: 'reader 2999', work: '', name: 'late' });
    line.join({ reader: 'reader 0', work: '', name: 'forgotten' });
    expect(order(line)).toEqual(['forgotten', 'late']);
  });
});

describe('the kept thread', () => {
  /** A line in which someone has just asked for what is known to take a moment. */
  const keptLine = (): FairQueue<Job> => {
    const line = lineOf();
    line.recordDuration('brief', 1);
    line.join(jobOf('p1', 'brief'));
    expect(line.next(true)?.name).toBe('p1');
    return line;
  };

  test('is for everyone where nobody asks for what is brief', () => {
    expect(lineOf('a1').next(true)?.name).toBe('a1');
    const line = keptLine();
    now = 61_000;
    line.join(jobOf('a1'));
    expect(line.next(true)?.name).toBe('a1');
  });

  test('is kept for what is brief, whoever asks for it, from what is long and from what nobody knows yet', () => {
    const line = keptLine();
    line.recordDuration('long', 400);
    line.join(jobOf('a1', 'long'));
    line.join(jobOf('b1', 'unknown'));
    expect(line.next(true)).toBeNull();
    line.join(jobOf('c1', 'brief'));
    expect([line.next(true), line.next(false), line.next(false)].map((job) => job?.name)).toEqual([
      'c1',
      'a1',
      'b1',
    ]);
  });

  test('takes the briefest first', () => {
    const line = keptLine();
    line.recordDuration('page', 6);
    for (const [name, work] of [
      ['a1', 'page'],
      ['b1', 'brief'],
    ] as const)
      line.join(jobOf(name, work));
    line.recordUsage('b', 50);
    expect([line.next(true), line.next(true)].map((job) => job?.name)).toEqual(['b1', 'a1']);
  });

  test('is not kept for one who has much of what is brief', () => {
    const line = keptLine();
    line.recordUsage('b', 1000);
    line.join(jobOf('b1', 'brief'));
    expect(line.next(true)).toBeNull();
    line.recordUsage('p', 1000);
    expect(line.next(true)?.name).toBe('b1');
  });

  test('stays for one who asks twenty times a second', () => {
    const line = keptLine();
    for (; now < 50_000; now += 50) line.recordUsage('p', 2);
    line.join(jobOf('p2', 'brief'));
    line.join(jobOf('a1', 'unknown'));
    expect(line.next(true)?.name).toBe('p2');
    expect(line.next(true)).toBeNull();
  });

  test('knows work by its better times, and not by one at which the machine did something else', () => {
    const line = keptLine();
    line.recordDuration('brief', 60);
    line.join(jobOf('a1', 'brief'));
    expect(line.next(true)?.name).toBe('a1');
    for (let time = 0; time < 10; time += 1) line.recordDuration('brief', 60);
    line.join(jobOf('a2', 'brief'));
    expect(line.next(true)).toBeNull();
  });

  test('goes to whoever has waited for a second in which the others took no work', () => {
    const line = keptLine();
    line.join(jobOf('a1'));
    line.join(jobOf('b1'));
    now += 900;
    expect(line.next(false)?.name).toBe('a1');
    expect([line.next(true), line.msUntilStandstill()]).toEqual([null, 1000]);
    now += 999;
    expect([line.next(true), line.msUntilStandstill()]).toEqual([null, 1]);
    now += 1;
    expect(line.next(true)?.name).toBe('b1');
  });
});
