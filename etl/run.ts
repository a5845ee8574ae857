// One night, from Microsoft Graph to a published generation: the snapshot's corridor.
import type { Model } from '../schema/model.ts';
import type { Bounds } from '../src/base/bounds.ts';
import type { Clock } from '../src/base/clock.ts';
import { dateKeyOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import type { NightStage, Observer } from '../src/base/observation.ts';
import { KEEP_FOREVER, type Retention } from '../src/base/retention.ts';
import type { Generation } from '../src/engines/engine.ts';
import type {
  VerifyFinding,
  MergeStep,
  RunProblem,
  RunRecord,
  GenerationBuild,
  Warehouse,
} from '../src/engines/generation-build.ts';
import type { Graph } from './graph/client.ts';
import { harvest as harvestTenant, type HarvestReport } from './harvest.ts';
import type { HarvestProblem } from './harvest/ledger.ts';
import { begunRun, failedRun, harvestedRun, refusedRun } from './journal.ts';
import { guardPeople, KEEP_EVERYTHING, type Privacy } from './privacy/guard-people.ts';
import { mergeAll } from './stage/merge-all.ts';
import { trimAll } from './stage/trim-all.ts';

export interface Night {
  /** Also says what the run is called and who observes it. */
  readonly graph: Graph;
  readonly warehouse: Warehouse;
  readonly model: Model;
  /** The night is the UTC day it starts on; a second run of the day replaces what the first did. */
  readonly clock: Clock;
  /** How far it may be from the night before; the usual bounds unless told. */
  readonly bounds?: Bounds;
  /** What is kept of people; everything, for ever, unless told. */
  readonly privacy?: Privacy;
  /** Appends rows to the stage; the tenant behind `graph` unless told otherwise. */
  readonly harvest?: (graph: Graph, stage: GenerationBuild) => Promise<HarvestReport>;
  /** For how long days are kept; for ever unless told. */
  readonly retention?: Retention;
}

export interface NightReport {
  readonly generation: Generation;
  readonly steps: readonly MergeStep[];
  readonly problems: readonly HarvestProblem[];
  readonly milliseconds: number;
}

/**
 * Publishes the whole night or nothing of it. Throws FeedError `feed.night-running`, `feed.source-refused`,
 * `feed.source-unavailable` or `feed.night-refused`; then what was served before still is.
 */
export async function runNight(night: Night): Promise<NightReport> {
  const { run, observe } = night.graph;
  const startedAt = night.clock.now();
  const dateKey = dateKeyOf(startedAt);
  const began = performance.now();
  observe({ kind: 'night.started', run, dateKey });
  try {
    const report = await buildNight(night, startedAt);
    const milliseconds = performance.now() - began;
    observe({ kind: 'night.published', run, dateKey, generation: report.generation.id, milliseconds });
    return { ...report, milliseconds };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    observe({ kind: 'night.failed', run, dateKey, error });
    throw error;
  }
}

async function buildNight(night: Night, startedAt: Date) {
  const {
    graph,
    warehouse,
    model,
    clock,
    bounds,
    privacy = KEEP_EVERYTHING,
    harvest = harvestTenant,
  } = night;
  const { journal } = warehouse;
  const began = performance.now();
  const timed = stopwatch(graph);
  const over = (ended: RunRecord): RunRecord => ({
    ...ended,
    endedAt: clock.now(),
    milliseconds: performance.now() - began,
  });
  let run = begunRun(graph.run, startedAt);
  const stage = beginNight(warehouse, startedAt, (error) => over(failedRun(run, error)));
  const { heard, listening } = hearProblems(graph);
  let findings: readonly VerifyFinding[];
  try {
    journal.write(run);
    const people = guardPeople(stage, model, privacy);
    const { completeness, problems } = await harvest(listening, people.stage);
    timed('extract');
    const merged = mergeAll(stage, model, completeness);
    const trimmed = trimAll(stage, model, night.retention ?? KEEP_FOREVER);
    const steps = merged.map((step) => ({ ...step, trimmed: trimmed.get(step.entity) ?? 0 }));
    timed('stage');
    run = { ...harvestedRun(run, steps, problems), reason: people.eraseLeft(startedAt) };
    journal.write(run);
    findings = stage.verify(bounds);
    timed('verify');
    if (findings.length === 0) {
      const generation = stage.publish(over({ ...run, outcome: 'published' }));
      timed('publish');
      return { generation, steps, problems };
    }
    stage.quarantine(over(refusedRun(run, findings)));
  } catch (error) {
    stage.discard(over(failedRun({ ...run, problems: heard }, error)));
    throw error;
  }
  throw refusal(findings, graph);
}

/** A night that could not even begin is told too, unless it was another one's turn. */
function beginNight(
  warehouse: Warehouse,
  startedAt: Date,
  failed: (error: unknown) => RunRecord,
): GenerationBuild {
  try {
    return warehouse.beginBuild(dateKeyOf(startedAt), startedAt);
  } catch (error) {
    const isBusy = error instanceof FeedError && error.code === 'feed.night-running';
    if (!isBusy) {
      try {
        warehouse.journal.write(failed(error));
      } catch {
        // The same disk: the first error says what is wrong with it.
      }
    }
    throw error;
  }
}

/** A harvest that throws reports nothing; what it had to say until then is heard. */
function hearProblems(graph: Graph): { readonly heard: readonly RunProblem[]; readonly listening: Graph } {
  const heard: RunProblem[] = [];
  const observe: Observer = (observation) => {
    if (observation.kind === 'night.problem') {
      heard.push({ source: observation.source, message: observation.message });
    }
    graph.observe(observation);
  };
  return { heard, listening: { ...graph, observe } };
}

function stopwatch({ run, observe }: Graph): (stage: NightStage) => void {
  let last = performance.now();
  return (stage) => {
    const now = performance.now();
    observe({ kind: 'night.stage', run, stage, milliseconds: now - last });
    last = now;
  };
}

function refusal(findings: readonly VerifyFinding[], { run, observe }: Graph): FeedError {
  for (const { collection, message } of findings) {
    observe({ kind: 'night.problem', run, source: collection, message });
  }
  const [first, ...more] = findings;
  const rest = more.length === 0 ? '' : ` And ${more.length} more.`;
  const isBroken = findings.some(({ isBroken: broken }) => broken);
  return new FeedError(
    'feed.night-refused',
    `Verification refused the night: ${first?.message ?? ''}${rest}`,
    {
      target: first?.collection ?? '',
      hint: isBroken
        ? 'Nothing was published; the last generation is still served.'
        : 'The last generation is still served. Where this is how things are, snapshot --accept publishes the night.',
    },
  );
}
