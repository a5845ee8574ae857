// Advice on how a reader could be answered sooner, as an annotation of the answer.
import type { ReadPlan } from './read-plan.ts';
import type { Condition, Scalar } from './relational-algebra.ts';

/** A read, and what is known of its statements. */
export interface AdvisedRead {
  readonly plan: ReadPlan;
  /** No index gives even the first term of the order: the whole answer is sorted for every chunk. */
  readonly needsFullSort: boolean;
}

interface AdviceRule {
  /** What would be better, in general. */
  readonly help: string;
  /** What this read does; null where the advice does not apply. */
  readonly notice: (read: AdvisedRead) => string | null;
}

// On narrower collections $select gains little.
const WIDE_COLUMNS = 20;

/** Every piece of advice there is. A code is never reused. */
export const ADVICE = {
  'no-select': {
    help: 'Name the columns that are needed in $select: the answer is smaller, and columns that come later leave it as it is.',
    notice: ({ plan: { from, form, selected, entity } }) =>
      form === 'rows' && selected === null && from.columns.size > WIDE_COLUMNS
        ? `All ${from.columns.size} columns of ${entity.name} are sent.`
        : null,
  },
  'no-days': {
    help: 'Bound dateKey in $filter, as in dateKey ge 20261101, or use maxhistorydays; or name one thing by its key.',
    notice: ({ plan, needsFullSort }) => {
      const { lifetime, name } = plan.entity;
      const few = plan.top !== null && plan.where === null && !needsFullSort;
      return (lifetime === 'daily' || lifetime === 'event') && !few && !isSelective(plan)
        ? `${name} is read from its first night to its last.`
        : null;
    },
  },
  'unindexed-filter': {
    help: 'Compare the first column of the key too, or ask for the history of one thing along its relationship.',
    notice: ({ plan }) =>
      plan.entity.lifetime === 'history' && plan.where && !isSelective(plan)
        ? `Every row of ${plan.entity.name} is looked at: $filter compares nothing that an index finds.`
        : null,
  },
  'unindexed-sort': {
    help: 'Sort by the key, or let $filter leave fewer rows to sort; what reads all rows sorts them as well itself.',
    notice: ({ plan: { entity, from }, needsFullSort }) =>
      // Sorting a lookup costs nothing.
      needsFullSort && !entity.rows
        ? `No index gives this order, so ${entity.name} is sorted; its own is ${from.key.join(', ')}.`
        : null,
  },
} as const satisfies Record<string, AdviceRule>;

export type AdviceCode = keyof typeof ADVICE;

export interface Advice {
  readonly code: AdviceCode;
  /** One sentence about this read. */
  readonly message: string;
  readonly help: string;
}

/** In the order of the table. Only reads of stored rows get advice: computed rows have no index. */
export function adviceFor(read: AdvisedRead): readonly Advice[] {
  if (read.plan.from.kind !== 'collection') return [];
  return Object.entries<AdviceRule>(ADVICE).flatMap(([code, { help, notice }]) => {
    const message = notice(read);
    return message === null ? [] : [{ code: code as AdviceCode, message, help }];
  });
}

/** Whether an index leaves few rows to read: days are bounded, or a part of the key is given. */
function isSelective({ where, row, from: { key } }: ReadPlan): boolean {
  const isKeyProperty = (scalar: Scalar): scalar is Scalar & { readonly kind: 'property' } =>
    scalar.kind === 'property' && scalar.row === row && key.includes(scalar.property);
  const isSelectiveCondition = (condition: Condition): boolean => {
    if (condition.kind === 'all') return condition.of.some(isSelectiveCondition);
    if (condition.kind === 'asOf') return true;
    if (condition.kind === 'correlatedKey')
      return Object.keys(condition.on).some((name) => key.includes(name));
    if (condition.kind === 'oneOf') return isKeyProperty(condition.operand);
    if (condition.kind !== 'compare' || condition.operator === 'ne') return false;
    const { left, right, operator } = condition;
    if (!isKeyProperty(left) || right.kind !== 'literal') return false;
    return operator === 'eq' || left.property === key[0];
  };
  return where !== null && isSelectiveCondition(where);
}
