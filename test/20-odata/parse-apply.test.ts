// The grammar of $apply and $compute, one case a line.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { parseApply } from '../../src/odata/parse/parse-apply.ts';
import { parseCompute } from '../../src/odata/parse/parse-compute.ts';
import { outlineApply, outlineCompute } from './outline-options.ts';
import { refusalOf } from './refusal-of.ts';

describe('transformations', () => {
  test.each([
    ['identity', 'identity'],
    ['filter(a eq 1)', 'filter (eq a 1)'],
    ['Filter( a eq 1 ) / IDENTITY', 'filter (eq a 1) | identity'],
    ['search(red OR "a)b")', 'search (or red "a)b")'],
    ['compute(a div 2 as b,year(c) as d)', 'compute (div a 2)→b (year c)→d'],
    ['aggregate($count as n)', 'aggregate count→n'],
    ['aggregate(a/b/$count as n)', 'aggregate a/b/count→n'],
    ['aggregate(a/$count with max as n)', 'aggregate max:a/$count→n'],
    ['aggregate(a with sum as b,c mul d with Average as e)', 'aggregate sum:a→b average:(mul c d)→e'],
    ['aggregate(a/b with min as c, a with max as d)', 'aggregate min:a/b→c max:a→d'],
    ['aggregate(a with countdistinct as b)', 'aggregate countdistinct:a→b'],
    ['groupby((a))', 'group a []'],
    ['groupby((a,b/c))', 'group a b/c []'],
    ['groupby((a),aggregate($count as n))', 'group a [aggregate count→n]'],
    [
      'groupby((a),filter(b gt 1)/aggregate(b with sum as c))',
      'group a [filter (gt b 1) | aggregate sum:b→c]',
    ],
    ['groupby((rollup($all,a,b/c),d))', 'group rollup(* a b/c) d []'],
    ['groupby((rollup(a,b)))', 'group rollup(a b) []'],
    ['groupby((rollup,a))', 'group rollup a []'],
    ['orderby(a desc,b)', 'orderby a↓ b'],
    ['top(5)/skip(10)', 'top 5 | skip 10'],
    ['topcount(2,a)', 'topcount 2 of a'],
    ['bottomcount(@n,a add b)', 'bottomcount @n of (add a b)'],
    ['topsum(10,a)/toppercent(50,a)', 'topsum 10 of a | toppercent 50 of a'],
    ['bottomsum(10,a)/bottompercent(1.5,a)', 'bottomsum 10 of a | bottompercent 1.5 of a'],
    ['concat(identity,aggregate($count as n))', 'concat [identity] [aggregate count→n]'],
    [
      'concat(filter(a)/top(1),filter(b)/top(1),skip(2))',
      'concat [filter a | top 1] [filter b | top 1] [skip 2]',
    ],
    ['expand(apps)', 'expand apps'],
    ['expand(apps,filter(a eq 1))', 'expand apps{filter (eq a 1)}'],
    ['expand(user,expand(devices,filter(a)),expand(x))', 'expand user{expand devices{filter a}, x}'],
    [
      'filter(dateKey eq 20261120)/groupby((encryptionState/encryptionStateName),aggregate($count as devices))/orderby(devices desc)',
      'filter (eq dateKey 20261120) | group encryptionState/encryptionStateName [aggregate count→devices] | orderby devices↓',
    ],
    ["filter(contains(a,')/('))/identity", "filter (contains a ')/(') | identity"],
  ])('%s', (text, tree) => {
    expect(outlineApply(parseApply(text, LIMITS))).toBe(tree);
  });

  test('places count in the whole option', () => {
    expect(parseApply('identity/groupby((a, b),aggregate($count as n))', LIMITS)).toMatchObject([
      { at: 0 },
      { at: 9, by: [{ at: 18 }, { at: 21 }], then: [{ at: 24, items: [{ at: 34 }] }] },
    ]);
  });
});

