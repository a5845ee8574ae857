// How errors look on the wire.
import { describe, expect, test } from '@jest/globals';
import { ERROR_CODES, type ErrorCode } from '../../src/base/error-codes.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import { HTTP_STATUS, answerFailure, asFeedError } from '../../src/http/answer-failure.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const bodyOf = (error: FeedError) => JSON.parse(Buffer.from(answerFailure(error).body).toString());

describe('a failure', () => {
  test.each(CODES)('%s has a status that fits its group', (code) => {
    const [group] = code.split('.');
    const request = [400, 404, 405, 406, 410, 415, 424, 501];
    const fitting = { request, auth: [401, 403], limit: [400, 408, 413, 429, 503] }[group!];
    expect(fitting ?? [500, 502, 503]).toContain(HTTP_STATUS[code]);
  });

  test('is an OData error with code, message, target and what would be right', () => {
    const error = new FeedError('request.unknown-property', "No property 'x' here.", {
      target: '$select',
      position: 4,
      hint: "Did you mean 'y'?",
    });
    expect(bodyOf(error)).toEqual({
      error: {
        code: 'request.unknown-property',
        message: "No property 'x' here. Did you mean 'y'?",
        target: '$select',
        details: [
          { code: 'hint', message: "Did you mean 'y'?" },
          { code: 'position', message: 'At character 5.', target: '$select' },
        ],
      },
    });
  });

  test('that was not expected reveals no internals', () => {
    const answer = answerFailure(asFeedError(new Error('SQLITE_CORRUPT in /var/lib/secret')));
    expect(answer.status).toBe(500);
    expect(Buffer.from(answer.body).toString()).not.toContain('secret');
    expect(answer.code).toBe('defect.internal');
  });

  test('of the method names the allowed methods', () => {
    expect(answerFailure(new FeedError('request.method-not-allowed', 'No.')).headers['Allow']).toBe(
      'GET, HEAD',
    );
  });

  test.each([
    [undefined, '10'],
    [0.2, '1'],
    [1.5, '2'],
    [4000, '120'],
  ])('that passes says when to come back: after %s seconds, Retry-After: %s', (seconds, header) => {
    const detail = seconds === undefined ? {} : { retryAfterSeconds: seconds };
    expect(answerFailure(new FeedError('limit.busy', 'Busy.', detail)).headers['Retry-After']).toBe(header);
  });
});
