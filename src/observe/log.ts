// The log: observations as lines, for people or for machines. Progress is shown by the progress bar instead.
import type { Clock } from '../base/clock.ts';
import type { Observation, Observer } from '../base/observation.ts';
import { LOG_LEVELS, sentenceFor } from './sentence-for.ts';

export type LogFormat = 'text' | 'json';

/** `write` takes one line without its line break. */
export function logTo(write: (line: string) => void, format: LogFormat, clock: Clock): Observer {
  const lineOf = format === 'json' ? jsonLine : textLine;
  return (observation) => {
    if (observation.kind !== 'run.progress') write(lineOf(observation, clock.now().toISOString()));
  };
}

function textLine(observation: Observation, time: string): string {
  const level = LOG_LEVELS[observation.kind];
  return `${time} ${level === 'info' ? '' : `${level}: `}${sentenceFor(observation)}`;
}

function jsonLine(observation: Observation, time: string): string {
  const level = LOG_LEVELS[observation.kind];
  return JSON.stringify({ time, level, ...observation }, (_key, value: unknown) =>
    value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value,
  );
}
