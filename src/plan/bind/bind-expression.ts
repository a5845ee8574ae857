// Binds expressions to the model: finds names, checks types and converts literals to values.
import { assertNever } from '../../base/assert-never.ts';
import { FeedError } from '../../base/feed-error.ts';
import { withSuggestion } from '../../base/did-you-mean.ts';
import type { ComparisonOperator, Expression } from '../../odata/syntax/expression.ts';
import { anyOf } from './combine-conditions.ts';
import { bindArithmetic } from './bind-arithmetic.ts';
import { bindCase } from './bind-case.ts';
import { bindCast } from './bind-cast.ts';
import { bindIsof } from './bind-isof.ts';
import { typeOfLiteral } from './literal-value.ts';
import { bindCount, bindLambda, bindPath, bindNavigationExists } from './bind-path.ts';
import { bindSearch } from './bind-search.ts';
import { checkPattern } from './check-pattern.ts';
import {
  FUNCTIONS,
  FUNCTION_NAMES,
  INSTANT_FUNCTIONS,
  type TextTest,
  isFunctionName,
  isTextTest,
} from './functions.ts';
import { resolveAlias, asLiteral, literalScalar } from './literal-operand.ts';
import { type Condition, type Scalar, type ScalarType, isNullable } from '../relational-algebra.ts';
import { describeExpression, typeMismatch, wrongArity } from './bind-errors.ts';
import type { Scope } from './scope.ts';
import { describeType, exampleLiteral, FAMILY_DESCRIPTIONS, familyOf } from './type-family.ts';

type Of<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

/**
 * Binds an expression that is a condition.
 * Throws `request.unknown-property`, `request.type-mismatch`, `request.malformed-expression` and `request.not-offered`,
 * each with its position.
 */
export function bindCondition(written: Expression, outer: Scope): Condition {
  const { expression, scope } = resolveAlias(written, outer);
  switch (expression.kind) {
    case 'logical': {
      const of = expression.operands.map((operand) => bindCondition(operand, scope));
      return expression.operator === 'and' ? { kind: 'all', of } : anyOf(of);
    }
    case 'not':
      return { kind: 'not', of: bindCondition(expression.operand, scope) };
    case 'comparison':
      return bindComparison(expression, scope);
    case 'in':
      return bindMembership(expression, scope);
    case 'call':
      if (isTextTest(expression.name)) return bindTextTest(expression, expression.name, scope);
      if (expression.name === 'isof') return bindIsof(expression, scope, bindScalar);
      break;
    case 'lambda':
      return bindLambda(expression, scope, bindCondition);
    case 'path':
    case 'literal':
    case 'negate':
    case 'arithmetic':
    case 'case':
    case 'count':
    case 'type':
      break;
    default:
      return assertNever(expression);
  }
  const literal = asLiteral(expression, scope);
  if (literal?.type === 'boolean') return { kind: 'constant', value: literal.value };
  if (literal?.type === 'null') return { kind: 'constant', value: null };
  const scalar = bindScalar(expression, scope);
  if (scalar.type === 'Edm.Boolean') return { kind: 'isTrue', of: scalar };
  throw typeMismatch(
    `${describeExpression(expression)} is ${describeType(scalar.type)}, where a condition is expected.`,
    expression,
    scope,
    `Compare it: ${describeExpression(expression)} eq ${exampleLiteral(scalar.type)}.`,
  );
}

/** Binds an expression that is a value. Throws as bindCondition does. */
export function bindScalar(written: Expression, outer: Scope): Scalar {
  const { expression, scope } = resolveAlias(written, outer);
  const literal = asLiteral(expression, scope);
  if (literal) {
    const type = typeOfLiteral(literal);
    return literalScalar(literal, type, expression, scope);
  }
  switch (expression.kind) {
    case 'path':
      return bindPath(expression, scope);
    case 'arithmetic':
      return bindArithmetic(expression, scope, bindScalar);
    case 'negate': {
      const operand = bindScalar(expression.operand, scope);
      const { type } = operand;
      if (!['number', 'duration', 'null'].includes(familyOf(type))) {
        const message = `- takes a number; ${describeExpression(expression.operand)} is ${describeType(type)}.`;
        throw typeMismatch(message, expression.operand, scope);
      }
      return { kind: 'negate', operand, type, nullable: isNullable(operand) };
    }
    case 'call':
      return isTextTest(expression.name) || expression.name === 'isof'
        ? conditionScalar(bindCondition(expression, scope))
        : bindCall(expression, scope);
    case 'logical':
    case 'not':
    case 'comparison':
    case 'in':
    case 'lambda':
      return conditionScalar(bindCondition(expression, scope));
    case 'count':
      return bindCount(expression, scope, { bindFilter: bindCondition, bindSearch });
    case 'case':
      return bindCase(expression, scope, { bindCondition, bindScalar });
    case 'type':
      throw typeMismatch(`The type ${expression.name} is not a value.`, expression, scope);
    case 'literal':
      throw new TypeError('A literal is bound above.');
    default:
      return assertNever(expression);
  }
}

const SWAPPED_OPERATORS: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
};

