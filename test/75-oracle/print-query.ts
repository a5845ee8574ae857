// A query as the address that a client would ask.
import type { OrderTerm } from '../../src/odata/expression.ts';
import { printExpression } from '../20-odata/print-expression.ts';
import type { Query } from './query.ts';
import { printSearch } from './words-of-row.ts';

/** `/beta/devices?$filter=…&$top=3` */
export function printQuery({ collection, options }: Query): string {
  const { filter, search, orderby, select, top, skip, count } = options;
  const words: readonly (readonly [string, string | null])[] = [
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

export function printOrder(terms: readonly OrderTerm[]): string {
  return terms
    .map(({ expression, descending }) => printExpression(expression) + (descending ? ' desc' : ''))
    .join();
}
