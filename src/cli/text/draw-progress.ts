// The progress of a run: one bar that redraws itself on a terminal, plain lines elsewhere.
import type { Observation, Observer } from '../../base/observation.ts';
import { sentenceFor } from '../../observe/sentence-for.ts';

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

export function drawProgress(screen: Screen): Observer {
  return screen.isTTY === true ? drawBar(screen) : printLines(screen);
}

function printLines(screen: Screen): Observer {
  return (observation) => {
    if (isRunObservation(observation) && observation.kind !== 'run.progress') {
      screen.write(`${sentenceFor(observation)}\n`);
    }
  };
}

function drawBar(screen: Screen): Observer {
  let drawnAt = 0;
  return (observation) => {
    if (!isRunObservation(observation)) return;
    if (observation.kind !== 'run.progress') {
      screen.write(`\r\u001b[K${sentenceFor(observation)}\n`);
      return;
    }
    const { source, rows, total } = observation;
    const now = performance.now();
    if (now - drawnAt < REDRAW_MS && rows !== total) return;
    drawnAt = now;
    const line = `${bar(rows, total)} ${source} ${rows}${total === null ? '' : ` of ${total}`}`;
    screen.write(`\r\u001b[K${line.slice(0, (screen.columns ?? 80) - 1)}`);
  };
}

/** `[########----------------]`; without a total a mark that moves with the rows. */
export function bar(rows: number, total: number | null): string {
  if (total === null) {
    const at = Math.floor(rows / 1000) % BAR_WIDTH;
    return `[${'-'.repeat(at)}#${'-'.repeat(BAR_WIDTH - at - 1)}]`;
  }
  const filled = total === 0 ? BAR_WIDTH : Math.round((BAR_WIDTH * Math.min(rows, total)) / total);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
}

function isRunObservation(observation: Observation): boolean {
  return observation.kind.startsWith('run.');
}
