// Dimensions are merged before what refers to them, whatever the order in the model.
import { describe, expect, test } from '@jest/globals';
import { mergeOrder } from '../../etl/merge/merge-order.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeModel } from '../../schema/model.ts';
import { entity, int32 } from '../../schema/entity.ts';

const thing = (name: string, refers: string) =>
  entity({
    name,
    singular: `one ${name}`,
    lifetime: 'current',
    description: 'A thing.',
    key: ['key'],
    properties: { key: int32('Key.', { role: 'surrogate' }), other: int32('Other.', { refers }) },
  });

describe('mergeOrder', () => {
  test('puts referenced collections first; a collection may refer to itself', () => {
    const model = makeModel('Three', [thing('a', 'b'), thing('b', 'c'), thing('c', 'c')]);
    expect(mergeOrder(model).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  test('names the collections of a cycle', () => {
    const model = makeModel('Circle', [thing('a', 'b'), thing('b', 'a')]);
    expect(() => mergeOrder(model)).toThrow('a → b → a');
  });

  test('has every collection of the warehouse once, each after those it refers to', () => {
    const names = mergeOrder(MODEL).map(({ name }) => name);
    expect([...names].sort()).toEqual([...MODEL.entities.keys()].sort());
    for (const { name, properties } of MODEL.entities.values()) {
      for (const { refers } of Object.values(properties)) {
        if (refers !== undefined && refers !== name) {
          expect(names.indexOf(refers)).toBeLessThan(names.indexOf(name));
        }
      }
    }
  });
});
