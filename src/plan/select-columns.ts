// $select as columns, in the feed's order whatever the client's.
import { findName } from '../../schema/derive/catalogue.ts';
import { FeedError } from '../base/feed-error.ts';
import type { SelectItem } from '../odata/wanted.ts';
import type { ReadPlan } from './read-plan.ts';
import type { ScopeRow } from './scope.ts';
import { unknownProperty } from './unknown-property.ts';

/** Throws `request.unknown-property`, and `request.not-offered` for paths and navigations. */
export function selectColumns(
  items: readonly SelectItem[] | null,
  row: ScopeRow,
): Pick<ReadPlan, 'columns' | 'selected'> {
  const every = [...row.columns.keys()];
  if (!items) return { columns: every, selected: null };
  const named = new Set(items.map((item) => columnOf(item, row)));
  if (named.has('*')) return { columns: every, selected: null };
  const columns = every.filter((name) => named.has(name));
  return { columns, selected: columns };
}

function columnOf({ segments, at }: SelectItem, row: ScopeRow): string {
  const [written = '', ...more] = segments;
  if (written === '*' && more.length === 0) return '*';
  const name = findName(row.columns, written);
  if (name !== null && more.length === 0) return name;
  if (name === null && findName(row.ways, written) === null) {
    throw unknownProperty(row, written, '$select', at);
  }
  const path = segments.join('/');
  throw new FeedError('request.not-offered', `$select names columns; '${path}' is none.`, {
    target: '$select',
    position: at,
  });
}
