// Rows of several sources as rows of one: what concat and rollup make.
import { findName } from '../../schema/derive/catalogue.ts';
import { limitExceeded } from '../base/limit-exceeded.ts';
import { FeedError } from '../base/feed-error.ts';
import { LIMITS } from '../base/limits.ts';
import { type ApplyRows, hiddenColumn, shownColumns } from './apply-rows.ts';
import type { Column, RowSource, ScalarType } from './read-plan.ts';
import { articled, familyOf } from './type-words.ts';

/** Where in which option the sources come together. */
interface Place {
  readonly option: string;
  readonly at: number;
}

/**
 * The rows of all branches, one branch after another. Throws `request.type-mismatch` where a name means two things, and
 * `limit.too-complex` where concat follows concat so often that every one would double the reads before it.
 */
export function concatRows(branches: readonly ApplyRows[], place: Place): ApplyRows {
  const [first, ...others] = branches;
  if (!first) throw new TypeError('concat has branches.');
  const source = uniteRows(
    branches.map((branch) => branch.source),
    place,
  );
  // Ways lead on only from rows that have them in every branch.
  const ways = others.every(({ it }) => it.ways === first.it.ways) ? first.it.ways : new Map<string, never>();
  const { it, expands } = first;
  return { source, it: { ...it, columns: shownColumns(source.columns), ways }, order: [], expands };
}

/** A column that a source lacks is null in its rows; a hidden column says which source a row is of. */
export function uniteRows(sources: readonly RowSource[], { option, at }: Place): RowSource {
  checkReads(
    sources.reduce((reads, source) => reads + readsOf(source), 0),
    { option, at },
  );
  const branch = hiddenColumn(sources);
  const columns = new Map<string, Column>([[branch, { type: 'Edm.Int32', nullable: false }]]);
  for (const [name, found] of sources.flatMap((source) => [...source.columns])) {
    const written = findName(columns, name);
    const known = columns.get(written ?? name) ?? found;
    const type = commonType(known.type, found.type);
    if (type === null || (written !== null && written !== name)) {
      const both = `${written ?? name} is ${articled(known.type)} and ${name} is ${articled(found.type)}`;
      const message = `${both}: in one answer a name means one thing.`;
      throw new FeedError('request.type-mismatch', message, { target: option, position: at });
    }
    const nullable = known.nullable || found.nullable || sources.some((source) => !source.columns.has(name));
    columns.set(name, { ...known, type, nullable });
  }
  const keys = sources.flatMap((source) => source.key);
  return { kind: 'united', of: sources, branch, columns, key: [branch, ...new Set(keys)] };
}

/** Throws `limit.too-complex`. */
export function checkReads(reads: number, { option, at }: Place): void {
  if (reads <= LIMITS.applyReads) return;
  throw limitExceeded('applyReads', option, LIMITS, { target: option, position: at });
}

function readsOf(source: RowSource): number {
  if (source.kind === 'collection') return 1;
  return source.kind === 'united'
    ? source.of.reduce((reads, each) => reads + readsOf(each), 0)
    : readsOf(source.of);
}

function commonType(one: ScalarType, other: ScalarType): ScalarType | null {
  if (one === other || other === 'null') return one;
  if (one === 'null') return other;
  if (familyOf(one) !== 'number' || familyOf(other) !== 'number') return null;
  const whole: readonly ScalarType[] = ['Edm.Int32', 'Edm.Int64'];
  return whole.includes(one) && whole.includes(other) ? 'Edm.Int64' : 'Edm.Double';
}
