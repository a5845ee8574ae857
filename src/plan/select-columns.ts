// $select as columns, in the feed's order whatever the client's.
import { type Listing, findName } from '../../schema/derive/catalogue.ts';
import { FeedError } from '../base/feed-error.ts';
import type { SelectItem } from '../odata/wanted.ts';
import type { ReadPlan } from './read-plan.ts';
import { unknownProperty } from './unknown-property.ts';

/** Throws `request.unknown-property`, and `request.not-offered` for paths and navigations. */
export function selectColumns(
  items: readonly SelectItem[] | null,
  listing: Listing,
): Pick<ReadPlan, 'columns' | 'selected'> {
  const every = [...listing.properties.keys()];
  if (!items) return { columns: every, selected: null };
  const named = new Set(items.map((item) => columnOf(item, listing)));
  if (named.has('*')) return { columns: every, selected: null };
  const columns = every.filter((name) => named.has(name));
  return { columns, selected: columns };
}

function columnOf({ segments, at }: SelectItem, listing: Listing): string {
  const [written = '', ...more] = segments;
  if (written === '*' && more.length === 0) return '*';
  const name = findName(listing.properties, written);
  if (name !== null && more.length === 0) return name;
  if (name === null && findName(listing.ways, written) === null) {
    throw unknownProperty(listing, written, '$select', at);
  }
  const path = segments.join('/');
  throw new FeedError('request.not-offered', `$select names columns; '${path}' is none.`, {
    target: '$select',
    position: at,
  });
}
