// The map that forgets: what it evicts, and when.
import { expect, test } from '@jest/globals';
import { LruMap } from '../../src/base/lru-map.ts';

test('what was unused for longest is evicted', () => {
  const evicted: string[] = [];
  const map = new LruMap<string, string>(2, { onEvict: (value) => evicted.push(value) });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'd']) map.getOrCreate(key, () => key);
  expect(evicted).toEqual(['b', 'c']);
});

test('a look at a value does not keep it', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  expect(map.peek('a')).toBe(1);
  map.set('c', 3);
  expect([map.peek('a'), map.peek('b'), map.peek('c')]).toEqual([undefined, 2, 3]);
});

test('what is expendable is evicted before what is older, and never what has just been added', () => {
  const map = new LruMap<string, number>(3, { isExpendable: (value) => value === 0 });
  for (const [key, value] of [
    ['a', 1],
    ['b', 0],
    ['c', 0],
    ['d', 0],
  ] as const) {
    map.set(key, value);
  }
  expect(['a', 'b', 'c', 'd'].map((key) => map.peek(key))).toEqual([1, undefined, undefined, 0]);
});
