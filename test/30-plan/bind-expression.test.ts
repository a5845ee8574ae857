// Names, types and literals of expressions, and what is said when they do not fit.
import { describe, expect, test } from '@jest/globals';
import { planOf, showCondition } from './plan-of.ts';

const where = (filter: string, more = ''): string =>
  showCondition(planOf(`/devicePropertyHistories?$filter=${filter}${more}`).where);

describe('an expression is bound', () => {
  test.each([
    ['DATEKEY eq 20180221', 'dateKey eq 20180221'],
    ['20180221 gt dateKey', 'dateKey lt 20180221'],
    ['-5 le deviceKey', 'deviceKey ge -5'],
    ['dateKey eq 1.5', 'dateKey eq 1.5'],
    ["deviceName eq 'O''Neil'", "deviceName eq 'O'Neil'"],
    [
      'deviceName eq 0f3A58a2-1111-2222-3333-444455556666',
      "deviceName eq '0f3a58a2-1111-2222-3333-444455556666'",
    ],
    ['deviceName eq null', 'deviceName eq null'],
    ['deviceKey eq 1 or deviceKey eq 2 or deviceKey eq 3', 'deviceKey in [1, 2, 3]'],
    ["deviceKey eq 1 or deviceName eq 'a' or 2 eq deviceKey", "any(deviceKey in [1, 2], deviceName eq 'a')"],
    ['deviceName in (null)', 'deviceName eq null'],
    ["deviceName in ('a',null,'b')", "any(deviceName in ['a', 'b'], deviceName eq null)"],
    ['not (deviceKey gt 3)', 'not(deviceKey gt 3)'],
    ["contains(deviceName,'x') eq true", "(contains(deviceName, 'x')) eq true"],
    ["not(contains(tolower(deviceName),'A'))", "not(contains(tolower(deviceName), 'A'))"],
    ['true', 'true'],
    ['deviceKey add 1 mul 2 eq 7', '(deviceKey add (1 mul 2)) eq 7'],
    ['$it/deviceKey eq 1', 'deviceKey eq 1'],
  ])('%s', (filter, meaning) => {
    expect(where(filter)).toBe(meaning);
  });

  test.each([
    [
      'rowLastModifiedDateTimeUTC ge 2018-02-21T23:18:51.3277273Z',
      "rowLastModifiedDateTimeUTC ge '2018-02-21T23:18:51.3277273'",
    ],
    ['rowLastModifiedDateTimeUTC ge 2018-02-21', "rowLastModifiedDateTimeUTC ge '2018-02-21T00:00:00'"],
    ['rowLastModifiedDateTimeUTC lt now()', "rowLastModifiedDateTimeUTC lt '2018-02-21T12:00:00'"],
    [
      "rowLastModifiedDateTimeUTC ge now() sub duration'P7DT0.0000001S'",
      "rowLastModifiedDateTimeUTC ge '2018-02-14T11:59:59.9999999'",
    ],
    ['date(rowLastModifiedDateTimeUTC) eq 2018-02-21', "date(rowLastModifiedDateTimeUTC) eq '2018-02-21'"],
    ['isDeleted', 'isDeleted'],
    ['isDeleted eq true', 'isDeleted eq true'],
  ])('%s', (filter, meaning) => {
    expect(showCondition(planOf(`/users?$filter=${filter}`).where)).toBe(meaning);
  });

  test.each([
    [
      "deviceType/DeviceTypeName eq 'Desktop'",
      "deviceTypeName through deviceTypes r1 on deviceTypeKey=r0.deviceTypeKey eq 'Desktop'",
    ],
    ['deviceType ne null', 'exists(deviceTypes r1 on deviceTypeKey=r0.deviceTypeKey)'],
  ])('%s', (filter, meaning) => {
    expect(showCondition(planOf(`/devices?$filter=${filter}`).where)).toBe(meaning);
  });

  test('aliases stand for literals, also through each other', () => {
    expect(where('deviceKey eq @p and dateKey gt @q', '&@p=@r&@r=7&@q=20180101')).toBe(
      'all(deviceKey eq 7, dateKey gt 20180101)',
    );
  });
});

test.each([
  ["dateKey eq '20180221'", 'dateKey eq 20180221'],
  ["'-5' lt deviceKey", 'deviceKey gt -5'],
  ["deviceKey in ('1',2)", 'deviceKey in [1, 2]'],
  ["deviceKey div 2 eq '1.5'", null],
  ["deviceKey eq '1.5'", null],
  ["deviceKey eq ''", null],
  ["deviceKey eq '99999999999999999999'", null],
])('a text is read as the type that it is compared with: %s', (filter, meaning) => {
  if (meaning !== null) expect(where(filter)).toBe(meaning);
  else expect(() => where(filter)).toThrow(expect.objectContaining({ code: 'request.type-mismatch' }));
});

