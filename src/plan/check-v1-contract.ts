// The v1.0 contract: what the vendor documents, and no more. Everything else is offered in beta.
import { V1_FILTER_PROPERTIES } from '../../schema/derive/annotations.ts';
import type { EntitySet } from '../../schema/derive/exposed-model.ts';
import { assertNever } from '../base/assert-never.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Expression } from '../odata/syntax/expression.ts';
import type { QueryOptions } from '../odata/syntax/parsed-request.ts';

const BETA_ONLY_OPTIONS = ['orderby', 'expand', 'compute', 'search', 'apply', 'deltatoken'] as const;

const FILTER_OPERATORS: ReadonlySet<string> = new Set(['lt', 'le', 'eq', 'ge', 'gt']);

const OFFERED =
  'v1.0 offers $select, $top, $skip, $count, maxhistorydays, and $filter on ' +
  `${V1_FILTER_PROPERTIES.join(' and ')} with lt, le, eq, ge, gt and and.`;

/** Throws `request.not-in-v1` for what only beta offers. `address` is the path, for the hint. */
export function checkV1Contract(options: QueryOptions, entitySet: EntitySet, address: string): void {
  const [unsupported] = options.unsupported.keys();
  const parsed = BETA_ONLY_OPTIONS.find((name) => options[name] !== null);
  const betaOnly = parsed === undefined ? unsupported : `$${parsed}`;
  if (betaOnly !== undefined) throw notInV1(`${betaOnly} is not part of v1.0.`, betaOnly, 0, address);
  if (!options.filter) return;
  if (!V1_FILTER_PROPERTIES.some((name) => entitySet.properties.has(name))) {
    const message = `${entitySet.entity.name} has neither ${V1_FILTER_PROPERTIES.join(' nor ')}, so v1.0 does not filter it.`;
    throw notInV1(message, '$filter', options.filter.at, address);
  }
  checkV1Filter(options.filter, address);
}

function checkV1Filter(expression: Expression, address: string): void {
  const refuse = (what: string, at: number): never => {
    throw notInV1(`v1.0 does not filter ${what}.`, '$filter', at, address);
  };
  switch (expression.kind) {
    case 'logical':
      if (expression.operator === 'or') refuse("with 'or'", expression.at);
      for (const operand of expression.operands) checkV1Filter(operand, address);
      return;
    case 'comparison': {
      const { left, right, operator, at } = expression;
      if (!FILTER_OPERATORS.has(operator)) refuse(`with '${operator}'`, at);
      const [property, value] = left.kind === 'path' ? [left, right] : [right, left];
      if (property.kind !== 'path') return refuse('without a property in each comparison', at);
      const name = property.segments.join('/');
      if (!V1_FILTER_PROPERTIES.some((each) => each.toLowerCase() === name.toLowerCase())) {
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

function notInV1(message: string, target: string, position: number, address: string): FeedError {
  const hint = `${OFFERED} For more ask beta: /beta/${address} with the same options.`;
  return new FeedError('request.not-in-v1', message, { target, position, hint });
}
