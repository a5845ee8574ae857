// $expand, $compute, $search and $apply trees as one line each, for tables of expected trees.
import { assertNever } from '../../src/base/assert-never.ts';
import type { SearchExpression } from '../../src/odata/syntax/search-expression.ts';
import type {
  AggregateItem,
  Transformation,
  ComputeItem,
  ExpandItem,
  GroupTerm,
  NestedOptions,
} from '../../src/odata/syntax/parsed-request.ts';
import type { OrderTerm } from '../../src/odata/syntax/expression.ts';
import { outline } from './outline.ts';

/** `user{select userName; top 3; expand devices}`, `apps#` for counts, `apps&` for references. */
export function outlineExpand(items: readonly ExpandItem[]): string {
  const marks = { rows: '', ref: '&', count: '#' } as const;
  return items
    .map(({ segments, form, options }) => segments.join('/') + marks[form] + outlineNested(options))
    .join(', ');
}

function outlineNested(options: NestedOptions): string {
  const { select, expand, filter, orderby, compute, search, top, skip, count, levels } = options;
  const parts = [
    select && `select ${select.map(({ segments }) => segments.join('/')).join(' ')}`,
    expand && `expand ${outlineExpand(expand)}`,
    filter && `filter ${outline(filter)}`,
    orderby && `orderby ${outlineOrder(orderby)}`,
    compute && `compute ${outlineCompute(compute)}`,
    search && `search ${outlineSearch(search)}`,
    top !== null && `top ${top}`,
    skip !== null && `skip ${skip}`,
    count !== null && `count ${count}`,
    levels !== null && `levels ${levels}`,
  ].filter((each) => typeof each === 'string');
  return parts.length === 0 ? '' : `{${parts.join('; ')}}`;
}

function outlineOrder(terms: readonly OrderTerm[]): string {
  return terms.map(({ expression, descending }) => outline(expression) + (descending ? '↓' : '')).join(' ');
}

/** `(mul a 2)→b` */
export function outlineCompute(items: readonly ComputeItem[]): string {
  return items.map(({ expression, as }) => `${outline(expression)}→${as}`).join(' ');
}

/** `(or bike (and "blue bell" (not old)))` */
export function outlineSearch(search: SearchExpression): string {
  switch (search.kind) {
    case 'word':
      return search.text;
    case 'phrase':
      return `"${search.text}"`;
    case 'and':
    case 'or':
      return `(${[search.kind, ...search.of.map(outlineSearch)].join(' ')})`;
    case 'not':
      return `(not ${outlineSearch(search.of)})`;
    default:
      return assertNever(search);
  }
}

/** `filter (eq a 1) | group a b/c [count→n]` */
export function outlineApply(steps: readonly Transformation[]): string {
  return steps.map(outlineStep).join(' | ');
}

function outlineStep(step: Transformation): string {
  switch (step.kind) {
    case 'identity':
      return 'identity';
    case 'filter':
      return `filter ${outline(step.expression)}`;
    case 'search':
      return `search ${outlineSearch(step.expression)}`;
    case 'compute':
      return `compute ${outlineCompute(step.items)}`;
    case 'aggregate':
      return `aggregate ${step.items.map(outlineAggregate).join(' ')}`;
    case 'groupby':
      return `group ${step.by.map(outlineGroup).join(' ')} [${outlineApply(step.then)}]`;
    case 'orderby':
      return `orderby ${outlineOrder(step.terms)}`;
    case 'top':
    case 'skip':
      return `${step.kind} ${step.rows}`;
    case 'topcount':
    case 'topsum':
    case 'toppercent':
    case 'bottomcount':
    case 'bottomsum':
    case 'bottompercent':
      return `${step.kind} ${outline(step.amount)} of ${outline(step.by)}`;
    case 'concat':
      return `concat ${step.of.map((sequence) => `[${outlineApply(sequence)}]`).join(' ')}`;
    case 'expand':
      return `expand ${outlineExpand([step.item])}`;
    default:
      return assertNever(step);
  }
}

function outlineAggregate(item: AggregateItem): string {
  if (item.kind === 'count') return `${item.of?.join('/').replace('$count', 'count') ?? 'count'}→${item.as}`;
  return `${item.method}:${outline(item.expression)}→${item.as}`;
}

function outlineGroup(term: GroupTerm): string {
  if (term.kind === 'path') return term.segments.join('/');
  return `rollup(${[...(term.all ? ['*'] : []), ...term.of.map((path) => path.join('/'))].join(' ')})`;
}
