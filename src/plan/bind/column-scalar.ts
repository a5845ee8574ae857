// A column of a row as a value, and its comparison with a literal.
import type { Entity, PropertyRole, Value } from '../../../schema/entity.ts';
import type { ComparisonOperator } from '../../odata/syntax/expression.ts';
import type { ColumnShape, Condition, RowId, Scalar } from '../relational-algebra.ts';

export type ColumnScalar = Scalar & { readonly kind: 'property' };

export function columnScalar(row: RowId, property: string, { type, nullable }: ColumnShape): ColumnScalar {
  return { kind: 'property', row, property, type, nullable };
}

/** The property that has the role, of a row of the entity; null where the entity has none. */
export function columnWithRole(
  row: RowId,
  { properties }: Pick<Entity, 'properties'>,
  role: PropertyRole,
): ColumnScalar | null {
  const [found] = Object.entries(properties).filter(([, property]) => property.role === role);
  return found ? columnScalar(row, ...found) : null;
}

/** `value` is in the form in which the column stores it. */
export function compareColumn(column: ColumnScalar, operator: ComparisonOperator, value: Value): Condition {
  return { kind: 'compare', operator, left: column, right: { kind: 'literal', value, type: column.type } };
}
