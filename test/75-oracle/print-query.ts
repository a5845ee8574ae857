// A query as the address that a client would ask.
import type { ExpandItem, NestedOptions } from '../../src/odata/syntax/parsed-request.ts';
import { printExpression } from '../20-odata/print-expression.ts';
import { printApply, printOrder } from './print-apply.ts';
import type { Query } from './query.ts';
import { printSearch } from './evaluate-search.ts';

/** `/beta/devices?$filter=…&$top=3` */
export function printQuery({ collection, apply, options }: Query): string {
  const words = [...(apply ? [['$apply', printApply(apply)] as const] : []), ...optionTexts(options)];
  const query = words.map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
  return `/beta/${collection}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}

function optionTexts(options: NestedOptions): readonly (readonly [name: string, text: string])[] {
  const { compute, filter, search, orderby, select, expand, top, skip, count } = options;
  const written: readonly (readonly [string, string | null])[] = [
    [
      '$compute',
      compute && compute.map(({ expression, as }) => `${printExpression(expression)} as ${as}`).join(),
    ],
    ['$filter', filter && printExpression(filter)],
    ['$search', search && printSearch(search)],
    ['$orderby', orderby && printOrder(orderby)],
    ['$select', select && select.map(({ segments }) => segments.join('/')).join()],
    ['$expand', expand && expand.map(printExpand).join()],
    ['$top', top === null ? null : String(top)],
    ['$skip', skip === null ? null : String(skip)],
    ['$count', count === null ? null : String(count)],
  ];
  return written.flatMap(([name, text]) => (text === null ? [] : [[name, text] as const]));
}

function printExpand({ segments, form, options }: ExpandItem): string {
  const inside = optionTexts(options).map(([name, text]) => `${name}=${text}`);
  const path = segments.join('/') + (form === 'count' ? '/$count' : '');
  return inside.length === 0 ? path : `${path}(${inside.join(';')})`;
}
