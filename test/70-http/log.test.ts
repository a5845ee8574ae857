// What the log says about requests and runs: enough for an operator, and nothing about people.
import { describe, expect, test } from '@jest/globals';
import { fixedClock } from '../../src/base/clock.ts';
import type { Observation } from '../../src/base/observation.ts';
import { logTo, type LogFormat } from '../../src/observe/log.ts';

const written = (format: LogFormat, ...observations: readonly Observation[]): readonly string[] => {
  const lines: string[] = [];
  const log = logTo((line) => lines.push(line), format, fixedClock(new Date('2026-11-20T00:00:00Z')));
  for (const observation of observations) log(observation);
  return lines;
};

const ANSWERED: Observation = {
  kind: 'request.answered',
  requestId: 'r1',
  method: 'GET',
  shape: '/v1.0/devices()?$filter',
  caller: 'key:4f1c00000000',
  role: 'reader',
  status: 400,
  rows: 0,
  bytes: 12,
  whole: true,
  milliseconds: 1.25,
  workerMs: 0.5,
  steps: { parse: 0.5 },
  code: 'request.not-in-v1',
};

describe('the log', () => {
  test('writes a request as a sentence', () => {
    expect(written('text', ANSWERED)).toEqual([
      '2026-11-20T00:00:00.000Z GET /v1.0/devices()?$filter by key:4f1c00000000: 400 request.not-in-v1 (0 rows, 12 bytes, 1.3 ms).',
    ]);
  });

  test('writes a request as JSON with everything that was observed', () => {
    const [line = ''] = written('json', ANSWERED);
    expect(JSON.parse(line)).toEqual({ time: '2026-11-20T00:00:00.000Z', level: 'info', ...ANSWERED });
  });

  test('marks what needs attention, with the whole error', () => {
    const failed: Observation = {
      kind: 'run.failed',
      run: 'n1',
      dateKey: 20261120,
      error: new Error('No net.'),
    };
    expect(written('text', failed)).toEqual([
      '2026-11-20T00:00:00.000Z error: Run of 20261120 failed: No net.',
    ]);
    expect(JSON.parse(written('json', failed)[0] ?? '')).toMatchObject({
      level: 'error',
      error: { name: 'Error', message: 'No net.', stack: expect.stringContaining('log.test') },
    });
  });

  test('does not write progress', () => {
    const progress: Observation = { kind: 'run.progress', run: 'n1', source: 'users', rows: 5, total: 9 };
    expect(written('text', progress)).toEqual([]);
  });
});
