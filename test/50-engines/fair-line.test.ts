// Who comes next: the reader who was served least of late, whatever the others want.
import { describe, expect, test } from '@jest/globals';
import { FairLine } from '../../src/engines/sqlite/fair-line.ts';

interface Job {
  readonly reader: string;
  readonly name: string;
}

let now = 0;
const lineOf = (...names: readonly string[]): FairLine<Job> => {
  now = 0;
  const line = new FairLine<Job>(() => now);
  for (const name of names) line.join({ reader: name.charAt(0), name });
  return line;
};
const order = (line: FairLine<Job>, cost = 0): readonly string[] => {
  const names: string[] = [];
  for (let job = line.next(false); job; job = line.next(false)) {
    names.push(job.name);
    line.spend(job.reader, cost);
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
      line.spend(job.reader, job.reader === 'a' ? 100 : 10);
    }
    expect(names).toEqual(['a1', 'b1', 'b2', 'b3', 'a2']);
  });

  test('forgets: who was greedy a minute ago comes before who is greedy now', () => {
    const line = lineOf();
    line.spend('a', 1000);
    now = 60_000;
    line.spend('b', 100);
    line.join({ reader: 'b', name: 'b1' });
    line.join({ reader: 'a', name: 'a1' });
    expect(order(line)).toEqual(['a1', 'b1']);
  });

  test('keeps the last thread for who reads little, where there are several readers', () => {
    const line = lineOf();
    line.spend('a', 1000);
    line.join({ reader: 'a', name: 'a1' });
    expect(line.next(true)?.name).toBe('a1');
    line.spend('b', 1);
    line.join({ reader: 'a', name: 'a2' });
    expect(line.next(true)).toBeNull();
    line.join({ reader: 'b', name: 'b1' });
    expect(line.next(true)?.name).toBe('b1');
    expect(line.next(false)?.name).toBe('a2');
    now = 61_000;
    line.spend('a', 1000);
    line.join({ reader: 'a', name: 'a3' });
    expect(line.next(true)?.name).toBe('a3');
  });

  test('keeps it from who asks seldom and then for long, and from whom nobody knows yet', () => {
    const line = lineOf();
    line.spend('a', 400);
    now = 20_000;
    line.spend('b', 1);
    line.join({ reader: 'a', name: 'a1' });
    line.join({ reader: 'c', name: 'c1' });
    expect(line.next(true)).toBeNull();
    line.join({ reader: 'b', name: 'b1' });
    expect(line.next(true)?.name).toBe('b1');
    expect(line.next(false)?.name).toBe('c1');
    expect(line.next(true)).toBeNull();
    for (let brief = 0; brief < 8; brief += 1) line.spend('a', 1);
    expect(line.next(true)?.name).toBe('a1');
  });

  test('does not keep it for one who was small and no longer is', () => {
    const line = lineOf();
    line.spend('a', 1);
    line.spend('a', 500);
    line.join({ reader: 'a', name: 'a1' });
    expect(line.next(true)?.name).toBe('a1');
  });

  test('who leaves is not served', () => {
    const line = lineOf('a1');
    const job = { reader: 'b', name: 'b1' };
    line.join(job);
    line.leave(job);
    expect(order(line)).toEqual(['a1']);
  });

  test('does not remember every reader who ever came', () => {
    const line = lineOf();
    for (let i = 0; i < 3000; i += 1) line.spend(`reader ${i}`, 1000);
    line.join({ reader: 'reader 2999', name: 'late' });
    line.join({ reader: 'reader 0', name: 'forgotten' });
    expect(order(line)).toEqual(['forgotten', 'late']);
  });
});
