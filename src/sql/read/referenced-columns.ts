// Which columns of a row an expression refers to.
import { storageOf } from '../../../schema/derive/storage.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { Condition, NavigationJoin, RowId, Scalar } from '../../plan/relational-algebra.ts';

/** The columns of the row that the value depends on. */
export function columnsOfScalar(scalar: Scalar, row: RowId): readonly string[] {
  switch (scalar.kind) {
    case 'property':
      return scalar.row === row ? [scalar.property] : [];
    case 'literal':
      return [];
    case 'call':
      return scalar.arguments.flatMap((each) => columnsOfScalar(each, row));
    case 'arithmetic':
      return [...columnsOfScalar(scalar.left, row), ...columnsOfScalar(scalar.right, row)];
    case 'negate':
      return columnsOfScalar(scalar.operand, row);
    case 'case':
      return scalar.branches.flatMap(({ when, then }) => [
        ...columnsOfCondition(when, row),
        ...columnsOfScalar(then, row),
      ]);
    case 'cast':
      return columnsOfScalar(scalar.of, row);
    case 'navigate':
    case 'aggregateRelated':
      return [...columnsOfJoin(scalar.join, row), ...columnsOfScalar(scalar.of, row)];
    case 'countRelated':
      return columnsOfSubquery(scalar, row);
    case 'condition':
      return columnsOfCondition(scalar.condition, row);
    default:
      return assertNever(scalar);
  }
}

/** The columns of the row that the condition depends on. */
export function columnsOfCondition(condition: Condition, row: RowId): readonly string[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap((each) => columnsOfCondition(each, row));
    case 'not':
      return columnsOfCondition(condition.of, row);
    case 'compare':
      return [...columnsOfScalar(condition.left, row), ...columnsOfScalar(condition.right, row)];
    case 'oneOf':
      return columnsOfScalar(condition.operand, row);
    case 'textTest':
      return [...columnsOfScalar(condition.text, row), ...columnsOfScalar(condition.part, row)];
    case 'correlatedKey':
      return condition.row === row ? Object.keys(condition.on) : [];
    case 'exists':
    case 'forAll':
    case 'inSubquery':
      return columnsOfSubquery(condition, row);
    case 'search': {
      const { key, columns } = condition.index;
      if (condition.row !== row) return [];
      return key === null ? columns : [key];
    }
    case 'asOf': {
      const { roles } = storageOf(condition.entity);
      return condition.row === row
        ? (['day', 'startDay', 'end'] as const).flatMap((each) => roles.get(each) ?? [])
        : [];
    }
    case 'isTrue':
      return columnsOfScalar(condition.of, row);
    case 'constant':
      return [];
    default:
      return assertNever(condition);
  }
}

function columnsOfSubquery(
  { join, where }: { readonly join: NavigationJoin; readonly where: Condition | null },
  row: RowId,
): readonly string[] {
  return [...columnsOfJoin(join, row), ...(where ? columnsOfCondition(where, row) : [])];
}

function columnsOfJoin({ start, on }: NavigationJoin, row: RowId): readonly string[] {
  return start === row ? Object.values(on) : [];
}
