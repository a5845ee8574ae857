// One night, from Microsoft Graph to a published generation: the snapshot's corridor.
import type { Model } from '../schema/model.ts';
import type { VolumeThresholds } from '../src/base/volume-thresholds.ts';
import type { Clock } from '../src/base/clock.ts';
import { dateKeyOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import type { RunPhase, Observer } from '../src/base/observation.ts';
import { KEEP_FOREVER, type Retention } from '../src/base/retention.ts';
import type { Generation } from '../src/engines/engine.ts';
import type { VerifyFinding, GenerationBuild } from '../src/engines/generation-build.ts';
import type { Staging } from '../src/engines/staging.ts';
import type { MergeStep, RunProblem, RunRecord } from '../src/engines/run-journal.ts';
import type { Warehouse } from '../src/engines/warehouse.ts';
import type { GraphClient } from './graph/graph-client.ts';
import { harvest as harvestTenant, type HarvestReport } from './harvest/harvest.ts';
import type { HarvestProblem } from './harvest/source-results.ts';
import { startRun, failedRun, withHarvest, quarantinedRun } from './run-record.ts';
import { openPrivacyGuard, KEEP_ALL_PERSONAL_DATA, type PrivacySettings } from './privacy/privacy-guard.ts';
import { mergeAll } from './merge/merge-all.ts';
import { trimAll } from './trim/trim-all.ts';

export interface EtlOptions {
  /** Also says what the run is called and who observes it. */
  readonly graph: GraphClient;
  readonly warehouse: Warehouse;
  readonly model: Model;
  /** The night is the UTC day it starts on; a second run of the day replaces what the first did. */
  readonly clock: Clock;
  /** How far it may be from the night before; the usual bounds unless told. */
  readonly thresholds?: VolumeThresholds;
  /** What is kept of people; everything, for ever, unless told. */
  readonly privacy?: PrivacySettings;
  /** Appends rows to the stage; the tenant behind `graph` unless told otherwise. */
  readonly harvest?: (graph: GraphClient, staging: Staging) => Promise<HarvestReport>;
  /** For how long days are kept; for ever unless told. */
  readonly retention?: Retention;
}

export interface RunReport {
  readonly generation: Generation;
  readonly steps: readonly MergeStep[];
  readonly problems: readonly HarvestProblem[];
  readonly milliseconds: number;
}

/**
 * Publishes the whole night or nothing of it. Throws FeedError `feed.night-running`, `feed.source-refused`,
 * `feed.source-unavailable` or `feed.night-refused`; then what was served before still is.
 */
export async function runEtl(options: EtlOptions): Promise<RunReport> {
  const { run, observe } = options.graph;
  const startedAt = options.clock.now();
  const dateKey = dateKeyOf(startedAt);
  const startedMs = performance.now();
  observe({ kind: 'night.started', run, dateKey });
  try {
    const report = await buildGeneration(options, startedAt);
    const milliseconds = performance.now() - startedMs;
    observe({ kind: 'night.published', run, dateKey, generation: report.generation.id, milliseconds });
    return { ...report, milliseconds };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    observe({ kind: 'night.failed', run, dateKey, error });
    throw error;
  }
}

async function buildGeneration(options: EtlOptions, startedAt: Date) {
  const {
    graph,
    warehouse,
    model,
    clock,
    thresholds,
    privacy = KEEP_ALL_PERSONAL_DATA,
    harvest = harvestTenant,
  } = options;
  const { journal } = warehouse;
  const startedMs = performance.now();
  const endPhase = phaseTimer(graph);
  const finished = (record: RunRecord): RunRecord => ({
    ...record,
    endedAt: clock.now(),
    milliseconds: performance.now() - startedMs,
  });
  let runRecord = startRun(graph.run, startedAt);
  const build = startBuild(warehouse, startedAt, (error) => finished(failedRun(runRecord, error)));
  const { heard: problemsSoFar, listening: observedGraph } = collectProblems(graph);
  let findings: readonly VerifyFinding[];
  try {
    journal.write(runRecord);
    const privacyGuard = openPrivacyGuard(build, model, privacy);
    const { completeness, problems } = await harvest(observedGraph, privacyGuard.staging);
    endPhase('extract');
    const mergeCounts = mergeAll(build, model, completeness);
    const trimmed = trimAll(build, model, options.retention ?? KEEP_FOREVER);
    const steps = mergeCounts.map((step) => ({ ...step, trimmed: trimmed.get(step.entity) ?? 0 }));
    endPhase('stage');
    runRecord = { ...withHarvest(runRecord, steps, problems), reason: privacyGuard.eraseLeavers(startedAt) };
    journal.write(runRecord);
    findings = build.verify(thresholds);
    endPhase('verify');
    if (findings.length === 0) {
      const generation = build.publish(finished({ ...runRecord, outcome: 'published' }));
      endPhase('publish');
      return { generation, steps, problems };
    }
    build.quarantine(finished(quarantinedRun(runRecord, findings)));
  } catch (error) {
    build.discard(finished(failedRun({ ...runRecord, problems: problemsSoFar }, error)));
    throw error;
  }
  throw quarantineError(findings, graph);
}

/** A night that could not even begin is told too, unless it was another one's turn. */
function startBuild(
  warehouse: Warehouse,
  startedAt: Date,
  toFailedRun: (error: unknown) => RunRecord,
): GenerationBuild {
  try {
    return warehouse.beginBuild(dateKeyOf(startedAt), startedAt);
  } catch (error) {
    const isBusy = error instanceof FeedError && error.code === 'feed.night-running';
    if (!isBusy) {
      try {
        warehouse.journal.write(toFailedRun(error));
      } catch {
        // The same disk: the first error says what is wrong with it.
      }
    }
    throw error;
  }
}

/** A harvest that throws reports nothing; what it had to say until then is heard. */
function collectProblems(graph: GraphClient): {
  readonly heard: readonly RunProblem[];
  readonly listening: GraphClient;
} {
  const problems: RunProblem[] = [];
  const observe: Observer = (observation) => {
    if (observation.kind === 'night.problem') {
      problems.push({ source: observation.source, message: observation.message });
    }
    graph.observe(observation);
  };
  return { heard: problems, listening: { ...graph, observe } };
}

function phaseTimer({ run, observe }: GraphClient): (phase: RunPhase) => void {
  let lastMs = performance.now();
  return (phase) => {
    const now = performance.now();
    observe({ kind: 'night.stage', run, stage: phase, milliseconds: now - lastMs });
    lastMs = now;
  };
}

function quarantineError(findings: readonly VerifyFinding[], { run, observe }: GraphClient): FeedError {
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
