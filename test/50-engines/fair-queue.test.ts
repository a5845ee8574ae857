// Which job is next: one of the reader who used least of late.
import { describe, expect, test } from '@jest/globals';
import { FairQueue } from '../../src/engines/sqlite/read/fair-queue.ts';

interface Job {
  readonly reader: string;
  readonly work: string;
  readonly name: string;
}

/** The first letter of its name names its reader. */
const jobOf = (name: string, work = name): Job => ({ reader: name.charAt(0), work, name });

let now = 0;
const queueOf = (...names: readonly string[]): FairQueue<Job> => {
  now = 0;
  const queue = new FairQueue<Job>(() => now);
  for (const name of names) queue.join(jobOf(name));
  return queue;
};
const order = (queue: FairQueue<Job>, cost = 0): readonly string[] => {
  const names: string[] = [];
  for (let job = queue.next(false); job; job = queue.next(false)) {
    names.push(job.name);
    queue.recordUsage(job.reader, cost);
  }
  return names;
};

describe('the queue in front of the workers', () => {
  test('serves one reader first come, first served', () => {
    expect(order(queueOf('a1', 'a2', 'a3'), 5)).toEqual(['a1', 'a2', 'a3']);
  });

  test('alternates between readers, however much one of them asks for', () => {
    expect(order(queueOf('a1', 'a2', 'a3', 'a4', 'b1', 'b2'), 5)).toEqual([
      'a1',
      'b1',
      'a2',
      'b2',
      'a3',
      'a4',
    ]);
  });

  test('shares out time, not requests', () => {
    const queue = queueOf('a1', 'a2', 'b1', 'b2', 'b3');
    const names: string[] = [];
    for (let job = queue.next(false); job; job = queue.next(false)) {
      names.push(job.name);
      queue.recordUsage(job.reader, job.reader === 'a' ? 100 : 10);
    }
    expect(names).toEqual(['a1', 'b1', 'b2', 'b3', 'a2']);
  });

  test('forgets: usage of a minute ago weighs less than usage of now', () => {
    const queue = queueOf();
    queue.recordUsage('a', 1000);
    now = 60_000;
    queue.recordUsage('b', 100);
    queue.join(jobOf('b1'));
    queue.join(jobOf('a1'));
    expect(order(queue)).toEqual(['a1', 'b1']);
  });

  test('does not serve a job that has left', () => {
    const queue = queueOf('a1');
    const job = jobOf('b1');
    queue.join(job);
    queue.leave(job);
    expect(order(queue)).toEqual(['a1']);
  });

  test('a job that is already running takes nobody with it when it leaves', () => {
    const queue = queueOf('a1', 'b1', 'c1');
    const running = queue.next(false)!;
    queue.leave(running);
    expect([queue.length, order(queue)]).toEqual([2, ['b1', 'c1']]);
  });

  test('does not remember every reader for ever', () => {
    const queue = queueOf();
    for (let i = 0; i < 3000; i += 1) queue.recordUsage(`reader ${i}`, 1000);
    queue.join({ reader: 'reader 2999', work: '', name: 'late' });
    queue.join({ reader: 'reader 0', work: '', name: 'forgotten' });
    expect(order(queue)).toEqual(['forgotten', 'late']);
  });
});

describe('the reserved worker', () => {
  /** A queue in which somebody has just asked for work that is known to be brief. */
  const reservedQueue = (): FairQueue<Job> => {
    const queue = queueOf();
    queue.recordDuration('brief', 1);
    queue.join(jobOf('p1', 'brief'));
    expect(queue.next(true)?.name).toBe('p1');
    return queue;
  };

  test('serves everyone when nobody asks for brief work', () => {
    expect(queueOf('a1').next(true)?.name).toBe('a1');
    const queue = reservedQueue();
    now = 61_000;
    queue.join(jobOf('a1'));
    expect(queue.next(true)?.name).toBe('a1');
  });

  test('is reserved for brief work of any reader, and takes neither long work nor work of unknown length', () => {
    const queue = reservedQueue();
    queue.recordDuration('long', 400);
    queue.join(jobOf('a1', 'long'));
    queue.join(jobOf('b1', 'unknown'));
    expect(queue.next(true)).toBeNull();
    queue.join(jobOf('c1', 'brief'));
    expect([queue.next(true), queue.next(false), queue.next(false)].map((job) => job?.name)).toEqual([
      'c1',
      'a1',
      'b1',
    ]);
  });

  test('takes the briefest job first', () => {
    const queue = reservedQueue();
    queue.recordDuration('page', 6);
    for (const [name, work] of [
      ['a1', 'page'],
      ['b1', 'brief'],
    ] as const)
      queue.join(jobOf(name, work));
    queue.recordUsage('b', 50);
    expect([queue.next(true), queue.next(true)].map((job) => job?.name)).toEqual(['b1', 'a1']);
  });

  test('is not reserved for a reader who has much brief work', () => {
    const queue = reservedQueue();
    queue.recordUsage('b', 1000);
    queue.join(jobOf('b1', 'brief'));
    expect(queue.next(true)).toBeNull();
    queue.recordUsage('p', 1000);
    expect(queue.next(true)?.name).toBe('b1');
  });

  test('stays reserved for a reader who asks twenty times a second', () => {
    const queue = reservedQueue();
    for (; now < 50_000; now += 50) queue.recordUsage('p', 2);
    queue.join(jobOf('p2', 'brief'));
    queue.join(jobOf('a1', 'unknown'));
    expect(queue.next(true)?.name).toBe('p2');
    expect(queue.next(true)).toBeNull();
  });

  test('judges work by its better times, not by a single slow one', () => {
    const queue = reservedQueue();
    queue.recordDuration('brief', 60);
    queue.join(jobOf('a1', 'brief'));
    expect(queue.next(true)?.name).toBe('a1');
    for (let time = 0; time < 10; time += 1) queue.recordDuration('brief', 60);
    queue.join(jobOf('a2', 'brief'));
    expect(queue.next(true)).toBeNull();
  });

  test('serves a job that has waited for a second in which the other workers took none', () => {
    const queue = reservedQueue();
    queue.join(jobOf('a1'));
    queue.join(jobOf('b1'));
    now += 900;
    expect(queue.next(false)?.name).toBe('a1');
    expect([queue.next(true), queue.msUntilStandstill()]).toEqual([null, 1000]);
    now += 999;
    expect([queue.next(true), queue.msUntilStandstill()]).toEqual([null, 1]);
    now += 1;
    expect(queue.next(true)?.name).toBe('b1');
  });
});
