// maxhistorydays: the vendor's short form of "from so many days ago until today".
import { assertNever } from '../base/assert-never.ts';
import { addDays, dateKeyOf } from '../base/date-key.ts';
import type { Expression } from '../odata/expression.ts';
import type { QueryOptions } from '../odata/wanted.ts';
import type { Scope } from './scope.ts';
import type { Condition, RowId } from './read-plan.ts';

const DAY = 'dateKey';

// More days than the calendar has; a larger wish is the same wish.
const ALL_DAYS = 700_000;

/**
 * Both ends belong to it: 7 on 20180221 gives 20180214 to 20180221. It acts on collections whose key has a dateKey, and
 * not where $filter speaks of dateKey itself.
 */
export function historyCondition(
  { maxHistoryDays, filter }: QueryOptions,
  { it, now }: Pick<Scope, 'it' | 'now'>,
): readonly Condition[] {
  if (maxHistoryDays === null || !it.entity.key.includes(DAY)) return [];
  if (filter && mentions(filter)) return [];
  const today = dateKeyOf(now);
  const first = maxHistoryDays > ALL_DAYS ? 0 : addDays(today, -maxHistoryDays);
  return [dayIs(it.row, 'ge', first), dayIs(it.row, 'le', today)];
}

function dayIs(row: RowId, operator: 'ge' | 'le', day: number): Condition {
  return {
    kind: 'compare',
    operator,
    left: { kind: 'property', row, property: DAY, type: 'Edm.Int32', nullable: false },
    right: { kind: 'literal', value: BigInt(day), type: 'Edm.Int32' },
  };
}

function mentions(expression: Expression): boolean {
  switch (expression.kind) {
    case 'path':
      return expression.segments.at(-1)?.toLowerCase() === DAY.toLowerCase();
    case 'call':
      return expression.arguments.some(mentions);
    case 'logical':
      return expression.operands.some(mentions);
    case 'not':
    case 'negate':
      return mentions(expression.operand);
    case 'comparison':
    case 'arithmetic':
      return mentions(expression.left) || mentions(expression.right);
    case 'in':
      return [expression.operand, ...expression.list].some(mentions);
    case 'case':
      return expression.branches.flatMap(({ when, then }) => [when, then]).some(mentions);
    case 'literal':
    case 'type':
    case 'alias':
    case 'count':
    case 'lambda':
      return false;
    default:
      return assertNever(expression);
  }
}
