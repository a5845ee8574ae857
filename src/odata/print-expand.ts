// The options of an $expand item as text again: for the address where the rows inside a row go on.
import type { QueryPair } from './split-query.ts';
import type { ExpandItem, NestedOptions } from './wanted.ts';

/** As options of an address of their own, not yet encoded: `$select` → `appName,appVersion`. */
export function printNestedOptions(options: NestedOptions): readonly QueryPair[] {
  const { select, expand, top, skip, count, levels, texts } = options;
  const written: readonly (readonly [string, string | undefined])[] = [
    ['$select', select?.map(({ segments }) => segments.join('/')).join()],
    ['$expand', expand?.map(printItem).join()],
    ['$compute', texts?.compute],
    ['$filter', texts?.filter],
    ['$search', texts?.search],
    ['$orderby', texts?.orderby],
    ['$top', top?.toString()],
    ['$skip', skip?.toString()],
    ['$count', count?.toString()],
    ['$levels', levels?.toString()],
  ];
  return written.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

function printItem({ segments, form, options }: ExpandItem): string {
  const path = [...segments, ...(form === 'rows' ? [] : [`$${form}`])].join('/');
  const inside = printNestedOptions(options).map(({ name, value }) => `${name}=${value}`);
  return inside.length === 0 ? path : `${path}(${inside.join(';')})`;
}
