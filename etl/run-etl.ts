// One run of the ETL, phase by phase: from a tenant's rows to a published generation.
import type { Model } from '../schema/model.ts';
import type { Clock } from '../src/base/clock.ts';
import { dateKeyOf } from '../src/base/date-key.ts';
import { FeedError } from '../src/base/feed-error.ts';
import { KEEP_FOREVER, type Retention } from '../src/base/retention.ts';
import type { VolumeThresholds } from '../src/base/volume-thresholds.ts';
import type { Generation } from '../src/engines/engine.ts';
import type { GenerationBuild, VerifyFinding } from '../src/engines/generation-build.ts';
import type { MergeStep } from '../src/engines/run-journal.ts';
import type { Completeness, Staging } from '../src/engines/staging.ts';
import type { Warehouse } from '../src/engines/warehouse.ts';
import { mergeAll } from './merge/merge-all.ts';
import { observeRun } from './observe-run.ts';
import { KEEP_ALL_PERSONAL_DATA, openPrivacyGuard, type PrivacySettings } from './privacy/privacy-guard.ts';
import type { RunContext } from './run-context.ts';
import { makeRunRecorder, summaryOf, type RunRecorder } from './run-recorder.ts';
import { trimAll } from './trim/trim-all.ts';

export interface EtlOptions {
  readonly run: RunContext;
  readonly warehouse: Warehouse;
  readonly model: Model;
  /** The snapshot day is the UTC day on which the run starts. A second run on that day replaces what the first one stored. */
  readonly clock: Clock;
  /**
   * Appends the tenant's rows to staging, and returns how complete each collection is that it read. For a tenant in
   * Microsoft Graph this is `harvest` of harvest/harvest.ts.
   */
  readonly harvest: (staging: Staging) => Promise<ReadonlyMap<string, Completeness>>;
  /** The run is quarantined when row counts change more than this. */
  readonly thresholds?: VolumeThresholds;
  /** Which personal data is stored; by default all of it, without an end. */
  readonly privacy?: PrivacySettings;
  /** How long days are stored; by default without an end. */
  readonly retention?: Retention;
}

export interface RunReport {
  readonly generation: Generation;
  readonly steps: readonly MergeStep[];
}

/**
 * Publishes the whole snapshot day, or nothing. Throws FeedError `feed.night-running`, `feed.source-refused`,
 * `feed.source-unavailable` or `feed.night-refused`; the last generation is still served then.
 */
export async function runEtl(options: EtlOptions): Promise<RunReport> {
  const { run, warehouse, model, clock, harvest, thresholds } = options;
  const { privacy = KEEP_ALL_PERSONAL_DATA, retention = KEEP_FOREVER } = options;
  const startedAt = clock.now();
  const recorder = makeRunRecorder(run, warehouse.journal, clock, startedAt);

  return observeRun(run, startedAt, async (timed) => {
    const build = beginBuild(warehouse, startedAt, recorder);
    let problems: readonly VerifyFinding[];
    try {
      recorder.writeStart();
      const guard = openPrivacyGuard(build, model, privacy);

      const completeness = await timed('harvest', () => harvest(guard.staging));
      const merged = await timed('merge', () => mergeAll(build, model, completeness));
      const trimmed = await timed('trim', () => trimAll(build, model, retention));
      const erasure = await timed('erase', () => guard.eraseLeavers(startedAt));
      const steps = merged.map((step) => ({ ...step, trimmed: trimmed.get(step.entity) ?? 0 }));
      recorder.writeMerge(steps, erasure);

      problems = await timed('verify', () => build.verify(thresholds));
      if (problems.length === 0) {
        const generation = await timed('publish', () => build.publish(recorder.published()));
        return { generation, steps };
      }
      for (const { collection, message } of problems) run.reportProblem({ source: collection, message });
      build.quarantine(recorder.quarantined(problems));
    } catch (error) {
      build.discard(recorder.failed(error));
      throw error;
    }
    // Outside of the try, since a quarantined build is not discarded.
    throw quarantineError(problems);
  });
}

/** A build that cannot begin is recorded as a failed run, unless the reason is that another run is active. */
function beginBuild(warehouse: Warehouse, startedAt: Date, recorder: RunRecorder): GenerationBuild {
  try {
    return warehouse.beginBuild(dateKeyOf(startedAt), startedAt);
  } catch (error) {
    const isOtherRunActive = error instanceof FeedError && error.code === 'feed.night-running';
    if (!isOtherRunActive) recorder.writeFailure(error);
    throw error;
  }
}

function quarantineError(problems: readonly VerifyFinding[]): FeedError {
  const isBroken = problems.some((problem) => problem.isBroken);
  return new FeedError(
    'feed.night-refused',
    `Verification refused the new generation: ${summaryOf(problems)}`,
    {
      target: problems[0]?.collection ?? '',
      hint: isBroken
        ? 'Nothing was published; the last generation is still served.'
        : 'The last generation is still served. If the tenant really looks like this, publish it with snapshot --accept.',
    },
  );
}
