// Which annotations a client wants to see, by its patterns.
import { describe, expect, test } from '@jest/globals';
import { includesAnnotation } from '../../src/odata/headers/includes-annotation.ts';

describe('include-annotations', () => {
  test.each([
    [null, false],
    ['', false],
    ['*', true],
    ['-*', false],
    ['fleetfeed.*', true],
    ['fleetfeed.advice', true],
    ['fleetfeed.*#short', false],
    ['fleet.*', false],
    ['display.*', false],
    ['*,-fleetfeed.*', false],
    ['-*, fleetfeed.advice', true],
    ['-fleetfeed.*,fleetfeed.advice', true],
    ['fleetfeed.*,-fleetfeed.*', false],
  ])('%j: %j', (patterns, expected) => {
    expect(includesAnnotation(patterns, 'fleetfeed.advice')).toBe(expected);
  });
});
