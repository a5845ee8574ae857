// Operands that are values: found behind minus and alias, and given the type of what they stand beside.
import type { Value } from '../../../schema/entity.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Expression, LiteralValue } from '../../odata/syntax/expression.ts';
import { printLiteral } from '../../odata/print/print-literal.ts';
import { literalAs, textAs, typeOfLiteral } from './literal-value.ts';
import type { Scalar, ScalarType } from '../relational-algebra.ts';
import { describeExpression, typeMismatch } from './bind-errors.ts';
import type { Scope } from './scope.ts';
import { describeType, exampleLiteral, familyOf } from './type-family.ts';

/** What an expression is once its alias is written out, and the scope in whose text that stands. */
export function resolveAlias(
  expression: Expression,
  scope: Scope,
): { readonly expression: ExpressionWithoutAlias; readonly scope: Scope } {
  if (expression.kind !== 'alias') return { expression, scope };
  const next = scope.aliases.get(expression.name);
  if (!next) throw missingAlias(`The alias ${expression.name} is not given.`, expression, scope);
  return resolveAlias(next, { ...scope, option: expression.name });
}

type ExpressionWithoutAlias = Exclude<Expression, { readonly kind: 'alias' }>;

/** The literal that an expression is: written out, behind a minus, or as an alias. */
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

/** `beside` is what the literal is compared with, whose type it takes. */
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
  const message = `${written} is beyond what ${describeType(ownType)} holds.`;
  throw typeMismatch(message, { at }, scope);
}

// v1.0 promises no more than its vendor does.
function quotedAs(literal: LiteralValue, type: ScalarType, { exposedModel }: Scope): Value | undefined {
  return literal.type === 'string' && exposedModel.version === 'beta'
    ? textAs(literal.value, type)
    : undefined;
}

function missingAlias(message: string, { at }: Expression, { option }: Scope): FeedError {
  return new FeedError('request.malformed-expression', message, {
    target: option,
    position: at,
    hint: 'Give its value as an option of its own: @p=7.',
  });
}
