// The union of several sources, for concat and rollup.
import { findName } from '../../../schema/derive/exposed-model.ts';
import { limitExceeded } from '../../base/limit-exceeded.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { type ApplyRows, hiddenColumnName, visibleColumns } from './apply-rows.ts';
import type { ColumnShape, RowSource, ScalarType } from '../relational-algebra.ts';
import { describeType, familyOf } from '../bind/type-family.ts';

/** The option that contains the union, its position there, and the limits. */
interface ConcatContext {
  readonly option: string;
  readonly limits: Pick<Limits, 'applyReads'>;
}

/**
 * The rows of all branches, one branch after another. Throws `request.type-mismatch` where a name means two things, and
 * `limit.too-complex` for too many reads: every concat after another one multiplies them.
 */
export function concatRows(
  branches: readonly ApplyRows[],
  context: ConcatContext,
  position: number,
): ApplyRows {
  const [first, ...others] = branches;
  if (!first) throw new TypeError('concat needs branches.');
  const source = unionRows(
    branches.map((branch) => branch.source),
    context,
    position,
  );
  // Navigations remain only where every branch has them.
  const navigations = others.every(({ it }) => it.navigations === first.it.navigations)
    ? first.it.navigations
    : new Map<string, never>();
  const { it, expands } = first;
  return { source, it: { ...it, columns: visibleColumns(source.columns), navigations }, order: [], expands };
}

/** A column that a source lacks is null in its rows; a hidden column says which source a row is of. */
export function unionRows(
  sources: readonly RowSource[],
  context: ConcatContext,
  position: number,
): RowSource {
  checkApplyReads(
    sources.reduce((reads, source) => reads + countReads(source), 0),
    context,
    position,
  );
  const branch = hiddenColumnName(sources);
  const columns = new Map<string, ColumnShape>([[branch, { type: 'Edm.Int32', nullable: false }]]);
  for (const [name, found] of sources.flatMap((source) => [...source.columns])) {
    const written = findName(columns, name);
    const known = columns.get(written ?? name) ?? found;
    const type = unionType(known.type, found.type);
    if (type === null || (written !== null && written !== name)) {
      const both = `${written ?? name} is ${describeType(known.type)} and ${name} is ${describeType(found.type)}`;
      const message = `${both}: a name needs the same type in all branches.`;
      throw new FeedError('request.type-mismatch', message, { target: context.option, position });
    }
    const nullable = known.nullable || found.nullable || sources.some((source) => !source.columns.has(name));
    columns.set(name, { ...known, type, nullable });
  }
  const keys = sources.flatMap((source) => source.key);
  return { kind: 'unionAll', of: sources, branch, columns, key: [branch, ...new Set(keys)] };
}

/** Throws `limit.too-complex`. */
export function checkApplyReads(reads: number, { option, limits }: ConcatContext, position: number): void {
  if (reads <= limits.applyReads) return;
  throw limitExceeded('applyReads', option, limits, { target: option, position });
}

function countReads(source: RowSource): number {
  if (source.kind === 'collection') return 1;
  return source.kind === 'unionAll'
    ? source.of.reduce((reads, each) => reads + countReads(each), 0)
    : countReads(source.of);
}

// Whole numbers stay whole; any other mix of numbers becomes a Double.
function unionType(one: ScalarType, other: ScalarType): ScalarType | null {
  if (one === other || other === 'null') return one;
  if (one === 'null') return other;
  if (familyOf(one) !== 'number' || familyOf(other) !== 'number') return null;
  const whole: readonly ScalarType[] = ['Edm.Int32', 'Edm.Int64'];
  return whole.includes(one) && whole.includes(other) ? 'Edm.Int64' : 'Edm.Double';
}
