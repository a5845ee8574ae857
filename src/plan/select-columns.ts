// $select as columns, in the order of the feed.
import { findName } from '../../schema/derive/exposed-model.ts';
import { FeedError } from '../base/feed-error.ts';
import type { ExpandItem, SelectItem } from '../odata/syntax/parsed-request.ts';
import type { RowsPlan } from './read-plan.ts';
import { type ApplyRows, areEntities } from './apply/apply-rows.ts';
import type { ScopeRow } from './bind/scope.ts';
import { unknownProperty } from './bind/unknown-property.ts';

/** Throws `request.unknown-property`, and `request.malformed-option` for paths that end in no property. */
export function selectColumns(
  items: readonly SelectItem[] | null,
  { it, source }: Pick<ApplyRows, 'it' | 'source'>,
  option = '$select',
): Pick<RowsPlan, 'columns' | 'selected'> {
  const allColumns = [...it.columns.keys()];
  const named = new Set((items ?? []).flatMap((item) => selectedNames(item, it, option)));
  const navigations = [...it.navigations.keys()].filter((name) => named.has(name));
  const columns = allColumns.filter((name) => named.has(name));
  // A path through a navigation selects inside the expansion, so it adds nothing here.
  const hasSelection = items !== null && !named.has('*') && columns.length + navigations.length > 0;
  if (hasSelection) return { columns, selected: [...columns, ...navigations] };
  if (!areEntities(source)) return { columns: allColumns, selected: allColumns };
  // The context URL names columns that $metadata does not declare.
  const unlisted = [...allColumns.filter((name) => it.columns.get(name)?.dynamic), ...navigations];
  return { columns: allColumns, selected: unlisted.length === 0 ? null : ['*', ...unlisted] };
}

/**
 * Moves `$select=deviceType/deviceTypeName` into the options of `$expand=deviceType`.
 * Throws `request.malformed-option` where the navigation is not expanded.
 */
export function selectWithinExpand(
  items: readonly SelectItem[] | null,
  expand: readonly ExpandItem[] | null,
  row: ScopeRow,
  option = '$select',
): readonly ExpandItem[] | null {
  const nestedPaths = (items ?? []).filter(
    ({ segments }) => segments.length > 1 && findName(row.navigations, segments[0] ?? '') !== null,
  );
  return nestedPaths.reduce<readonly ExpandItem[] | null>(
    (all, { segments: [written = '', ...rest], at }) => {
      const navigation = findName(row.navigations, written);
      const isItem = ({ segments, form }: ExpandItem): boolean =>
        segments.length === 1 &&
        form === 'rows' &&
        findName(row.navigations, segments[0] ?? '') === navigation;
      if (!all?.some(isItem)) {
        throw new FeedError('request.malformed-option', `${written} is selected from, but not expanded.`, {
          target: option,
          position: at,
          hint: `Write $expand=${written}($select=${rest.join('/')}).`,
        });
      }
      return all.map((item) => {
        if (!isItem(item)) return item;
        const select = [...(item.options.select ?? []), { segments: rest, at }];
        return { ...item, options: { ...item.options, select } };
      });
    },
    expand,
  );
}

// Names of columns, of a navigation, or `*`; none for a path through a navigation.
function selectedNames({ segments, at }: SelectItem, row: ScopeRow, option: string): readonly string[] {
  const path = segments.join('/');
  if (path === '*') return ['*'];
  const name = findName(row.columns, path) ?? findName(row.navigations, path);
  if (name !== null) return [name];
  // Grouped rows have columns such as `deviceType/deviceTypeName`: the navigation selects all of them.
  const prefix = `${path.toLowerCase()}/`;
  const inside = [...row.columns.keys()].filter((each) => each.toLowerCase().startsWith(prefix));
  if (inside.length > 0) return inside;
  const [written = ''] = segments;
  if (findName(row.navigations, written) !== null) return [];
  if (findName(row.columns, written) === null) throw unknownProperty(row, written, option, at);
  throw new FeedError('request.malformed-option', `${written} is a value and has no parts.`, {
    target: option,
    position: at,
  });
}
