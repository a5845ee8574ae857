// Texts whose reading took minutes, or never ended, in other readers of OData: each family grows with its levels.

export const BOMBS: Readonly<Record<string, (levels: number) => string>> = {
  'Id eq n or …': (n) => Array.from({ length: n }, (_, index) => `Id eq ${index}`).join(' or '),
  "Name eq 'device n' or …": (n) =>
    Array.from({ length: n }, (_, index) => `Name eq 'device ${index}'`).join(' or '),
  '((((a eq 1))))': (n) => '('.repeat(n) + 'a eq 1' + ')'.repeat(n),
  '((((': (n) => '('.repeat(n),
  '(x or (x or a eq 1))': (n) => '(x or '.repeat(n) + 'a eq 1' + ')'.repeat(n),
  'tolower(tolower(a))': (n) => 'tolower('.repeat(n) + 'a' + ')'.repeat(n),
  'a/a/a': (n) => Array.from({ length: n }, () => 'a').join('/'),
  'a add a add a': (n) => Array.from({ length: n }, () => 'a').join(' add '),
  'a eq a eq a': (n) => Array.from({ length: n }, () => 'a').join(' eq '),
  '(not b and … ?': (n) => `${'(not b and '.repeat(n)}?`,
  '(not b and … a in (1,2)': (n) => `${'(not b and '.repeat(n)}a in (1,2)${')'.repeat(n)}`,
  '(-b add … ?': (n) => `${'(-b add '.repeat(n)}?`,
  '(b/c/any(b: … ?': (n) => `${'(b/c/any(b:'.repeat(n)}?`,
  'not not not': (n) => `${'not '.repeat(n)}a`,
  '----a': (n) => `${'-'.repeat(n)}a`,
  'a in (1,2,…)': (n) => `a in (${Array.from({ length: n }, (_, index) => index).join(',')})`,
  "'''…": (n) => `a eq ${"'".repeat(n + 1)}`,
  '1111…': (n) => `a eq ${'1'.repeat(n)}`,
  '1-1-1-…': (n) => `a eq ${'1-'.repeat(n)}`,
  'a.a.a': (n) => `${'a.'.repeat(n)} eq 1`,
  blanks: (n) => `a${' '.repeat(n)}eq${' '.repeat(n)}`,
  '=====': (n) => `a ${'='.repeat(n)} 1`,
};