test('a text beside an instant, a truth or a time is read too, and on v1.0 not', () => {
  expect(
    showCondition(planOf("/users?$filter=rowLastModifiedDateTimeUTC ge '2018-02-21T22:18Z'").where),
  ).toBe("rowLastModifiedDateTimeUTC ge '2018-02-21T22:18:00'");
  expect(showCondition(planOf("/users?$filter=isDeleted eq 'True'").where)).toBe('isDeleted eq true');
  expect(showCondition(planOf("/users?$filter=time(rowLastModifiedDateTimeUTC) lt '08:30'").where)).toMatch(
    /08:30:00/,
  );
  expect(() => planOf("/dates?$filter=dateKey eq '20180221'", { version: 'v1.0' })).toThrow(
    expect.objectContaining({ code: 'request.type-mismatch' }),
  );
});

test.each([
  ['@f&@f=deviceKey gt 7 and @g&@g=not @h&@h=deviceKey gt 9', 'all(deviceKey gt 7, not(deviceKey gt 9))'],
  ["contains(@c,'x')&@c=tolower(deviceName)", "contains(tolower(deviceName), 'x')"],
  ["@c eq 'a' or @c eq 'b'&@c=deviceName", "deviceName in ['a', 'b']"],
  ['20180221 gt @c&@c=dateKey', 'dateKey lt 20180221'],
  ['deviceKey eq @p add 1&@p=deviceKey', 'deviceKey eq (deviceKey add 1)'],
  ['@d eq null&@d=device', 'not(exists(devices r1 on deviceKey=r0.deviceKey))'],
])('an alias stands for an expression: %s', (filter, meaning) => {
  expect(where(filter)).toBe(meaning);
});

test('an error inside an alias has its position in the text of the alias', () => {
  const right = { code: 'request.unknown-property', target: '@f', position: 8 };
  expect(() => where('@f&@f=true or devceName eq 1')).toThrow(expect.objectContaining(right));
});

describe('an expression is refused', () => {
  test.each([
    [
      "devceName eq 'x'",
      'request.unknown-property',
      0,
      /No property 'devceName' on devicePropertyHistories\. Did you mean 'deviceName'\?/,
    ],
    ["deviceKey eq 1 and nme eq 'x'", 'request.unknown-property', 19, /'nme'/],
    ["dateKey eq 'x'", 'request.type-mismatch', 11, /dateKey is a whole number; 'x' is not/],
    ['deviceName gt 5', 'request.type-mismatch', 14, /deviceName is a text; 5 is not/],
    ['deviceName eq 2018-02-21', 'request.type-mismatch', 14, /deviceName is a text/],
    ['deviceName eq deviceKey', 'request.type-mismatch', 14, /do not compare/],
    ['deviceKey eq 99999999999999999999', 'request.type-mismatch', 13, /out of range/],
    ['deviceKey eq NaN', 'request.type-mismatch', 13, /NaN/],
    ['deviceKey', 'request.type-mismatch', 0, /where a condition is expected/],
    ['deviceKey and true', 'request.type-mismatch', 0, /where a condition is expected/],
    ['not deviceName', 'request.type-mismatch', 4, /where a condition is expected/],
    [
      'length(deviceKey) eq 1',
      'request.type-mismatch',
      7,
      /length takes a text; deviceKey is a whole number/,
    ],
    ["contains(deviceKey,'1')", 'request.type-mismatch', 9, /contains takes a text/],
    ['deviceName add 1 eq 2', 'request.type-mismatch', 0, /add takes a number/],
    ['deviceKey mod 1.5 eq 1', 'request.type-mismatch', null, /mod takes whole numbers/],
    ['deviceKey div 0 eq 1', 'request.type-mismatch', 14, /zero/],
    ['contains(deviceName)', 'request.malformed-expression', 0, /contains takes 2 arguments; here are 1/],
    ['constructor() eq 1', 'request.not-offered', 0, /No function 'constructor'/],
    ['length() eq 1', 'request.malformed-expression', 0, /length takes 1 argument; here are 0/],
    ["conains(deviceName,'x')", 'request.not-offered', 0, /Did you mean 'contains'\?/],
    ['deviceKey has deviceKey', 'request.not-offered', null, /'has'/],
    ['dates/any(d:d/x eq 1)', 'request.unknown-property', 0, /'dates'/],
    ['deviceKey eq @p', 'request.malformed-expression', 13, /@p has no value/],
    ["duration'P1D' eq deviceKey", 'request.type-mismatch', null, /duration/],
  ])('%s', (filter, code, position, message) => {
    const place = position === null ? {} : { position };
    const right = { code, target: '$filter', message: expect.stringMatching(message), ...place };
    expect(() => where(filter)).toThrow(expect.objectContaining(right));
  });

  test('in $orderby with the option’s name', () => {
    const right = { code: 'request.unknown-property', target: '$orderby', position: 11 };
    expect(() => planOf('/devices?$orderby=deviceKey, devceName')).toThrow(expect.objectContaining(right));
  });

  test('a hint shows how the value is written', () => {
    expect(() => where("dateKey eq '2018-02-21'")).toThrow(
      expect.objectContaining({ hint: 'Write it like 20261120.' }),
    );
  });
});
