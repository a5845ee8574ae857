// What an address means in terms of the model.
import { describe, expect, test } from '@jest/globals';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { planOf, showCondition } from './plan-of.ts';

describe('the path', () => {
  test.each([
    ['/devices', 'page', 'devices', ''],
    ['/DEVICES', 'page', 'devices', ''],
    ['/devices(7)', 'entity', 'devices', 'deviceKey eq 7'],
    ['/devices(deviceKey=7)', 'entity', 'devices', 'deviceKey eq 7'],
    [
      '/devicePropertyHistories(deviceKey=7,DateKey=20180221)',
      'entity',
      'devicePropertyHistories',
      'all(dateKey eq 20180221, deviceKey eq 7)',
    ],
    ['/devices/7', 'entity', 'devices', 'deviceKey eq 7'],
    ['/devices/7/deviceName', 'property', 'devices', 'deviceKey eq 7'],
    ['/devices(7)/deviceName', 'property', 'devices', 'deviceKey eq 7'],
    ['/devices(7)/DeviceName/$value', 'value', 'devices', 'deviceKey eq 7'],
    ['/devices/$count', 'count', 'devices', ''],
    [
      '/devices(7)/deviceType',
      'entity',
      'deviceTypes',
      'deviceTypeKey as deviceTypeKey of devices where deviceKey eq 7',
    ],
    [
      '/devices(7)/deviceType/deviceTypeName',
      'property',
      'deviceTypes',
      'deviceTypeKey as deviceTypeKey of devices where deviceKey eq 7',
    ],
    [
      '/deviceTypes(5)/devices',
      'page',
      'devices',
      'deviceTypeKey as deviceTypeKey of deviceTypes where deviceTypeID eq 5',
    ],
    [
      '/deviceTypes(5)/devices(7)',
      'entity',
      'devices',
      'all(deviceTypeKey as deviceTypeKey of deviceTypes where deviceTypeID eq 5, deviceKey eq 7)',
    ],
    [
      '/deviceTypes(5)/devices/$count',
      'count',
      'devices',
      'deviceTypeKey as deviceTypeKey of deviceTypes where deviceTypeID eq 5',
    ],
    ['/devices/$filter(@f)?@f=deviceKey gt 7', 'page', 'devices', 'deviceKey gt 7'],
    ['/devices/$filter(@f)/$count?@f=deviceKey gt @k&@k=7', 'count', 'devices', 'deviceKey gt 7'],
    ['/devices/$filter(@f)/9?@f=isDeleted', 'entity', 'devices', 'all(isDeleted, deviceKey eq 9)'],
    [
      '/devices/$filter(@f)?@f=deviceKey gt 7&$filter=isDeleted',
      'page',
      'devices',
      'all(deviceKey gt 7, isDeleted)',
    ],
    [
      '/deviceTypes/$filter(@f)/5/devices?@f=deviceTypeID gt 1',
      'page',
      'devices',
      'deviceTypeKey as deviceTypeKey of deviceTypes where all(deviceTypeID gt 1, deviceTypeID eq 5)',
    ],
  ])('%s is read as %s of %s', (address, shape, name, where) => {
    const plan = planOf(address);
    expect(plan).toMatchObject({ shape, entity: { name } });
    expect(showCondition(plan.where)).toBe(where);
  });

  test('a navigation remembers the row it starts at, so that a missing one is 404', () => {
    expect(planOf('/devices').navigationOrigin).toBeNull();
    const source = planOf('/devices(7)/deviceType').navigationOrigin!;
    expect(source).toMatchObject({ shape: 'entity', entity: { name: 'devices' } });
    expect(showCondition(source.where)).toBe('deviceKey eq 7');
  });

  test.each([
    ['/devices/$ref', 'page', 'devices'],
    ['/devices(7)/$ref', 'entity', 'devices'],
    ['/devices(7)/deviceType/$ref', 'entity', 'deviceTypes'],
    ['/deviceTypes(5)/devices/$ref', 'page', 'devices'],
  ])('%s is read as references of %s of %s', (address, shape, name) => {
    expect(planOf(address)).toMatchObject({ shape, form: 'ref', entity: { name }, columns: [] });
    expect(planOf(address.replace('/$ref', ''))).toMatchObject({ shape, form: 'rows' });
  });

  test.each([
    ['/devces', 'request.unknown-resource', /No collection 'devces' in beta\. Did you mean 'devices'\?/],
    ['/mdmStatuses', 'request.unknown-resource', /removed it in 2019; use complianceStates/],
    ['/MDMSTATUSES', 'request.unknown-resource', /complianceStates/],
    ['/devices/deviceName', 'request.unknown-resource', /cannot be followed by 'deviceName'/],
    ['/devices(7)/devceName', 'request.unknown-resource', /Did you mean 'deviceName'\?/],
    ['/devices(7)/$count', 'request.unknown-resource', /Only a collection|cannot be followed/],
    ['/devices(7)/$value', 'request.unknown-resource', /cannot be followed by \$value/],
    ['/devices(7)/deviceName/x', 'request.unknown-resource', /cannot be followed by 'x'/],
    ['/devices(7)/$filter(@f)?@f=true', 'request.unknown-resource', /cannot be followed by \$filter\(@f\)/],
    ['/devices/$filter(@f)', 'request.malformed-expression', /@f has no value/],
    ['/devices/$filter(@f)?@f=devceName', 'request.unknown-property', /Did you mean 'deviceName'/],
    ['/devices(7)/deviceName/$ref', 'request.unknown-resource', /cannot be followed by \$ref/],
    ['/devicePropertyHistories/7', 'request.bad-key', /devicePropertyHistories/],
    ["/devices('7')", 'request.bad-key', /'7' where deviceKey is a whole number/],
    ['/devices(deviceKey=1,deviceId=2)', 'request.bad-key', /devices/],
    ['/devices(deviceId=7)', 'request.bad-key', /devices/],
    ['/devicePropertyHistories(7)', 'request.bad-key', /devicePropertyHistories/],
    ['/devicePropertyHistories(dateKey=20180221)', 'request.bad-key', /lacks deviceKey/],
    ['/devices(99999999999999999999)', 'request.bad-key', /deviceKey/],
  ])('%s is refused', (address, code, message) => {
    expect(() => planOf(address)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test.each(['/dates/$ref', '/dates/$filter(@f)?@f=dateKey gt 20260101'])(
    '%s is of beta alone',
    (address) => {
      expect(() => planOf(address)).not.toThrow();
      expect(() => planOf(address, { version: 'v1.0' })).toThrow(
        expect.objectContaining({
          code: 'request.not-in-v1',
          hint: `Ask beta: /beta${address.split('?', 1)[0] ?? ''}`,
        }),
      );
    },
  );

  test('a bad key says what a good one looks like', () => {
    const right = { hint: 'Write devicePropertyHistories(dateKey=20261120,deviceKey=7).' };
    expect(() => planOf('/devicePropertyHistories(7)')).toThrow(expect.objectContaining(right));
  });

  test('a collection that only beta has is named there', () => {
    const hidden = [...MODEL.entities.values()].filter(({ beta }) => beta).map(({ name }) => name);
    expect(hidden).not.toEqual([]);
    for (const name of hidden) {
      const right = { code: 'request.unknown-resource', hint: `beta has it: /beta/${name}` };
      expect(() => planOf(`/${name}`, { version: 'v1.0' })).toThrow(expect.objectContaining(right));
    }
  });
});

describe('columns', () => {
  test('come in the feed’s order, once, whatever the client writes', () => {
    const { columns, selected } = planOf('/devices?$select=DeviceName,deviceKey,devicename');
    expect(columns).toEqual(['deviceKey', 'deviceName']);
    expect(selected).toEqual(columns);
    expect(planOf('/devices?$select=*,deviceKey')).toMatchObject({
      selected: null,
      columns: planOf('/devices').columns,
    });
  });

  test('of v1.0 leave out what only beta shows', () => {
    expect(planOf('/devices').columns).toContain('iccid');
    expect(planOf('/devices', { version: 'v1.0' }).columns).not.toContain('iccid');
    const right = {
      code: 'request.unknown-property',
      message: expect.stringContaining('beta'),
      hint: 'Ask /beta/devices.',
    };
    expect(() => planOf('/devices?$select=iccid', { version: 'v1.0' })).toThrow(
      expect.objectContaining(right),
    );
  });

  test.each([
    ['$select=devceName', 'request.unknown-property', /Did you mean 'deviceName'\?/],
    ['$select=deviceName/x', 'request.malformed-option', /no parts/],
    ['$select=deviceType/deviceTypeName', 'request.malformed-option', /not expanded/],
  ])('%s is refused with its position', (options, code, message) => {
    const right = { code, target: '$select', position: 0, message: expect.stringMatching(message) };
    expect(() => planOf(`/devices?${options}`)).toThrow(expect.objectContaining(right));
  });
});

describe('the order', () => {
  const orderOf = (options: string): string[] =>
    planOf(`/devicePropertyHistories?${options}`).order.map(({ by, descending }) => {
      return `${by.kind === 'property' ? by.property : by.kind}${descending ? ' desc' : ''}`;
    });

  test.each([
    ['', ['dateKey', 'deviceKey']],
    ['$orderby=deviceName', ['deviceName', 'dateKey', 'deviceKey']],
    ['$orderby=DEVICENAME desc', ['deviceName desc', 'dateKey', 'deviceKey']],
    ['$orderby=deviceKey', ['deviceKey', 'dateKey']],
    ['$orderby=dateKey desc', ['dateKey desc', 'deviceKey desc']],
    ['$orderby=dateKey desc,deviceName', ['dateKey desc', 'deviceName', 'deviceKey']],
    ['$orderby=deviceName,deviceName desc', ['deviceName', 'dateKey', 'deviceKey']],
    ['$orderby=length(deviceName) desc', ['call desc', 'dateKey', 'deviceKey']],
    ['$orderby=now()', ['dateKey', 'deviceKey']],
  ])('%s ends in the key', (options, order) => {
    expect(orderOf(options)).toEqual(order);
  });
});

describe('a page chain', () => {
  test('goes on after a row, without the rows passed over before, and owes what $top still wants', () => {
    const after = [
      { type: 'integer', value: 20180221n },
      { type: 'integer', value: 7n },
    ] as const;
    const plan = planOf('/devicePropertyHistories?$top=10&$skip=5', { after, served: 4 });
    expect(plan).toMatchObject({ after: [20180221n, 7n], generation: 61, skip: 0, top: 6 });
    expect(planOf('/devicePropertyHistories?$top=10&$skip=5')).toMatchObject({
      after: null,
      generation: null,
      skip: 5,
      top: 10,
    });
  });

  test.each([
    ['too few values', '/devicePropertyHistories', [{ type: 'integer', value: 1n }]],
    [
      'too many values',
      '/devices',
      [
        { type: 'integer', value: 1n },
        { type: 'integer', value: 1n },
      ],
    ],
    ['another type', '/devices', [{ type: 'string', value: '1' }]],
    ['null for a key', '/devices', [{ type: 'null' }]],
  ] as const)('does not go on after %s', (_, address, after) => {
    expect(() => planOf(address, { after })).toThrow(
      expect.objectContaining({ code: 'request.bad-skiptoken' }),
    );
  });

  test('may go on after a null where the order has nulls', () => {
    const after = [{ type: 'null' }, { type: 'integer', value: 7n }] as const;
    expect(planOf('/devices?$orderby=deviceName', { after }).after).toEqual([null, 7n]);
  });
});

describe('options', () => {
  test('$search asks the word index, and stands beside $filter', () => {
    const plan = planOf('/devices?$search=a "b c" OR NOT d&$filter=isDeleted');
    expect(showCondition(plan.where)).toBe(
      'all(isDeleted, any(all(devicesSearch(a), devicesSearch(b c)), not(devicesSearch(d))))',
    );
  });

  test.each(['$filter=true', '$orderby=deviceKey', '$top=1', '$skip=1'])(
    '%s has no place beside one row',
    (option) => {
      const right = { code: 'request.malformed-option', target: option.split('=')[0] };
      expect(() => planOf(`/devices(7)?${option}`)).toThrow(expect.objectContaining(right));
    },
  );

  test('a row may still be narrowed to columns', () => {
    expect(planOf('/devices(7)?$select=deviceName').columns).toEqual(['deviceName']);
  });

  test('$skip is bounded', () => {
    expect(() => planOf('/devices?$skip=100000001')).toThrow(
      expect.objectContaining({ code: 'limit.too-complex' }),
    );
  });
});
