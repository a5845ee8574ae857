// A query as the address that a client would ask.
import { printExpression } from '../20-odata/print-expression.ts';
import { printApply, printOrder } from './print-apply.ts';
import type { Query } from './query.ts';
import { printSearch } from './words-of-row.ts';

/** `/beta/devices?$filter=…&$top=3` */
export function printQuery({ collection, apply, options }: Query): string {
  const { filter, search, orderby, select, top, skip, count } = options;
  const words: readonly (readonly [string, string | null])[] = [
    ['$apply', apply && printApply(apply)],
    ['$filter', filter && printExpression(filter)],
    ['$search', search && printSearch(search)],
    ['$orderby', orderby && printOrder(orderby)],
    ['$select', select && select.map(({ segments }) => segments.join('/')).join()],
    ['$top', top === null ? null : String(top)],
    ['$skip', skip === null ? null : String(skip)],
    ['$count', count === null ? null : String(count)],
  ];
  const query = words
    .filter(([, text]) => text !== null)
    .map(([name, text]) => `${name}=${encodeURIComponent(text ?? '')}`);
  return `/beta/${collection}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}
