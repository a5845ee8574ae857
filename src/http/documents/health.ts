// Monitoring: is the process alive, is the served generation fresh, and the metrics.
import type { Role } from '../../auth/roles.ts';
import { ageHours } from '../../base/age-hours.ts';
import type { Clock } from '../../base/clock.ts';
import { FeedError } from '../../base/feed-error.ts';
import { NOTHING_PUBLISHED } from '../../base/feed-empty.ts';
import type { Generation } from '../../engines/engine.ts';
import type { RunRecord } from '../../engines/run-journal.ts';
import { METRICS_TYPE, type Metrics } from '../../observe/metrics.ts';
import type { Answer } from '../answer.ts';

export function answerLive(): Answer {
  return answerJson(200, { status: 'live' });
}

export interface Health {
  /** The generation that is served. */
  readonly generation: Generation | null;
  /** The latest run in the journal; it may have published nothing. */
  readonly lastRun: RunRecord | null;
}

/** Ready: the generation that is served is younger than `readyHours`. */
export function answerReady({ generation, lastRun }: Health, clock: Clock, readyHours: number): Answer {
  const run = lastRun && summarizeRun(lastRun);
  if (generation === null) {
    return answerJson(503, { status: 'empty', hint: NOTHING_PUBLISHED, lastRun: run });
  }
  const age = ageHours(generation.publishedAt, clock.now());
  const isFresh = age < readyHours;
  return answerJson(isFresh ? 200 : 503, {
    status: isFresh ? 'ready' : 'stale',
    generation: generation.id,
    dateKey: generation.dateKey,
    publishedAt: generation.publishedAt,
    ageHours: Math.round(age * 10) / 10,
    readyHours,
    lastRun: run,
  });
}

/** Throws `auth.forbidden` for a role that may not read metrics. */
export async function answerMetrics(
  role: Role,
  metrics: Pick<Metrics, 'text'>,
  generation: Generation | null,
): Promise<Answer> {
  if (role.metrics !== true) {
    throw new FeedError('auth.forbidden', `The role '${role.name}' may not read metrics.`, {
      hint: "The roles 'operator' and 'analyst' do, and a role of your own with \"metrics\": true.",
    });
  }
  return {
    status: 200,
    headers: { 'Content-Type': METRICS_TYPE, 'Cache-Control': 'no-store' },
    body: Buffer.from(await metrics.text(generation)),
  };
}

function summarizeRun({ dateKey, outcome, startedAt, endedAt, isComplete, reason, problems }: RunRecord) {
  return { dateKey, outcome, startedAt, endedAt, isComplete, reason, problems: problems.length };
}

function answerJson(status: number, body: unknown): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json;charset=utf-8', 'Cache-Control': 'no-store' },
    body: Buffer.from(JSON.stringify(body)),
  };
}
