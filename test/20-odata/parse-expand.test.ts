// The grammar of $expand, one case a line.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { parseExpand } from '../../src/odata/parse/parse-expand.ts';
import { outlineExpand } from './outline-options.ts';
import { refusalOf } from './refusal-of.ts';

describe('navigations and their options', () => {
  test.each([
    ['apps', 'apps'],
    [' apps , user', 'apps, user'],
    ['apps,apps', 'apps, apps'],
    ['*', '*'],
    ['*/$ref', '*&'],
    ['*($levels=2)', '*{levels 2}'],
    ['user/manager', 'user/manager'],
    ['apps/$ref', 'apps&'],
    ['apps/$count', 'apps#'],
    ["apps/$count($filter=name eq 'a')", "apps#{filter (eq name 'a')}"],
    ['apps/$ref($top=2;$orderby=name)', 'apps&{orderby name; top 2}'],
    ['apps($top=2)', 'apps{top 2}'],
    ['apps ( $top = 2 ; $skip = 3 )', 'apps{top 2; skip 3}'],
    ['apps(top=2;SKIP=3;$Count=TRUE)', 'apps{top 2; skip 3; count true}'],
    ['apps(count=false)', 'apps{count false}'],
    ['apps($levels=max)', 'apps{levels max}'],
    ['apps($levels=3)', 'apps{levels 3}'],
    ['apps($select=name,publisher/city,*)', 'apps{select name publisher/city *}'],
    ['apps($orderby=name desc,size;$top=1)', 'apps{orderby name↓ size; top 1}'],
    ['apps($filter=a eq 1 and b/any(x:x/c gt 2))', 'apps{filter (and (eq a 1) (any b x (gt x/c 2)))}'],
    ['apps($compute=a mul 2 as b,c as d;$select=b)', 'apps{select b; compute (mul a 2)→b c→d}'],
    ['apps($search=red OR "a;b)";$top=1)', 'apps{search (or red "a;b)"); top 1}'],
    ['apps($search=(a b))', 'apps{search (and a b)}'],
    [
      'user($expand=devices($expand=apps($top=1);$top=2),manager;$select=a),apps',
      'user{select a; expand devices{expand apps{top 1}; top 2}, manager}, apps',
    ],
    ["apps($filter=name eq 'a;b)(''c''')", "apps{filter (eq name 'a;b)(''c''')}"],
    ["apps($filter=name eq ';';$top=1)", "apps{filter (eq name ';'); top 1}"],
    ['apps($filter=@p)', 'apps{filter @p}'],
    ['select($select=select)', 'select{select select}'],
    ['Ns.Special/apps', 'Ns.Special/apps'],
  ])('%s', (text, tree) => {
    expect(outlineExpand(parseExpand(text, LIMITS))).toBe(tree);
  });

  test('places count in the whole option', () => {
    const [user, apps] = parseExpand('user($filter=a eq 1), apps', LIMITS);
    expect(user).toMatchObject({ at: 0, options: { filter: { at: 15, left: { at: 13 } } } });
    expect(apps?.at).toBe(22);
  });
});

