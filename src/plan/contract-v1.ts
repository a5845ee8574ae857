// The v1.0 contract: what the vendor documents, and no more. The whole of OData that we offer is in beta.
import type { Listing } from '../../schema/derive/catalogue.ts';
import { assertNever } from '../base/assert-never.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Expression } from '../odata/expression.ts';
import type { QueryOptions } from '../odata/wanted.ts';

/** The properties that v1.0 filters on, where a collection has them. */
const FILTERABLE = ['dateKey', 'rowLastModifiedDateTimeUTC'] as const;

const BEYOND = ['orderby', 'expand', 'compute', 'search', 'apply', 'deltatoken'] as const;

const OPERATORS: ReadonlySet<string> = new Set(['lt', 'le', 'eq', 'ge', 'gt']);

const OFFERED =
  'v1.0 offers $select, $top, $skip, $count, maxhistorydays, and $filter on ' +
  'dateKey and rowLastModifiedDateTimeUTC with lt, le, eq, ge, gt and and.';

/** Throws `request.not-in-v1` for what only beta may offer. `address` is the path, for the hint. */
export function checkContract(options: QueryOptions, listing: Listing, address: string): void {
  const [unread] = options.unread.keys();
  const read = BEYOND.find((name) => options[name] !== null);
  const beyond = read === undefined ? unread : `$${read}`;
  if (beyond !== undefined) throw beyondContract(`${beyond} is not part of v1.0.`, beyond, 0, address);
  if (!options.filter) return;
  if (!FILTERABLE.some((name) => listing.properties.has(name))) {
    const message = `${listing.entity.name} has neither ${FILTERABLE.join(' nor ')}, so v1.0 does not filter it.`;
    throw beyondContract(message, '$filter', options.filter.at, address);
  }
  checkFilter(options.filter, address);
}

function checkFilter(expression: Expression, address: string): void {
  const refuse = (what: string, at: number): never => {
    throw beyondContract(`v1.0 does not filter ${what}.`, '$filter', at, address);
  };
  switch (expression.kind) {
    case 'logical':
      if (expression.operator === 'or') refuse("with 'or'", expression.at);
      for (const operand of expression.operands) checkFilter(operand, address);
      return;
    case 'comparison': {
      const { left, right, operator, at } = expression;
      if (!OPERATORS.has(operator)) refuse(`with '${operator}'`, at);
      const [property, value] = left.kind === 'path' ? [left, right] : [right, left];
      if (property.kind !== 'path') return refuse('without a property in each comparison', at);
      const name = property.segments.join('/');
      if (!FILTERABLE.some((each) => each.toLowerCase() === name.toLowerCase())) {
        refuse(`on '${name}'`, property.at);
      }
      if (value.kind !== 'literal') refuse(`${name} against anything but a value`, value.at);
      return;
    }
    case 'not':
      return refuse("with 'not'", expression.at);
    case 'in':
      return refuse("with 'in'", expression.at);
    case 'call':
      return refuse(`with ${expression.name}(…)`, expression.at);
    case 'path':
      return refuse(`on '${expression.segments.join('/')}' alone`, expression.at);
    case 'arithmetic':
      return refuse(`with '${expression.operator}'`, expression.at);
    case 'lambda':
      return refuse(`with '${expression.quantifier}'`, expression.at);
    case 'count':
      return refuse("with '$count'", expression.at);
    case 'case':
      return refuse('with case(…)', expression.at);
    case 'literal':
    case 'type':
    case 'alias':
    case 'negate':
      return refuse('by a value alone', expression.at);
    default:
      return assertNever(expression);
  }
}

function beyondContract(message: string, target: string, position: number, address: string): FeedError {
  const hint = `${OFFERED} For more ask beta: /beta/${address} with the same options.`;
  return new FeedError('request.not-in-v1', message, { target, position, hint });
}
