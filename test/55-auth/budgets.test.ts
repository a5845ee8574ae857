// Budgets: what a caller may use in a minute, and the answer to a caller who has used it up.
import { describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/auth/account-id.ts';
import { Budgets, type Account, type BudgetSettings } from '../../src/auth/budgets.ts';
import type { FeedError } from '../../src/base/feed-error.ts';

const SETTINGS: BudgetSettings = { budgetSeconds: 6, budgetMegabytes: 60, readsAtOnce: 2 };

function bench(settings: Partial<BudgetSettings> = {}) {
  let now = 0;
  const budgets = new Budgets({ ...SETTINGS, ...settings }, () => now);
  return { budgets, pass: (seconds: number) => (now += seconds * 1000) };
}

const never = new AbortController().signal;
/** 0 where it may read, else the seconds it has to wait. */
function waitOf(account: Account): number {
  try {
    account.requireBudget();
    return 0;
  } catch (error) {
    expect(error).toMatchObject({ name: 'FeedError', code: 'limit.budget' });
    return (error as FeedError).retryAfterSeconds ?? NaN;
  }
}

describe('a budget of worker time', () => {
  test('admits a caller who has some left, or has waited as long as Retry-After says', () => {
    const { budgets, pass } = bench();
    const account = budgets.accountOf('key:a');
    account.chargeWorkerTime(5999);
    expect(waitOf(account)).toBe(0);
    account.chargeWorkerTime(1501);
    const wait = waitOf(account);
    expect(wait).toBe(16);
    pass(wait - 1.5);
    expect(waitOf(account)).toBeGreaterThan(0);
    pass(1.5);
    expect(waitOf(account)).toBe(0);
  });

  test('never makes a caller wait longer than two minutes, whatever a read cost', () => {
    const { budgets, pass } = bench();
    const account = budgets.accountOf('key:a');
    for (let read = 0; read < 9; read += 1) account.chargeWorkerTime(30_000);
    expect(waitOf(account)).toBe(120);
    pass(120);
    expect(waitOf(account)).toBe(0);
  });

  test('holds at most the allowance of a minute', () => {
    const { budgets, pass } = bench();
    const account = budgets.accountOf('key:a');
    pass(100_000);
    account.chargeWorkerTime(6001);
    expect(waitOf(account)).toBe(1);
  });

  test('is shared by all reads of a caller, and with nobody else', () => {
    const { budgets } = bench();
    budgets.accountOf('key:a').chargeWorkerTime(60_000);
    expect(waitOf(budgets.accountOf('key:a'))).toBeGreaterThan(0);
    expect(waitOf(budgets.accountOf('key:b'))).toBe(0);
  });
});

test('a budget of bytes works like that of time', () => {
  const { budgets, pass } = bench();
  const account = budgets.accountOf('key:a');
  account.chargeBytes(70_000_000);
  expect(waitOf(account)).toBe(11);
  pass(11);
  expect(waitOf(account)).toBe(0);
});

test('a third concurrent read is refused until one of the two ends', () => {
  const account = bench().budgets.accountOf('key:a');
  const first = new AbortController();
  account.startRead(first.signal);
  account.startRead(never);
  expect(() => account.startRead(never)).toThrow(expect.objectContaining({ code: 'limit.budget' }));
  first.abort();
  first.abort();
  expect(() => account.startRead(never)).not.toThrow();
  expect(() => account.startRead(never)).toThrow();
});

test('quotas say what is left, and when the budget is full again', () => {
  const { budgets } = bench({ budgetMegabytes: 0 });
  const account = budgets.accountOf('key:a');
  account.startRead(never);
  account.chargeWorkerTime(1001);
  expect(account.quotas()).toEqual([
    {
      name: 'time',
      unit: 'worker-milliseconds',
      capacity: 6000,
      remaining: 4999,
      time: { window: 60, secondsToFull: 11 },
    },
    { name: 'reads', unit: 'concurrent-requests', capacity: 2, remaining: 1, time: null },
  ]);
});

test('a budget of 0 is unlimited', () => {
  const account = bench({ budgetSeconds: 0, budgetMegabytes: 0, readsAtOnce: 0 }).budgets.accountOf('key:a');
  account.chargeWorkerTime(1e9);
  account.chargeBytes(1e15);
  for (let read = 0; read < 100; read += 1) account.startRead(never);
  expect([waitOf(account), account.quotas()]).toEqual([0, []]);
});

test('ten thousand new callers do not reset the debt of one', () => {
  const { budgets } = bench();
  budgets.accountOf('key:debtor').chargeWorkerTime(60_000);
  for (let each = 0; each < 20_000; each += 1) budgets.accountOf(`anonymous 10.0.${each}`);
  expect(waitOf(budgets.accountOf('key:debtor'))).toBeGreaterThan(0);
});

describe('an account', () => {
  test.each([
    ['192.0.2.7', 'anonymous 192.0.2.7'],
    ['::ffff:192.0.2.7', 'anonymous 192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', 'anonymous 2001:db8:1:2'],
    ['2001:DB8:1:2::9', 'anonymous 2001:db8:1:2'],
    ['2001:db8::1:2:3', 'anonymous 2001:db8:0:0'],
    ['fe80::1%eth0', 'anonymous fe80:0:0:0'],
    ['::1', 'anonymous 0:0:0:0'],
    [undefined, 'anonymous '],
  ])('of someone without credentials is that of their network: %s', (address, id) => {
    expect(accountId({ kind: 'anonymous', id: 'anonymous' }, address)).toBe(id);
  });

  test('of a key is its own, from wherever it is used', () => {
    expect(accountId({ kind: 'key', id: 'key:a' }, '192.0.2.7')).toBe('key:a');
  });
});
