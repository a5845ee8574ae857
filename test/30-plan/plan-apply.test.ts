// What $apply makes of columns and keys, transformation by transformation.
import { describe, expect, test } from '@jest/globals';
import { visibleColumns } from '../../src/plan/apply/apply-rows.ts';
import { planOf, showCondition } from './plan-of.ts';

/** Each column that is shown, with its type; `?` where it may be null. */
function columnsOf(apply: string, set = 'devices'): readonly string[] {
  const { from } = planOf(`/${set}?$apply=${apply}`);
  return [...visibleColumns(from.columns)].map(
    ([name, { type, nullable }]) => `${name}: ${type.replace('Edm.', '')}${nullable ? '?' : ''}`,
  );
}

describe('the column of an aggregate', () => {
  test.each([
    ['$count as x', 'x: Int64'],
    ['deviceKey with sum as x', 'x: Int64'],
    ['deviceKey with average as x', 'x: Double'],
    ['deviceKey with min as x', 'x: Int32'],
    ['deviceKey with max as x', 'x: Int32'],
    ['deviceKey with countdistinct as x', 'x: Int64'],
    ['deviceName with max as x', 'x: String?'],
    ['deviceName with countdistinct as x', 'x: Int64'],
    ['freeStorageSpaceInBytes with sum as x', 'x: Int64?'],
    ['freeStorageSpaceInBytes divby 1024 with sum as x', 'x: Double?'],
    ['enrolledDateTime with max as x', 'x: DateTimeOffset?'],
    ['isDeleted with max as x', 'x: Boolean'],
    ['year(enrolledDateTime) with min as x', 'x: Int32?'],
    ['deviceType/deviceTypeName with min as x', 'x: String?'],
    ['length(deviceName) with sum as x', 'x: Int64?'],
    ['deviceEncryptionStates/$count as x', 'x: Int64'],
    ['deviceEncryptionStates/$count with max as x', 'x: Int64'],
    ['deviceEncryptionStates/dateKey with max as x', 'x: Int32?'],
    ['deviceEncryptionStates/dateKey with sum as x', 'x: Int64?'],
    ['deviceEncryptionStates/dateKey with average as x', 'x: Double?'],
    ['deviceEncryptionStates/encryptionState/encryptionStateName with min as x', 'x: String?'],
    ['user/devices/deviceEncryptionStates/$count as x', 'x: Int64'],
  ])('%s is %s', (aggregates, column) => {
    expect(columnsOf(`groupby((deviceTypeKey),aggregate(${aggregates}))`)).toEqual([
      'deviceTypeKey: Int32',
      column,
    ]);
  });

  test('of everything may be null, since there may be nothing', () => {
    const aggregates = '$count as n,deviceKey with sum as s,deviceKey with countdistinct as d';
    expect(columnsOf(`aggregate(${aggregates})`)).toEqual(['n: Int64', 's: Int64?', 'd: Int64']);
  });
});

describe('the key of', () => {
  test.each([
    ['filter(isDeleted)', ['deviceKey']],
    ['top(3)/compute(1 as one)', ['deviceKey']],
    ['groupby((osVersion,deviceType/deviceTypeName))', ['osVersion', 'deviceType/deviceTypeName']],
    ['groupby((OSVERSION,devicetype/DEVICETYPENAME))', ['osVersion', 'deviceType/deviceTypeName']],
    ['aggregate($count as n)', []],
    ['groupby((rollup(osVersion,deviceTypeKey)))', ['#0', 'osVersion', 'deviceTypeKey']],
    ['concat(aggregate($count as n),topcount(1,deviceKey))', ['#0', 'deviceKey']],
    ['concat(identity,concat(identity,identity))', ['#1', 'deviceKey', '#0']],
  ])('%s is %j', (apply, key) => {
    expect(planOf(`/devices?$apply=${apply}`).from.key).toEqual(key);
  });
});

test('orderby is kept to the end, and the client’s $orderby goes before it', () => {
  const order = (address: string): readonly string[] =>
    planOf(address).order.map(({ by, descending }) => {
      if (by.kind !== 'property') throw new TypeError('Ordered by properties alone.');
      return `${by.property}${descending ? ' desc' : ''}`;
    });
  const apply = '/devices?$apply=orderby(osVersion)/filter(isDeleted)/orderby(deviceName desc)';
  expect(order(apply)).toEqual(['deviceName desc', 'osVersion', 'deviceKey']);
  expect(order(`${apply}&$orderby=model`)).toEqual(['model', 'deviceName desc', 'osVersion', 'deviceKey']);
  expect(order(`${apply}/groupby((model))`)).toEqual(['model']);
});

