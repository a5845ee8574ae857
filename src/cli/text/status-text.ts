// The state of a warehouse as a person reads it.
import { ageHours } from '../../base/age-hours.ts';
import { addDays, dateKeyOf, formatDay, type DateKey } from '../../base/date-key.ts';
import type { Generation } from '../../engines/engine.ts';
import type { RunRecord } from '../../engines/run-journal.ts';

export interface WarehouseState {
  readonly now: Date;
  /** Hours after which what is served counts as too old. */
  readonly readyHours: number;
  /** The newest first. */
  readonly generations: readonly Generation[];
  /** Published files that cannot be read. */
  readonly damaged: readonly string[];
  /** Days whose snapshot was refused and can still be accepted. */
  readonly quarantined: readonly DateKey[];
  /** The latest first. */
  readonly runs: readonly RunRecord[];
  readonly data: string;
  readonly bytes: number;
}

export function statusText(state: WarehouseState): string {
  const { generations, damaged, quarantined, runs, now, data, bytes } = state;
  const generationList = generations.map(({ id, dateKey }) => `${id} of ${formatDay(dateKey)}`);
  const facts = [
    ['Served', servedLine(state)],
    ['Kept', generationList.length === 0 ? 'no generation' : generationList.join(', ')],
    ...damaged.map((path) => ['Damaged', `${path} cannot be read and is skipped`]),
    ...quarantined.map((dateKey) => [
      'Refused',
      `the snapshot of ${formatDay(dateKey)}; snapshot --accept publishes it, the next good run removes it`,
    ]),
    ['Next run', `${formatDay(addDays(dateKeyOf(now), 1))} 00:00 UTC, if serve is running then`],
    ['On disk', `${(bytes / 1e6).toFixed(1)} MB in '${data}'`],
  ].map(([name = '', fact = '']) => `${name.padEnd(11)} ${fact}`);
  return [...facts, '', ...(runs.length === 0 ? ['No run has been recorded.'] : runs.flatMap(runLines))].join(
    '\n',
  );
}

function servedLine({ generations: [newest], now, readyHours, data }: WarehouseState): string {
  if (!newest) return `nothing; no run has published anything in '${data}' yet`;
  const hours = ageHours(newest.publishedAt, now);
  const freshness = hours < readyHours ? 'fresh' : `too old: more than ${readyHours} hours`;
  return `the snapshot of ${formatDay(newest.dateKey)}, ${hours.toFixed(1)} hours old (${freshness})`;
}

// The first few problems explain a run; the rest is in the collection runProblems.
const PROBLEMS_SHOWN = 3;

function runLines(run: RunRecord): readonly string[] {
  const { dateKey, outcome, startedAt, milliseconds, generation, isComplete, reason } = run;
  const fields = [
    formatDay(dateKey),
    outcome.padEnd(9),
    startedAt === null ? '' : `at ${startText(startedAt, dateKey)}`,
    milliseconds === null ? '' : `${(milliseconds / 1000).toFixed(1)} s`,
    generation === null ? '' : `generation ${generation}`,
    isComplete === null ? '' : isComplete ? 'complete' : 'partial',
  ];
  const problems = run.problems
    .map(({ source, message }) => (message.startsWith(source) ? message : `${source}: ${message}`))
    .filter((problem) => problem !== reason);
  const hidden = problems.length - PROBLEMS_SHOWN;
  const details = [
    ...(reason === null ? [] : [reason]),
    ...problems.slice(0, PROBLEMS_SHOWN),
    ...(hidden > 0 ? [`And ${hidden} more.`] : []),
  ];
  return [
    fields.filter((word) => word !== '').join('  '),
    ...details.map((line) => `${' '.repeat(12)}${line}`),
  ];
}

/** The time of day, with the day where the run began on another one: a rollback is of an earlier day. */
function startText(startedAt: Date, dateKey: DateKey): string {
  const from = dateKeyOf(startedAt) === dateKey ? 11 : 0;
  return startedAt.toISOString().slice(from, 16).replace('T', ' ');
}
