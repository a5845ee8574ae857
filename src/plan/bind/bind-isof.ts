// `isof(x,Edm.String)` and `isof(Fleetfeed.device)`: whether a value, or the row itself, is of a type.
import { findName } from '../../../schema/derive/exposed-model.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import type { Expression } from '../../odata/syntax/expression.ts';
import type { Condition, Scalar } from '../relational-algebra.ts';
import { typeMismatch, wrongArity } from './bind-errors.ts';
import type { Scope } from './scope.ts';

/** The primitive types of the standard, most of which no value of the feed has. */
const PRIMITIVE_TYPES = [
  ...['Edm.String', 'Edm.Boolean', 'Edm.Byte', 'Edm.SByte', 'Edm.Int16', 'Edm.Int32', 'Edm.Int64'],
  ...['Edm.Single', 'Edm.Double', 'Edm.Decimal', 'Edm.Guid', 'Edm.Binary', 'Edm.Stream'],
  ...['Edm.Date', 'Edm.DateTimeOffset', 'Edm.TimeOfDay', 'Edm.Duration'],
];

const ANY_PRIMITIVE = 'Edm.PrimitiveType';

/**
 * The types of values are known before any of them is read, so only null remains to be tested.
 * Throws `request.type-mismatch` for a type that does not exist.
 */
export function bindIsof(
  call: Expression & { readonly kind: 'call' },
  scope: Scope,
  bindScalar: (expression: Expression, scope: Scope) => Scalar,
): Condition {
  const [value] = call.arguments;
  const type = call.arguments.at(-1);
  if (!value || type?.kind !== 'type' || call.arguments.length > 2) throw wrongArity(call, '1 or 2', scope);
  const { namespace, entitySets } = scope.exposedModel;
  const rows = [...entitySets.values()].map(({ entity }) => `${namespace}.${entity.singular}`);
  const known = new Map([...PRIMITIVE_TYPES, ANY_PRIMITIVE, ...rows].map((name) => [name, name]));
  const name = findName(known, type.name);
  if (name === null) {
    const hint = didYouMean(known.keys(), type.name);
    throw typeMismatch(`There is no type '${type.name}'.`, type, scope, hint);
  }
  if (call.arguments.length === 1) {
    return { kind: 'constant', value: name === `${namespace}.${scope.it.entity.singular}` };
  }
  const of = bindScalar(value, scope);
  if (name !== of.type && name !== ANY_PRIMITIVE) return { kind: 'constant', value: false };
  return { kind: 'compare', operator: 'ne', left: of, right: { kind: 'literal', value: null, type: 'null' } };
}