test('what the address says of rows comes first, and $filter is about the result', () => {
  const { from, where } = planOf(
    '/devices(7)/deviceEncryptionStates?$apply=groupby((dateKey))&$filter=dateKey gt 20180101',
  );
  expect(from.kind === 'grouped' && from.of.kind === 'filtered' && showCondition(from.of.where)).toContain(
    'devices where deviceKey eq 7',
  );
  expect(showCondition(where)).toBe('dateKey gt 20180101');
});

test.each([
  ['deviceType', ['deviceType/deviceTypeName']],
  ['devicetype/devicetypename,n', ['deviceType/deviceTypeName', 'n']],
  ['*', ['deviceType/deviceTypeName', 'isDeleted', 'n']],
])('$select=%s after grouping is %j', (select, columns) => {
  const apply = 'groupby((deviceType/deviceTypeName,isDeleted),aggregate($count as n))';
  expect(planOf(`/devices?$apply=${apply}&$select=${select}`).columns).toEqual(columns);
});

test.each([
  ['$apply=groupby((isDeleted))&$search=x', 'request.not-offered', '$search'],
  ['$apply=groupby((isDeleted))&$select=deviceName', 'request.unknown-property', '$select'],
  ['$apply=groupby((isDeleted))&$orderby=deviceType/deviceTypeName', 'request.unknown-property', '$orderby'],
  ['$apply=groupby((isDeleted/x))', 'request.type-mismatch', '$apply'],
  ['$apply=groupby((deviceEncryptionStates/dateKey))', 'request.type-mismatch', '$apply'],
  ['$apply=aggregate(null with max as x)', 'request.type-mismatch', '$apply'],
  ['$apply=aggregate(deviceType/$count as x)', 'request.unknown-property', '$apply'],
  ['$apply=aggregate(deviceEncryptionStates with max as x)', 'request.type-mismatch', '$apply'],
  ['$apply=aggregate(deviceEncryptionStates/days with max as x)', 'request.unknown-property', '$apply'],
  [
    '$apply=aggregate(deviceEncryptionStates/advancedBitLockerStates with sum as x)',
    'request.type-mismatch',
    '$apply',
  ],
  [
    '$apply=aggregate(deviceEncryptionStates/dateKey with countdistinct as x)',
    'request.not-offered',
    '$apply',
  ],
  ['$apply=compute(1 as deviceType)', 'request.malformed-expression', '$apply'],
  ['$apply=compute(1 as x)/compute(2 as X)', 'request.malformed-expression', '$apply'],
])('%s is refused', (options, code, target) => {
  expect(() => planOf(`/devices?${options}`)).toThrow(expect.objectContaining({ code, target }));
});

test('a column that a group left out is not looked for on beta, where the request already is', () => {
  const right = { message: expect.not.stringContaining('beta'), hint: expect.not.stringContaining('beta') };
  expect(() => planOf('/devices?$apply=groupby((isDeleted))&$filter=model eq null')).toThrow(
    expect.objectContaining(right),
  );
});

test('one row is not transformed', () => {
  expect(() => planOf('/devices(7)?$apply=identity')).toThrow(
    expect.objectContaining({ code: 'request.malformed-option', target: '$apply' }),
  );
});

describe('transformations that multiply', () => {
  const many = (length: number, text: string): readonly string[] => Array.from({ length }, () => text);
  const names = [
    'deviceName',
    'model',
    'osVersion',
    'manufacturer',
    'deviceKey',
    'isDeleted',
    'deviceTypeKey',
  ];

  test.each([
    ['concat after concat', many(14, 'concat(identity,identity)').join('/'), 'concat(identity,identity)/', 6],
    ['concat inside concat', `concat(${many(40, 'identity').join()})/concat(identity,identity)`, null, null],
    ['rollup beside rollup', `groupby((${many(4, `rollup(${names.join()})`).join()}))`, null, null],
    [
      'concat after rollup',
      `groupby((rollup($all,${names.join()})))/concat(${many(9, 'identity').join()})`,
      null,
      null,
    ],
  ])('are refused before they are too many: %s', (_, apply, step, times) => {
    const right = {
      code: 'limit.too-complex',
      target: '$apply',
      message: expect.stringContaining('64 times'),
    };
    expect(() => planOf(`/devices?$apply=${apply}`)).toThrow(
      expect.objectContaining(step === null ? right : { ...right, position: step.length * times }),
    );
  });
});
