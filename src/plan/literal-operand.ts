// Operands that are values: found behind minus and alias, and given the type of what they stand beside.
import type { Value } from '../../schema/words.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Expression, LiteralValue } from '../odata/expression.ts';
import { printLiteral } from '../odata/print-literal.ts';
import { literalAs, textAs, typeOfLiteral } from './bind-literal.ts';
import type { Scalar, ScalarType } from './read-plan.ts';
import { inWords, mismatch } from './refusals.ts';
import type { Scope } from './scope.ts';
import { articled, exampleOf, familyOf } from './type-words.ts';

/** What an expression is once its alias is written out, and the scope in whose text that stands. */
export function behindAlias(
  expression: Expression,
  scope: Scope,
): { readonly expression: WrittenOut; readonly scope: Scope } {
  if (expression.kind !== 'alias') return { expression, scope };
  const next = scope.aliases.get(expression.name);
  if (!next) throw badAlias(`The alias ${expression.name} is not given.`, expression, scope);
  return behindAlias(next, { ...scope, option: expression.name });
}

type WrittenOut = Exclude<Expression, { readonly kind: 'alias' }>;

/** The literal that an expression is: written out, behind a minus, or as an alias. */
export function literalIn(expression: Expression, scope: Scope): LiteralValue | null {
  const { expression: found } = behindAlias(expression, scope);
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
  wanted: ScalarType,
  { at }: { readonly at: number },
  scope: Scope,
  beside?: Expression,
): Scalar {
  const natural = typeOfLiteral(literal);
  if (natural === 'null') return { kind: 'literal', value: null, type: 'null' };
  const bothNumbers = familyOf(natural) === 'number' && familyOf(wanted) === 'number';
  const type = bothNumbers || wanted === 'null' ? natural : wanted;
  const value = literalAs(literal, type) ?? quoted(literal, type, scope);
  if (value !== undefined) return { kind: 'literal', value, type };
  const written = printLiteral(literal);
  if (beside && !bothNumbers) {
    throw mismatch(
      `${inWords(beside)} is ${articled(wanted)}; ${written} is not.`,
      { at },
      scope,
      `Write it like ${exampleOf(wanted, beside.kind === 'path' ? beside.segments.at(-1) : undefined)}.`,
    );
  }
  const message = `${written} is beyond what ${articled(natural)} holds.`;
  throw mismatch(message, { at }, scope);
}

// v1.0 promises no more than its vendor does.
function quoted(literal: LiteralValue, type: ScalarType, { catalogue }: Scope): Value | undefined {
  return literal.type === 'string' && catalogue.version === 'beta' ? textAs(literal.value, type) : undefined;
}

function badAlias(message: string, { at }: Expression, { option }: Scope): FeedError {
  return new FeedError('request.malformed-expression', message, {
    target: option,
    position: at,
    hint: 'Give its value as an option of its own: @p=7.',
  });
}
