// $select as columns, in the feed's order whatever the client's.
import { findName } from '../../schema/derive/catalogue.ts';
import { FeedError } from '../base/feed-error.ts';
import type { ExpandItem, SelectItem } from '../odata/wanted.ts';
import type { RowsPlan } from './read-plan.ts';
import { type ApplyRows, areEntities } from './apply-rows.ts';
import type { ScopeRow } from './scope.ts';
import { unknownProperty } from './unknown-property.ts';

/** Throws `request.unknown-property`, and `request.malformed-option` for paths that end in no property. */
export function selectColumns(
  items: readonly SelectItem[] | null,
  { it, source }: Pick<ApplyRows, 'it' | 'source'>,
  option = '$select',
): Pick<RowsPlan, 'columns' | 'selected'> {
  const every = [...it.columns.keys()];
  const named = new Set((items ?? []).flatMap((item) => namesOf(item, it, option)));
  const ways = [...it.ways.keys()].filter((name) => named.has(name));
  const columns = every.filter((name) => named.has(name));
  // A path through a navigation alone leaves its mark where the navigation is written.
  const chosen = items !== null && !named.has('*') && columns.length + ways.length > 0;
  if (chosen) return { columns, selected: [...columns, ...ways] };
  if (!areEntities(source)) return { columns: every, selected: every };
  // What $metadata does not know is named.
  const added = [...every.filter((name) => it.columns.get(name)?.dynamic), ...ways];
  return { columns: every, selected: added.length === 0 ? null : ['*', ...added] };
}

/**
 * `$select=deviceType/deviceTypeName` says of `$expand=deviceType` what is selected inside it.
 * Throws `request.malformed-option` where the navigation is not expanded.
 */
export function selectedWithin(
  items: readonly SelectItem[] | null,
  expand: readonly ExpandItem[] | null,
  row: ScopeRow,
  option = '$select',
): readonly ExpandItem[] | null {
  const paths = (items ?? []).filter(
    ({ segments }) => segments.length > 1 && findName(row.ways, segments[0] ?? '') !== null,
  );
  return paths.reduce<readonly ExpandItem[] | null>((all, { segments: [written = '', ...rest], at }) => {
    const way = findName(row.ways, written);
    const isMeant = ({ segments, form }: ExpandItem): boolean =>
      segments.length === 1 && form === 'rows' && findName(row.ways, segments[0] ?? '') === way;
    if (!all?.some(isMeant)) {
      throw new FeedError('request.malformed-option', `${written} is selected from, but not expanded.`, {
        target: option,
        position: at,
        hint: `Write $expand=${written}($select=${rest.join('/')}).`,
      });
    }
    return all.map((item) => {
      if (!isMeant(item)) return item;
      const select = [...(item.options.select ?? []), { segments: rest, at }];
      return { ...item, options: { ...item.options, select } };
    });
  }, expand);
}

// Names of columns, of a navigation, or `*`; none for what is chosen inside a navigation.
function namesOf({ segments, at }: SelectItem, row: ScopeRow, option: string): readonly string[] {
  const path = segments.join('/');
  if (path === '*') return ['*'];
  const name = findName(row.columns, path) ?? findName(row.ways, path);
  if (name !== null) return [name];
  // Rows that were grouped have columns of a navigation: all of them are meant.
  const begin = `${path.toLowerCase()}/`;
  const inside = [...row.columns.keys()].filter((each) => each.toLowerCase().startsWith(begin));
  if (inside.length > 0) return inside;
  const [written = ''] = segments;
  if (findName(row.ways, written) !== null) return [];
  if (findName(row.columns, written) === null) throw unknownProperty(row, written, option, at);
  throw new FeedError('request.malformed-option', `${written} is a value and has no parts.`, {
    target: option,
    position: at,
  });
}