function bindComparison(comparison: Of<'comparison'>, scope: Scope): Condition {
  const { operator, left, right } = comparison;
  if (operator === 'has') {
    throw new FeedError('request.not-offered', "'has' tests flags, and no property of this feed has flags.", {
      target: scope.option,
      position: comparison.at,
      hint: 'Compare with eq, or with several values by in.',
    });
  }
  const exists =
    navigationComparedWithNull(left, right, scope) ?? navigationComparedWithNull(right, left, scope);
  if (exists && operator === 'ne') return exists;
  if (exists && operator === 'eq') return { kind: 'not', of: exists };
  // A literal on the left changes sides, so that later code finds the property on the left.
  if (asLiteral(left, scope) && !asLiteral(right, scope)) {
    const bound = bindComparableOperands(right, left, scope);
    return { kind: 'compare', operator: SWAPPED_OPERATORS[operator], ...bound };
  }
  return { kind: 'compare', operator, ...bindComparableOperands(left, right, scope) };
}

// `deviceType eq null`
function navigationComparedWithNull(written: Expression, other: Expression, outer: Scope): Condition | null {
  const { expression, scope } = resolveAlias(written, outer);
  if (expression.kind !== 'path' || asLiteral(other, outer)?.type !== 'null') return null;
  return bindNavigationExists(expression, scope);
}

/** Binds two operands whose types must fit; a literal takes the type of the other. */
function bindComparableOperands(
  left: Expression,
  right: Expression,
  scope: Scope,
): { left: Scalar; right: Scalar } {
  const bound = bindScalar(left, scope);
  const literal = asLiteral(right, scope);
  const other = literal ? literalScalar(literal, bound.type, right, scope, left) : bindScalar(right, scope);
  if (![familyOf(bound.type), 'null'].includes(familyOf(other.type)) && bound.type !== 'null') {
    throw typeMismatch(
      `${describeExpression(left)} is ${describeType(bound.type)} and ${describeExpression(right)} is ${describeType(other.type)}: they do not compare.`,
      right,
      scope,
    );
  }
  return { left: bound, right: other };
}

function bindMembership({ operand, list }: Of<'in'>, scope: Scope): Condition {
  return anyOf(
    list.map((item): Condition => ({
      kind: 'compare',
      operator: 'eq',
      ...bindComparableOperands(operand, item, scope),
    })),
  );
}

function bindTextTest(call: Of<'call'>, test: TextTest, scope: Scope): Condition {
  const [text, part] = call.arguments;
  if (!text || !part || call.arguments.length !== 2) throw wrongArity(call, '2', scope);
  const boundPart = bindArgument(part, 'Edm.String', test, scope);
  if (test === 'matchespattern') checkPattern(boundPart, part, scope);
  return { kind: 'textTest', test, text: bindArgument(text, 'Edm.String', test, scope), part: boundPart };
}

function bindCall(call: Of<'call'>, scope: Scope): Scalar {
  const { name, at } = call;
  if (name === 'cast') return bindCast(call, scope, bindScalar);
  const instantFunction = INSTANT_FUNCTIONS.get(name);
  if (instantFunction) {
    if (call.arguments.length > 0) throw wrongArity(call, 'no', scope);
    return { kind: 'literal', value: instantFunction(scope.now), type: 'Edm.DateTimeOffset' };
  }
  if (!isFunctionName(name)) {
    const message = withSuggestion(`No function '${name}' is offered.`, FUNCTION_NAMES, name);
    const detail = { target: scope.option, position: at, hint: `Offered are ${FUNCTION_NAMES.join(', ')}.` };
    throw new FeedError('request.not-offered', message, detail);
  }
  const { parameters, requiredCount, returns } = FUNCTIONS[name];
  if (call.arguments.length < requiredCount || call.arguments.length > parameters.length) {
    throw wrongArity(
      call,
      requiredCount === parameters.length
        ? String(requiredCount)
        : `${requiredCount} to ${parameters.length}`,
      scope,
    );
  }
  const bound = call.arguments.map((argument, index): Scalar => {
    const families = parameters[index] ?? [];
    const scalar = bindScalar(argument, scope);
    if (![...families, 'null'].includes(familyOf(scalar.type))) {
      const message = `${name} takes ${families.map((family) => FAMILY_DESCRIPTIONS[family]).join(' or ')}; ${describeExpression(argument)} is ${describeType(scalar.type)}.`;
      throw typeMismatch(message, argument, scope);
    }
    return scalar;
  });
  const type = returns === 'same' ? (bound[0]?.type ?? 'null') : returns;
  return { kind: 'call', name, arguments: bound, type, nullable: bound.some(isNullable) };
}

/** Binds an argument that must be in the family of the type, or null. */
function bindArgument(argument: Expression, type: ScalarType, functionName: string, scope: Scope): Scalar {
  const scalar = bindScalar(argument, scope);
  if ([familyOf(type), 'null'].includes(familyOf(scalar.type))) return scalar;
  const message = `${functionName} takes ${describeType(type)}; ${describeExpression(argument)} is ${describeType(scalar.type)}.`;
  throw typeMismatch(message, argument, scope);
}

function conditionScalar(condition: Condition): Scalar {
  return { kind: 'condition', condition, type: 'Edm.Boolean', nullable: true };
}
