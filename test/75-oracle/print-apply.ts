// Transformations as the text of $apply.
import { printExpression } from '../20-odata/print-expression.ts';
import type { OrderTerm } from '../../src/odata/syntax/expression.ts';
import type { AggregateItem, Transformation, GroupTerm } from '../../src/odata/syntax/parsed-request.ts';
import { printSearch } from './evaluate-search.ts';

export function printApply(steps: readonly Transformation[]): string {
  return steps.map(printStep).join('/');
}

function printStep(step: Transformation): string {
  switch (step.kind) {
    case 'identity':
      return 'identity';
    case 'filter':
      return `filter(${printExpression(step.expression)})`;
    case 'search':
      return `search(${printSearch(step.expression)})`;
    case 'compute':
      return `compute(${step.items.map(({ expression, as }) => `${printExpression(expression)} as ${as}`).join()})`;
    case 'aggregate':
      return `aggregate(${step.items.map(printAggregate).join()})`;
    case 'groupby': {
      const then = step.then.length === 0 ? '' : `,${printApply(step.then)}`;
      return `groupby((${step.by.map(printTerm).join()})${then})`;
    }
    case 'orderby':
      return `orderby(${printOrder(step.terms)})`;
    case 'top':
    case 'skip':
      return `${step.kind}(${step.rows})`;
    case 'topcount':
    case 'topsum':
    case 'toppercent':
    case 'bottomcount':
    case 'bottomsum':
    case 'bottompercent':
      return `${step.kind}(${printExpression(step.amount)},${printExpression(step.by)})`;
    case 'concat':
      return `concat(${step.of.map(printApply).join()})`;
    case 'expand':
      throw new TypeError('No expand here.');
  }
}

function printAggregate(item: AggregateItem): string {
  if (item.kind === 'count') return `${(item.of ?? ['$count']).join('/')} as ${item.as}`;
  return `${printExpression(item.expression)} with ${item.method} as ${item.as}`;
}

function printTerm(term: GroupTerm): string {
  if (term.kind === 'path') return term.segments.join('/');
  return `rollup(${[...(term.all ? ['$all'] : []), ...term.of.map((segments) => segments.join('/'))].join()})`;
}

export function printOrder(terms: readonly OrderTerm[]): string {
  return terms
    .map(({ expression, descending }) => printExpression(expression) + (descending ? ' desc' : ''))
    .join();
}
