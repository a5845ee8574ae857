// One night, from Microsoft Graph to a published generation: the snapshot's corridor.
import type { Model } from '../schema/model.ts';
import type { Clock } from '../src/base/clock.ts';
import { dateKeyOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import type { NightStage } from '../src/base/observation.ts';
import type { Generation } from '../src/engines/engine.ts';
import type { Finding, NightStep, Stage, Warehouse } from '../src/engines/stage.ts';
import type { Graph } from './graph/client.ts';
import { harvest as harvestTenant } from './harvest.ts';
import type { HarvestReport } from './harvest.ts';
import type { HarvestProblem } from './harvest/ledger.ts';
import { journalEntry } from './journal.ts';
import { mergeAll } from './stage/merge-all.ts';

export interface Night {
  /** Also says what the run is called and who observes it. */
  readonly graph: Graph;
  readonly warehouse: Warehouse;
  readonly model: Model;
  /** The night is the UTC day it starts on; a second run of the day replaces what the first did. */
  readonly clock: Clock;
  /** Appends rows to the stage; the tenant behind `graph` unless told otherwise. */
  readonly harvest?: (graph: Graph, stage: Stage) => Promise<HarvestReport>;
}

export interface NightReport {
  readonly generation: Generation;
  readonly steps: readonly NightStep[];
  readonly problems: readonly HarvestProblem[];
  readonly milliseconds: number;
}

/**
 * Publishes the whole night or nothing of it. Throws FeedError `feed.night-running`, `feed.source-refused`,
 * `feed.source-unavailable` or `feed.night-refused`; then what was served before still is.
 */
export async function runNight(night: Night): Promise<NightReport> {
  const { run, observe } = night.graph;
  const dateKey = dateKeyOf(night.clock.now());
  const began = performance.now();
  observe({ kind: 'night.started', run, dateKey });
  try {
    const report = await buildNight(night);
    const milliseconds = performance.now() - began;
    observe({ kind: 'night.published', run, dateKey, generation: report.generation.id, milliseconds });
    return { ...report, milliseconds };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    observe({ kind: 'night.failed', run, dateKey, error });
    throw error;
  }
}

async function buildNight({ graph, warehouse, model, clock, harvest = harvestTenant }: Night) {
  const { run } = graph;
  const [startedAt, began] = [clock.now(), performance.now()];
  const timed = stopwatch(graph);
  const stage = warehouse.begin(dateKeyOf(startedAt), startedAt);
  try {
    const { completeness, problems } = await harvest(graph, stage);
    timed('extract');
    const steps = mergeAll(stage, model, completeness);
    timed('stage');
    refuseUnless(stage.verify(), graph);
    timed('verify');
    const milliseconds = performance.now() - began;
    stage.journal(journalEntry({ run, startedAt, finishedAt: clock.now(), milliseconds, steps, problems }));
    const generation = stage.publish();
    timed('publish');
    return { generation, steps, problems };
  } catch (error) {
    stage.discard();
    throw error;
  }
}

function stopwatch({ run, observe }: Graph): (stage: NightStage) => void {
  let last = performance.now();
  return (stage) => {
    const now = performance.now();
    observe({ kind: 'night.stage', run, stage, milliseconds: now - last });
    last = now;
  };
}

function refuseUnless(findings: readonly Finding[], { run, observe }: Graph): void {
  const [first, ...more] = findings;
  if (first === undefined) return;
  for (const { collection, message } of findings) {
    observe({ kind: 'night.problem', run, source: collection, message });
  }
  const rest = more.length === 0 ? '' : ` And ${more.length} more.`;
  throw new FeedError('feed.night-refused', `Verification refused the night: ${first.message}${rest}`, {
    target: first.collection,
    hint: 'Nothing was published; the last generation is still served.',
  });
}