describe('an error has its position', () => {
  test.each([
    ['apps,', 5, 'Found the end where a navigation'],
    [',apps', 0, "Found ',' where a navigation"],
    ['apps user', 5, "Found 'user' where a comma, a slash, options"],
    ['apps()', 5, "Found ')' where one of the options $select, $expand,"],
    ['apps($top=1', 11, 'Found the end where a semicolon or a closing parenthesis'],
    ['apps($top=1))', 12, "Found ')' where a comma, a slash, options"],
    ['apps($top=1,$skip=2)', 11, "Found ',' where a semicolon"],
    ['apps($top=1&$skip=2)', 11, "Found '&' where a semicolon"],
    ['apps($top=1;)', 12, "Found ')' where one of the options"],
    ['apps($top 1)', 10, "Found '1' where = after '$top'"],
    ['apps($top=)', 10, "Found ')' where a whole number from 0"],
    ['apps($top=-1)', 10, "Found '-1' where a whole number from 0"],
    ['apps($top=1.5)', 10, "Found '1.5' where a whole number from 0"],
    ['apps($count=1)', 12, "Found '1' where true or false"],
    ['apps($levels=0)', 13, "Found '0' where a whole number from 1, or 'max',"],
    ['apps($levels=most)', 13, "Found 'most' where a whole number from 1"],
    ['apps($filter=a eq)', 17, "Found ')' where a property, a value or a function"],
    ['apps($filter=a b)', 15, "Found 'b' where a semicolon"],
    ['apps($orderby=)', 14, "Found ')' where a property"],
    ['apps($select=)', 13, "Found ')' where a property or *"],
    ['apps($search=)', 13, "Found ')' where a word"],
    ['apps($compute=a)', 15, "Found ')' where an operator, or 'as' and a name"],
    ['apps/$ref/x', 9, "Found '/' where a comma"],
    ['apps/$count($top=1)', 12, "Found '$top' where one of the options $filter, $search"],
    ['apps/$ref($select=a)', 10, "Found '$select' where one of the options"],
    ['*($top=1)', 2, "Found '$top' where one of the options $levels"],
    ['*/apps', 2, "Found 'apps' where $ref"],
    ['$it', 0, "Found '$it' where a navigation"],
    ["'apps'", 0, "Found 'apps' where a navigation"],
    ["apps($filter=a eq 'x)", 18, "The string 'x) has no closing quote"],
  ])('%s', (text, position, message) => {
    const refusal = refusalOf(() => parseExpand(text, LIMITS));
    expect(refusal).toMatchObject({ code: 'request.malformed-option', target: '$expand', position });
    expect(refusal.message).toContain(message);
  });

  test.each([
    ['apps($top=1;top=2)', 'request.duplicate-option', 12],
    ['apps($tpo=1)', 'request.unknown-option', 5],
    ['apps($format=json)', 'request.unknown-option', 5],
    ['apps($skiptoken=a)', 'request.unknown-option', 5],
    ['apps($apply=identity)', 'request.not-offered', 5],
    ['apps/$value', 'request.not-offered', 5],
    ['apps($select=a($top=1))', 'request.not-offered', 14],
  ])('%s is %s', (text, code, position) => {
    expect(refusalOf(() => parseExpand(text, LIMITS))).toMatchObject({ code, target: '$expand', position });
  });

  test('an option is answered with the one that was meant', () => {
    expect(refusalOf(() => parseExpand('apps($filtre=a)', LIMITS)).hint).toBe("Did you mean '$filter'?");
    expect(refusalOf(() => parseExpand('apps($filter=a equals 1)', LIMITS)).hint).toBe("Did you mean 'eq'?");
  });
});

describe('limits', () => {
  const nested = (levels: number): string => `${'a($expand='.repeat(levels)}a${')'.repeat(levels)}`;
  const wide = (items: number): string => Array.from({ length: items }, () => 'a').join(',');

  test('hold for levels', () => {
    expect(() => parseExpand(nested(LIMITS.expandDepth), LIMITS)).not.toThrow();
    expect(refusalOf(() => parseExpand(nested(LIMITS.expandDepth + 1), LIMITS))).toMatchObject({
      code: 'limit.too-complex',
      message: '$expand nests deeper than 6 levels (limit expandDepth).',
      position: 60,
    });
  });

  test('hold for navigations at all levels together', () => {
    expect(() => parseExpand(wide(LIMITS.expandItems), LIMITS)).not.toThrow();
    const many = `${wide(LIMITS.expandItems - 2)},a($expand=a,a)`;
    expect(refusalOf(() => parseExpand(many, LIMITS))).toMatchObject({
      code: 'limit.too-complex',
      message: '$expand names more than 40 navigations (limit expandItems).',
    });
  });

  test('hold for the expressions of all navigations together', () => {
    const limits = { ...LIMITS, expressionNodes: 5 };
    expect(() => parseExpand('a($filter=b eq 1)', limits)).not.toThrow();
    expect(refusalOf(() => parseExpand('a($filter=b eq 1),c($filter=b eq 1)', limits)).code).toBe(
      'limit.too-complex',
    );
  });
});
