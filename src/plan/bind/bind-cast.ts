// `cast(x,Edm.String)`: a value converted to another type, null where it cannot be.
import { findName } from '../../../schema/derive/exposed-model.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import type { Expression } from '../../odata/syntax/expression.ts';
import type { Scalar } from '../relational-algebra.ts';
import { describeExpression, typeMismatch, notOffered, wrongArity } from './bind-errors.ts';
import type { Scope } from './scope.ts';
import { type TypeFamily, describeType, familyOf } from './type-family.ts';

/** The families that each type can be cast from; null can be cast to any. */
const CASTABLE_FROM = {
  'Edm.String': ['text', 'number', 'boolean', 'instant', 'day', 'time', 'duration'],
  'Edm.Int32': ['number', 'text'],
  'Edm.Int64': ['number', 'text'],
  'Edm.Double': ['number', 'text'],
  'Edm.Decimal': ['number', 'text'],
  'Edm.Boolean': ['boolean', 'text'],
  'Edm.Date': ['day', 'instant', 'text'],
  'Edm.DateTimeOffset': ['instant', 'day', 'text'],
  'Edm.Duration': ['duration', 'text'],
  'Edm.TimeOfDay': ['time', 'instant', 'text'],
} as const satisfies Readonly<Record<string, readonly TypeFamily[]>>;

/** Throws `request.type-mismatch` for casts that could never succeed, `request.not-offered` for other types. */
export function bindCast(
  call: Expression & { readonly kind: 'call' },
  scope: Scope,
  bindScalar: (expression: Expression, scope: Scope) => Scalar,
): Scalar {
  const [value, written] = call.arguments;
  if (!value || written?.kind !== 'type' || call.arguments.length !== 2) throw wrongArity(call, '2', scope);
  const names = new Map(Object.keys(CASTABLE_FROM).map((name) => [name, name]));
  const type = findName(names, written.name) as keyof typeof CASTABLE_FROM | null;
  if (type === null) {
    throw notOffered(`cast to ${written.name}`, written, scope, didYouMean(names.keys(), written.name));
  }
  const of = bindScalar(value, scope);
  const from: readonly TypeFamily[] = CASTABLE_FROM[type];
  if (![...from, 'null'].includes(familyOf(of.type))) {
    const message = `${describeExpression(value)} is ${describeType(of.type)} and cannot become ${describeType(type)}.`;
    throw typeMismatch(message, value, scope);
  }
  if (of.type === type) return of;
  return { kind: 'cast', of, type, nullable: true };
}
