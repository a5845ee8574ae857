// maxhistorydays: the vendor's short form of "from so many days ago until today".
import { assertNever } from '../base/assert-never.ts';
import { addDays, dateKeyOf } from '../base/date-key.ts';
import type { Expression } from '../odata/syntax/expression.ts';
import type { QueryOptions } from '../odata/syntax/parsed-request.ts';
import { columnScalar, compareColumn } from './bind/column-scalar.ts';
import type { Scope } from './bind/scope.ts';
import type { Condition } from './relational-algebra.ts';

const DAY = 'dateKey';

// More days than the calendar has.
const MAX_HISTORY_DAYS = 700_000;

/**
 * Both ends are included: 7 on 20180221 gives 20180214 to 20180221. It applies to collections whose key has a dateKey,
 * unless $filter mentions dateKey itself.
 */
export function historyDaysConditions(
  { maxHistoryDays, filter }: QueryOptions,
  { it, now }: Pick<Scope, 'it' | 'now'>,
): readonly Condition[] {
  if (maxHistoryDays === null || !it.entity.key.includes(DAY)) return [];
  if (filter && mentionsDay(filter)) return [];
  const today = dateKeyOf(now);
  const first = maxHistoryDays > MAX_HISTORY_DAYS ? 0 : addDays(today, -maxHistoryDays);
  const day = columnScalar(it.row, DAY, { type: 'Edm.Int32', nullable: false });
  return [compareColumn(day, 'ge', BigInt(first)), compareColumn(day, 'le', BigInt(today))];
}

function mentionsDay(expression: Expression): boolean {
  switch (expression.kind) {
    case 'path':
      return expression.segments.at(-1)?.toLowerCase() === DAY.toLowerCase();
    case 'call':
      return expression.arguments.some(mentionsDay);
    case 'logical':
      return expression.operands.some(mentionsDay);
    case 'not':
    case 'negate':
      return mentionsDay(expression.operand);
    case 'comparison':
    case 'arithmetic':
      return mentionsDay(expression.left) || mentionsDay(expression.right);
    case 'in':
      return [expression.operand, ...expression.list].some(mentionsDay);
    case 'case':
      return expression.branches.flatMap(({ when, then }) => [when, then]).some(mentionsDay);
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
