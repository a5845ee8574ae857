// Literal operands, also behind a minus or an alias; they take the type of the other operand.
import type { Value } from '../../../schema/entity.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Expression, LiteralValue } from '../../odata/syntax/expression.ts';
import { printLiteral } from '../../odata/print/print-literal.ts';
import { literalAs, textAs, typeOfLiteral } from './literal-value.ts';
import type { Scalar, ScalarType } from '../relational-algebra.ts';
import { describeExpression, typeMismatch } from './bind-errors.ts';
import type { Scope } from './scope.ts';
import { describeType, exampleLiteral, familyOf } from './type-family.ts';

/** The expression behind an alias, and the scope of its text. */
export function resolveAlias(
  expression: Expression,
  scope: Scope,
): { readonly expression: ExpressionWithoutAlias; readonly scope: Scope } {
  if (expression.kind !== 'alias') return { expression, scope };
  const next = scope.aliases.get(expression.name);
  if (!next) throw missingAlias(`The alias ${expression.name} has no value.`, expression, scope);
  return resolveAlias(next, { ...scope, option: expression.name });
}

type ExpressionWithoutAlias = Exclude<Expression, { readonly kind: 'alias' }>;

/** The literal that an expression is, also behind a minus or an alias; else null. */
export function asLiteral(expression: Expression, scope: Scope): LiteralValue | null {
  const { expression: found } = resolveAlias(expression, scope);
  if (found.kind === 'literal') return found.literal;
  if (found.kind === 'negate' && found.operand.kind === 'literal') {
    const { literal } = found.operand;
    if (literal.type === 'integer') return { type: 'integer', value: -literal.value };
    if (literal.type === 'decimal') return { ...literal, value: -literal.value, text: `-${literal.text}` };
  }
  return null;
}

/** The literal as a value of `targetType`; `comparedWith` is the other operand, for the message. */
export function literalScalar(
  literal: LiteralValue,
  targetType: ScalarType,
  { at }: { readonly at: number },
  scope: Scope,
  comparedWith?: Expression,
): Scalar {
  const ownType = typeOfLiteral(literal);
  if (ownType === 'null') return { kind: 'literal', value: null, type: 'null' };
  const bothNumbers = familyOf(ownType) === 'number' && familyOf(targetType) === 'number';
  const type = bothNumbers || targetType === 'null' ? ownType : targetType;
  const value = literalAs(literal, type) ?? quotedAs(literal, type, scope);
  if (value !== undefined) return { kind: 'literal', value, type };
  const written = printLiteral(literal);
  if (comparedWith && !bothNumbers) {
    throw typeMismatch(
      `${describeExpression(comparedWith)} is ${describeType(targetType)}; ${written} is not.`,
      { at },
      scope,
      `Write it like ${exampleLiteral(targetType, comparedWith.kind === 'path' ? comparedWith.segments.at(-1) : undefined)}.`,
    );
  }
  const message = `${written} is out of range for ${describeType(ownType)}.`;
  throw typeMismatch(message, { at }, scope);
}

// v1.0 offers no more than the vendor documents.
function quotedAs(literal: LiteralValue, type: ScalarType, { exposedModel }: Scope): Value | undefined {
  return literal.type === 'string' && exposedModel.version === 'beta'
    ? textAs(literal.value, type)
    : undefined;
}

function missingAlias(message: string, { at }: Expression, { option }: Scope): FeedError {
  return new FeedError('request.malformed-expression', message, {
    target: option,
    position: at,
    hint: 'Give its value in the query: @p=7.',
  });
}
