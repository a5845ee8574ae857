// The progress of a run as a person watches it.
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/base/observation.ts';
import { bar, drawProgress } from '../../src/cli/text/draw-progress.ts';

const RUN: readonly Observation[] = [
  { kind: 'run.started', run: 'n1', dateKey: 20261120 },
  { kind: 'run.progress', run: 'n1', source: 'v1.0/users', rows: 50, total: 100 },
  { kind: 'run.progress', run: 'n1', source: 'v1.0/users', rows: 100, total: 100 },
  { kind: 'run.published', run: 'n1', dateKey: 20261120, generation: 7, milliseconds: 1234 },
];

function drawn(isTTY: boolean): string {
  let screen = '';
  const observe = drawProgress({ isTTY, columns: 60, write: (text) => (screen += text) });
  RUN.forEach(observe);
  return screen;
}

describe('the progress of a run', () => {
  test('is plain lines where the output is no terminal', () => {
    expect(drawn(false)).toBe(
      'Run of 20261120 started.\nRun of 20261120 published as generation 7 (1234 ms).\n',
    );
  });

  test('is a bar that redraws itself on a terminal, never wider than it', () => {
    const screen = drawn(true);
    expect(screen).toContain('[########################] v1.0/users 100 of 100');
    const widest = screen.split(/[\r\n]/).map((line) => line.replace('\u001b[K', '').length);
    expect(Math.max(...widest)).toBeLessThan(60);
  });

  test.each([
    [0, 4, '[------------------------]'],
    [1, 4, '[######------------------]'],
    [9, 4, '[########################]'],
    [0, 0, '[########################]'],
    [2500, null, '[--#---------------------]'],
  ])('%i of %s is %s', (rows, total, expected) => {
    expect(bar(rows, total)).toBe(expected);
  });
});
