// Whether a night is likely, held against the one before: what a harvest that went wrong in silence looks like.
import type { Bounds } from '../../base/bounds.ts';
import type { Finding, Merged } from '../stage.ts';
import type { Night } from './merge/night.ts';
import { standingTonight, type Standing } from './standing.ts';

/** Where fewer rows stand, a few people can double or halve them in a day. */
const FEW = 100;

export interface Evidence {
  /** What stood before the merges. */
  readonly before: Standing;
  readonly merges: readonly Merged[];
}

/** None of these is proof: an admin who knows the reason may accept the night. */
export function findJumps(night: Night, { before, merges }: Evidence, bounds: Bounds): readonly Finding[] {
  const tonight = standingTonight(night);
  const jumps = [...before].flatMap(([collection, earlier]) => {
    const now = tonight.get(collection);
    if (now === undefined) return [];
    const vital = night.model.entities.get(collection)?.vital === true;
    const words = vital && now === 0 && earlier > 0 ? 'none is left' : jumpOf(earlier, now, bounds);
    return words === null ? [] : [told(collection, `${now} rows, where ${earlier} stood before: ${words}`)];
  });
  const orphans = merges
    .filter(({ seen, orphans }) => seen >= FEW && orphans * 100 > seen * bounds.maxOrphans)
    .map(({ entity, seen, orphans }) =>
      told(
        entity,
        `${orphans} of ${seen} rows refer to things that are not there, more than ${bounds.maxOrphans} %`,
      ),
    );
  return [...jumps, ...orphans];
}

function jumpOf(earlier: number, now: number, { maxDrop, maxRise }: Bounds): string | null {
  if (earlier < FEW) return null;
  const percent = ((now - earlier) * 100) / earlier;
  if (percent < -maxDrop) return `a fall of ${Math.round(-percent)} %, more than ${maxDrop} %`;
  if (percent > maxRise) return `a rise of ${Math.round(percent)} %, more than ${maxRise} %`;
  return null;
}

function told(collection: string, what: string): Finding {
  return { collection, message: `${collection}: ${what}.`, broken: false };
}
