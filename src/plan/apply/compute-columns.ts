// $compute: values with an alias become columns, which later options use like properties.
import type { ComputeItem } from '../../odata/syntax/parsed-request.ts';
import { type ApplyRows, visibleColumns } from './apply-rows.ts';
import { bindScalar } from '../bind/bind-expression.ts';
import { checkAlias } from '../bind/check-alias.ts';
import { type ColumnShape, type Scalar, isNullable } from '../relational-algebra.ts';
import type { Scope } from '../bind/scope.ts';

/**
 * The rows with the computed columns. The expressions refer to the row as it was, not to each other.
 * Throws as bindScalar does, and `request.malformed-expression` for a name that is taken.
 */
export function computeColumns<Rows extends Pick<ApplyRows, 'source' | 'it'>>(
  rows: Rows,
  items: readonly ComputeItem[],
  scope: Scope,
): Rows {
  if (items.length === 0) return rows;
  const { source, it } = rows;
  const added = new Map<string, Scalar>();
  for (const item of items) {
    checkAlias(item, added, scope);
    added.set(item.as, bindScalar(item.expression, scope));
  }
  const columns = new Map<string, ColumnShape>(source.columns);
  for (const [name, scalar] of added) {
    columns.set(name, { type: scalar.type, nullable: isNullable(scalar), dynamic: true });
  }
  return {
    ...rows,
    source: { kind: 'computed', of: source, row: it.row, added, columns, key: source.key },
    it: { ...it, columns: visibleColumns(columns) },
  };
}
