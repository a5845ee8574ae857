// The options of an $expand item as query options: for the nextLink of an expansion.
import type { RawQueryOption } from '../parse/split-query.ts';
import type { ExpandItem, NestedOptions } from '../syntax/parsed-request.ts';

/** As query options, not yet encoded: `$select` → `appName,appVersion`. */
export function printNestedOptions(options: NestedOptions): readonly RawQueryOption[] {
  const { select, expand, top, skip, count, levels, rawTexts } = options;
  const written: readonly (readonly [string, string | undefined])[] = [
    ['$select', select?.map(({ segments }) => segments.join('/')).join()],
    ['$expand', expand?.map(printExpandItem).join()],
    ['$compute', rawTexts?.compute],
    ['$filter', rawTexts?.filter],
    ['$search', rawTexts?.search],
    ['$orderby', rawTexts?.orderby],
    ['$top', top?.toString()],
    ['$skip', skip?.toString()],
    ['$count', count?.toString()],
    ['$levels', levels?.toString()],
  ];
  return written.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

function printExpandItem({ segments, form, options }: ExpandItem): string {
  const path = [...segments, ...(form === 'rows' ? [] : [`$${form}`])].join('/');
  const inside = printNestedOptions(options).map(({ name, value }) => `${name}=${value}`);
  return inside.length === 0 ? path : `${path}(${inside.join(';')})`;
}
