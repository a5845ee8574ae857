// The volume check: compares row counts with those before the build, to find harvests that failed without an error.
import type { VolumeThresholds } from '../../../base/volume-thresholds.ts';
import type { VerifyFinding } from '../../generation-build.ts';
import type { MergeCounts } from '../../run-journal.ts';
import type { BuildContext } from '../build/build-context.ts';
import { countRows, type RowCounts } from './row-counts.ts';

/** Of fewer rows, a few people can double or halve the number in a day. */
const MIN_ROWS_TO_JUDGE = 100;

export interface VolumeEvidence {
  /** Before the merges. */
  readonly rowCountsBefore: RowCounts;
  readonly mergeCounts: readonly MergeCounts[];
}

/** None of these findings is proof: an admin who knows the reason may release the run. */
export function checkVolumes(
  context: BuildContext,
  { rowCountsBefore, mergeCounts }: VolumeEvidence,
  thresholds: VolumeThresholds,
): readonly VerifyFinding[] {
  const rowCountsAfter = countRows(context, 'after');
  const volumeFindings = [...rowCountsBefore].flatMap(([collection, earlier]) => {
    const now = rowCountsAfter.get(collection);
    if (now === undefined) return [];
    const mustNotBecomeEmpty = context.model.entities.get(collection)?.mustNotBeEmpty === true;
    const problem =
      mustNotBecomeEmpty && now === 0 && earlier > 0
        ? 'none is left'
        : describeChange(earlier, now, thresholds);
    return problem === null
      ? []
      : [unlikelyFinding(collection, `${now} rows, where ${earlier} stood before: ${problem}`)];
  });
  const orphans = mergeCounts
    .filter(({ seen, orphans }) => seen >= MIN_ROWS_TO_JUDGE && orphans * 100 > seen * thresholds.maxOrphans)
    .map(({ entity, seen, orphans }) =>
      unlikelyFinding(
        entity,
        `${orphans} of ${seen} rows refer to things that are not there, more than ${thresholds.maxOrphans} %`,
      ),
    );
  return [...volumeFindings, ...orphans];
}

function describeChange(earlier: number, now: number, { maxDrop, maxRise }: VolumeThresholds): string | null {
  if (earlier < MIN_ROWS_TO_JUDGE) return null;
  const percent = ((now - earlier) * 100) / earlier;
  if (percent < -maxDrop) return `a fall of ${Math.round(-percent)} %, more than ${maxDrop} %`;
  if (percent > maxRise) return `a rise of ${Math.round(percent)} %, more than ${maxRise} %`;
  return null;
}

function unlikelyFinding(collection: string, problem: string): VerifyFinding {
  return { collection, message: `${collection}: ${problem}.`, isBroken: false };
}
