// $select as columns, in the feed's order whatever the client's.
import { findName } from '../../schema/derive/catalogue.ts';
import { FeedError } from '../base/feed-error.ts';
import type { SelectItem } from '../odata/wanted.ts';
import { type ApplyRows, areEntities } from './apply-rows.ts';
import type { ReadPlan } from './read-plan.ts';
import type { ScopeRow } from './scope.ts';
import { unknownProperty } from './unknown-property.ts';

/** Throws `request.unknown-property`, and `request.not-offered` for navigations. */
export function selectColumns(
  items: readonly SelectItem[] | null,
  { it, source }: Pick<ApplyRows, 'it' | 'source'>,
): Pick<ReadPlan, 'columns' | 'selected'> {
  const every = [...it.columns.keys()];
  const named = new Set((items ?? []).flatMap((item) => columnsOf(item, it)));
  if (items && !named.has('*')) {
    const columns = every.filter((name) => named.has(name));
    return { columns, selected: columns };
  }
  if (!areEntities(source)) return { columns: every, selected: every };
  // What $metadata does not know is named.
  const added = every.filter((name) => it.columns.get(name)?.dynamic);
  return { columns: every, selected: added.length === 0 ? null : ['*', ...added] };
}

function columnsOf({ segments, at }: SelectItem, row: ScopeRow): readonly string[] {
  const path = segments.join('/');
  if (path === '*') return ['*'];
  const name = findName(row.columns, path);
  if (name !== null) return [name];
  // Rows that were grouped have columns of a navigation: all of them are meant.
  const begin = `${path.toLowerCase()}/`;
  const inside = [...row.columns.keys()].filter((each) => each.toLowerCase().startsWith(begin));
  if (inside.length > 0) return inside;
  const [written = ''] = segments;
  if (findName(row.columns, written) === null && findName(row.ways, written) === null) {
    throw unknownProperty(row, written, '$select', at);
  }
  throw new FeedError('request.not-offered', `$select names columns; '${path}' is none.`, {
    target: '$select',
    position: at,
  });
}