describe('an error has its position', () => {
  test.each([
    ['', 0, 'Found the end where a transformation'],
    ['identity/', 9, 'Found the end where a transformation'],
    ['identity identity', 9, "Found 'identity' where a slash"],
    ['filter', 6, 'Found the end where an opening parenthesis after filter'],
    ['filter()', 7, "Found ')' where a property"],
    ['filter(a eq 1', 13, 'Found the end where a comma or a closing'],
    ['filter(a b)', 9, "Found 'b' where a comma or a closing"],
    ['groupby(a)', 8, "Found 'a' where the properties to group by"],
    ['groupby(())', 9, "Found ')' where a property"],
    ['groupby((a eq 1))', 11, "Found 'eq' where a slash, a comma or a closing"],
    ['groupby((a,sum(b)))', 11, "Found 'sum' where a property or rollup(…)"],
    ['groupby((rollup($all)))', 20, "Found ')' where a comma and a property"],
    ['groupby((a/$count))', 11, "Found '$count' where a property"],
    ['aggregate()', 10, "Found ')' where a property"],
    ['aggregate(a)', 11, "Found ')' where an operator, or 'with' and a method,"],
    ['aggregate(a as b)', 12, "Found 'as' where an operator, or 'with'"],
    ['aggregate(a with sum)', 20, "Found ')' where 'as' and a name"],
    ['aggregate(a with median as b)', 17, "Found 'median' where a method (sum, min,"],
    ['aggregate($count)', 16, "Found ')' where 'as' and a name"],
    ['aggregate($count as $n)', 20, "Found '$n' where a name after 'as'"],
    ['aggregate($count as a.b)', 20, "Found 'a.b' where a name after 'as'"],
    ['compute(a)', 9, "Found ')' where an operator, or 'as'"],
    ['top(-1)', 4, "Found '-1' where a whole number"],
    ['topcount(2)', 10, "Found ')' where a comma between"],
    ['concat(identity)', 15, "Found ')' where a comma and a second"],
    ['expand(apps,top(1))', 12, "Found 'top' where one filter(…), or expand(…)"],
    ['expand(apps,filter(a),filter(b))', 22, "Found 'filter' where one filter"],
    ['search()', 7, "Found ')' where a word"],
    ['group((a))', 0, "Found 'group' where a transformation"],
  ])('%s', (text, position, message) => {
    const refusal = refusalOf(() => parseApply(text, LIMITS));
    expect(refusal).toMatchObject({ code: 'request.malformed-expression', target: '$apply', position });
    expect(refusal.message).toContain(message);
  });

  test.each([
    ['join(apps as app)', 0],
    ['identity/Ns.mine(a)', 9],
    ['aggregate(a with sum from b with max as c)', 21],
    ['aggregate(a with Ns.median as b)', 17],
    ['groupby((rolluprecursive($root/a,b,c)))', 9],
  ])('%s is a part of OData that is not offered', (text, position) => {
    expect(refusalOf(() => parseApply(text, LIMITS))).toMatchObject({
      code: 'request.not-offered',
      position,
    });
  });

  test('a name is answered with the one that was meant', () => {
    expect(refusalOf(() => parseApply('gruopby((a))', LIMITS)).hint).toBe("Did you mean 'groupby'?");
    expect(refusalOf(() => parseApply('aggregate(a with averge as b)', LIMITS)).hint).toBe(
      "Did you mean 'average'?",
    );
  });
});

describe('limits', () => {
  test.each([
    [(n: number) => Array.from({ length: n }, () => 'identity').join('/'), LIMITS.applySteps, 'more than 60'],
    [
      (n: number) => `${'groupby((a),'.repeat(n - 1)}top(1)${')'.repeat(n - 1)}`,
      LIMITS.applyDepth,
      'nests deeper than 6',
    ],
  ])('%p', (text, most, message) => {
    expect(() => parseApply(text(most), LIMITS)).not.toThrow();
    const refusal = refusalOf(() => parseApply(text(most + 1), LIMITS));
    expect(refusal).toMatchObject({ code: 'limit.too-complex', target: '$apply' });
    expect(refusal.message).toContain(message);
  });
});

describe('$compute', () => {
  test.each([
    ['a as b', 'a→b'],
    ['a mul 2 as b, length(c) AS d', '(mul a 2)→b (length c)→d'],
    ['as as as', 'as→as'],
  ])('%s', (text, tree) => {
    expect(outlineCompute(parseCompute(text, LIMITS))).toBe(tree);
  });

  test.each([
    ['a', 1, "Found the end where an operator, or 'as' and a name"],
    ['a as', 4, "Found the end where a name after 'as'"],
    ['a as b c', 7, "Found 'c' where a comma or the end"],
    ['a as b.c', 5, "Found 'b.c' where a name after 'as'"],
    ['a as b,', 7, 'Found the end where a property'],
  ])('%s', (text, position, message) => {
    const refusal = refusalOf(() => parseCompute(text, LIMITS));
    expect(refusal).toMatchObject({ code: 'request.malformed-expression', target: '$compute', position });
    expect(refusal.message).toContain(message);
  });
});
