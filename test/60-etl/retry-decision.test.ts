// The retry decision for each answer that Graph has been seen to give.
import { describe, expect, test } from '@jest/globals';
import {
  classifyFailure,
  DEFAULT_RETRY_POLICY,
  failureReason,
  type RequestFailure,
} from '../../etl/graph/retry-decision.ts';

const NOW = new Date('2026-11-20T00:12:51Z');

function answered(status: number, more: Partial<RequestFailure & { kind: 'status' }> = {}): RequestFailure {
  return { kind: 'status', status, retryAfter: null, code: '', message: '', ...more };
}

const broken: RequestFailure = { kind: 'broken', reason: 'a truncated response' };
const BROKER =
  'Rate limit reached because of too many requests to query broker. Please retry after sometime.';

describe('a first attempt', () => {
  test.each<[string, RequestFailure, string]>([
    ['429', answered(429), 'retry'],
    ['503', answered(503, { code: 'UnknownError' }), 'retry'],
    ['502', answered(502), 'retry'],
    ['504', answered(504), 'retry'],
    ['500 of a busy broker', answered(500, { message: BROKER }), 'retry'],
    ['500 of anything else', answered(500, { message: 'An error has occurred' }), 'unavailable'],
    ['501', answered(501), 'unavailable'],
    ['a broken connection', broken, 'retry'],
    ['401', answered(401, { code: 'InvalidAuthenticationToken' }), 'renew-token'],
    ['403', answered(403, { code: 'Forbidden' }), 'refused'],
    ['404', answered(404), 'refused'],
    ['400 of a resource that is gone', answered(400, { code: 'BadRequest' }), 'refused'],
    ['400 of a page token', answered(400, { code: 'Directory_ExpiredPageToken' }), 'page-expired'],
    ['410', answered(410), 'page-expired'],
    ['302, never asked for', answered(302), 'refused'],
  ])('that meets %s', (_, failure, kind) => {
    expect(
      classifyFailure(failure, { attempts: 1, isTokenRenewed: false }, DEFAULT_RETRY_POLICY, NOW, 0.5).kind,
    ).toBe(kind);
  });

  test.each([
    ['12', 12_000],
    ['2.128', 2_128],
    ['0', 0],
    ['Fri, 20 Nov 2026 00:13:21 GMT', 30_000],
    ['Fri, 20 Nov 2026 00:00:00 GMT', 0],
    ['86400', 300_000],
    ['soon', 2_000],
    ['', 2_000],
    [null, 2_000],
  ])('with Retry-After %j waits %j ms', (retryAfter, delayMs) => {
    const decision = classifyFailure(
      answered(429, { retryAfter }),
      { attempts: 1, isTokenRenewed: false },
      DEFAULT_RETRY_POLICY,
      NOW,
      0.5,
    );
    expect(decision).toMatchObject({ kind: 'retry', delayMs });
  });
});

test('waits twice as long each time, with random jitter, up to a maximum', () => {
  const wait = (tries: number, chance: number) => {
    const decision = classifyFailure(
      broken,
      { attempts: tries, isTokenRenewed: false },
      { ...DEFAULT_RETRY_POLICY, maxAttempts: 99 },
      NOW,
      chance,
    );
    return decision.kind === 'retry' ? decision.delayMs : null;
  };
  expect([1, 2, 3, 4, 5].map((tries) => wait(tries, 0.5))).toEqual([2_000, 4_000, 8_000, 16_000, 32_000]);
  expect([wait(1, 0), wait(1, 0.999)]).toEqual([1_500, 2_499]);
  expect(wait(20, 0.5)).toBe(300_000);
});

test('the sixth attempt is the last, and a second 401 is final', () => {
  expect(
    classifyFailure(answered(504), { attempts: 5, isTokenRenewed: false }, DEFAULT_RETRY_POLICY, NOW, 0).kind,
  ).toBe('retry');
  expect(
    classifyFailure(answered(504), { attempts: 6, isTokenRenewed: false }, DEFAULT_RETRY_POLICY, NOW, 0).kind,
  ).toBe('unavailable');
  expect(
    classifyFailure(answered(401), { attempts: 2, isTokenRenewed: true }, DEFAULT_RETRY_POLICY, NOW, 0).kind,
  ).toBe('refused');
});

test('the reason never quotes the answer of Graph', () => {
  expect(failureReason(answered(504, { code: 'UnknownError', message: 'https://fef.internal/' }))).toBe(
    'HTTP 504 UnknownError',
  );
  expect(failureReason(answered(429))).toBe('HTTP 429');
});
