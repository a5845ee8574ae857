// v1.0 is what the vendor documents: its examples, and a refusal of everything else that says where to go.
import { describe, expect, test } from '@jest/globals';
import { planOf, showCondition } from './plan-of.ts';

const plan = (address: string) => planOf(address, { version: 'v1.0' });
const where = (options: string): string => showCondition(plan(`/devicePropertyHistories?${options}`).where);

describe('the documented examples, on 2018-02-21', () => {
  test.each([
    ['maxhistorydays=7', 'all(dateKey ge 20180214, dateKey le 20180221)'],
    ['$filter=DateKey eq 20180214', 'dateKey eq 20180214'],
    ['$filter=DateKey ge 20180214 and DateKey lt 20180221', 'all(dateKey ge 20180214, dateKey lt 20180221)'],
    ['maxhistorydays=7&$filter=DateKey eq 20180214', 'dateKey eq 20180214'],
  ])('%s', (options, meaning) => {
    expect(where(options)).toBe(meaning);
  });

  test('$filter=RowLastModifiedDateTimeUTC ge 2018-02-21T23:18:51.3277273Z', () => {
    const { where: condition } = plan(
      '/devices?$filter=RowLastModifiedDateTimeUTC ge 2018-02-21T23:18:51.3277273Z',
    );
    expect(showCondition(condition)).toBe("rowLastModifiedDateTimeUTC ge '2018-02-21T23:18:51.3277273'");
  });
});

describe('maxhistorydays', () => {
  test.each([
    ['/dates?MaxHistoryDays=0', 'all(dateKey ge 20180221, dateKey le 20180221)'],
    ['/dates?maxHistoryDays=52', 'all(dateKey ge 20171231, dateKey le 20180221)'],
    ['/devices?maxhistorydays=7', ''],
    ['/devices(7)?maxhistorydays=7', 'deviceKey eq 7'],
    ['/devicePropertyHistories/$count?maxhistorydays=1', 'all(dateKey ge 20180220, dateKey le 20180221)'],
  ])('%s', (address, meaning) => {
    expect(showCondition(plan(address).where)).toBe(meaning);
  });

  test('of more days than there are means all that were', () => {
    expect(showCondition(plan('/dates?maxhistorydays=999999999999').where)).toMatch(
      /^all\(dateKey ge -?\d+, dateKey le 20180221\)$/,
    );
  });

  test('counts beside a filter that does not speak of days', () => {
    expect(
      showCondition(planOf('/devicePropertyHistories?maxhistorydays=1&$filter=deviceKey eq 7').where),
    ).toBe('all(dateKey ge 20180220, dateKey le 20180221, deviceKey eq 7)');
    expect(
      showCondition(
        planOf('/devicePropertyHistories?maxhistorydays=1&$filter=not (5 add DATEKEY gt 7)').where,
      ),
    ).toBe('not((5 add dateKey) gt 7)');
  });
});

describe('v1.0 offers', () => {
  test.each([
    '$filter=dateKey Eq 20180214 AND (20180215 GE datekey)',
    '$filter=dateKey gt 20180214 and dateKey le 20180221 and dateKey ge 20180215',
    '$select=deviceKey',
    '$top=10000&$skip=0',
    '$count=true',
  ])('%s', (options) => {
    expect(() => plan(`/devicePropertyHistories?${options}`)).not.toThrow();
  });

  test.each([
    '/devices(7)',
    '/devices(7)/deviceName',
    '/devices(7)/deviceType',
    '/deviceTypes(5)/devices',
    '/devices/$count',
  ])('%s', (address) => {
    expect(() => plan(address)).not.toThrow();
  });
});

describe('v1.0 refuses', () => {
  test.each([
    ["$filter=deviceName eq 'x'", '$filter', /'deviceName'/],
    ['$filter=dateKey ne 20180214', '$filter', /'ne'/],
    ['$filter=dateKey eq 20180214 or dateKey eq 20180215', '$filter', /'or'/],
    ['$filter=not (dateKey eq 20180214)', '$filter', /'not'/],
    ['$filter=dateKey in (20180214)', '$filter', /'in'/],
    ["$filter=contains(deviceName,'x')", '$filter', /contains/],
    ['$filter=dateKey add 1 eq 20180215', '$filter', /./],
    ['$filter=dateKey eq dateKey', '$filter', /./],
    ['$filter=dateKey', '$filter', /alone/],
    ['$filter=1 eq 1', '$filter', /property/],
    ['$orderby=dateKey', '$orderby', /\$orderby/],
    ['$expand=deviceType', '$expand', /\$expand/],
    ['$apply=aggregate($count as n)', '$apply', /\$apply/],
    ['$search=x', '$search', /\$search/],
    ['$compute=1 as one', '$compute', /\$compute/],
  ])('%s', (options, target, message) => {
    const right = {
      code: 'request.not-in-v1',
      target,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/dateKey and rowLastModifiedDateTimeUTC .*\/beta\/devicePropertyHistories/),
    };
    expect(() => plan(`/devicePropertyHistories?${options}`)).toThrow(expect.objectContaining(right));
  });

  test('a filter on a collection that has neither property', () => {
    const right = { code: 'request.not-in-v1', message: expect.stringContaining('ownerTypes has neither') };
    expect(() => plan('/ownerTypes?$filter=dateKey eq 1')).toThrow(expect.objectContaining(right));
  });

  test('values of another type', () => {
    const right = { code: 'request.type-mismatch', position: 11 };
    expect(() => plan("/dates?$filter=dateKey eq '20180214'")).toThrow(expect.objectContaining(right));
  });
});
