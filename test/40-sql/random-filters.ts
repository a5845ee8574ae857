// Random typed expressions over any collection, as trees of the language.
import fc from 'fast-check';
import type { ArithmeticOperator, Expression, LiteralValue } from '../../src/odata/syntax/expression.ts';

export type Tree = fc.Arbitrary<Expression>;

/** What expressions may be about: paths by the kind of their value, and values that are easily got wrong. */
export interface Vocabulary {
  readonly texts: readonly string[];
  readonly wholes: readonly string[];
  /** Whole numbers that may be calculated with: none overflows when taken five times. */
  readonly measures: readonly string[];
  readonly fractions: readonly string[];
  readonly truths: readonly string[];
  readonly instants: readonly string[];
  readonly samples: {
    readonly texts: readonly string[];
    readonly wholes: readonly bigint[];
    readonly fractions: readonly number[];
    readonly instants: readonly string[];
    /** Calendar days: yyyy-mm-dd. */
    readonly days: readonly string[];
  };
  /** Conditions of other kinds, as good as those made here. */
  readonly conditions: readonly Tree[];
}

const at = 0;
const literal = (value: LiteralValue): Expression => ({ kind: 'literal', literal: value, at });
const call = (name: string, ...parts: Expression[]): Expression => ({
  kind: 'call',
  name,
  arguments: parts,
  at,
});
const calls = (names: readonly string[], ...parts: Tree[]): Tree =>
  fc.tuple(fc.constantFrom(...names), ...parts).map(([name, ...operands]) => call(name, ...operands));
const operators = fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge' as const);
const compared = (left: Tree, right: Tree): Tree =>
  fc.tuple(operators, left, right).map(([operator, one, other]): Expression => ({
    kind: 'comparison',
    operator,
    left: one,
    right: other,
    at,
  }));
const anyOrder = (one: Tree, other: Tree): Tree => fc.oneof(compared(one, other), compared(other, one));
const calculated = (signs: readonly ArithmeticOperator[], one: Tree, other: Tree): Tree =>
  fc
    .tuple(fc.constantFrom(...signs), one, other)
    .map(([operator, left, right]): Expression => ({ kind: 'arithmetic', operator, left, right, at }));

const none = fc.constant(literal({ type: 'null' }));
const small = fc.bigInt({ min: 1n, max: 5n }).map((value) => literal({ type: 'integer', value }));
const place = fc.bigInt({ min: -4n, max: 9n }).map((value) => literal({ type: 'integer', value }));
const truthValue = fc.boolean().map((value) => literal({ type: 'boolean', value }));
const member = (operand: Tree, items: Tree): Tree =>
  fc
    .tuple(operand, fc.array(fc.oneof({ weight: 5, arbitrary: items }, none), { minLength: 1, maxLength: 5 }))
    .map(([one, list]): Expression => ({ kind: 'in', operand: one, list, at }));

/** Expressions of each kind of value over one vocabulary, and conditions upon them. */
export function randomExpressions(vocabulary: Vocabulary) {
  const { samples } = vocabulary;
  // Where a collection has no property of a kind, values of it stand alone.
  const paths = (names: readonly string[], otherwise: Tree): Tree =>
    names.length === 0
      ? otherwise
      : fc.constantFrom(...names).map((name) => ({ kind: 'path', segments: name.split('/'), at }));

  const whole = fc
    .oneof(fc.bigInt({ min: -4n, max: 9n }), fc.constantFrom(0n, ...samples.wholes))
    .map((value) => literal({ type: 'integer', value }));
  const fraction = fc
    .constantFrom(1.5, ...samples.fractions)
    .map((value) => literal({ type: 'decimal', value, text: String(value) }));
  const words = fc
    .oneof(
      fc.constantFrom('', ...samples.texts),
      fc.constantFrom('', ...samples.texts).map((text) => Array.from(text).slice(0, 2).join('')),
      fc
        .string({ unit: 'binary', maxLength: 3 })
        .filter((text) => text.isWellFormed() && !text.includes('\0')),
    )
    .map((value) => literal({ type: 'string', value }));
  const moment = fc
    .constantFrom(...samples.instants)
    .map((value) => literal({ type: 'dateTimeOffset', value }));
  // A shift of a value that is known now is refused where it leads beyond the calendar.
  const early = fc.constant(literal({ type: 'dateTimeOffset', value: '2016-01-01T00:00:00' }));
  const day = fc.constantFrom(...samples.days).map((value) => literal({ type: 'date', value }));

  // Some of them lead beyond the calendar.
  const span = fc
    .oneof(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.constantFrom(0n, 864_000_000_000n, -1n))
    .map((ticks) => literal({ type: 'duration', ticks }));

  const measure = paths(vocabulary.measures, whole);
  const ratio = paths(vocabulary.fractions, fraction);
  const truth = paths(vocabulary.truths, truthValue);
  const { text, wholeNumber, fractional, instant } = fc.letrec<{
    text: Expression;
    wholeNumber: Expression;
    fractional: Expression;
    instant: Expression;
  }>((tie) => ({
    text: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'value' },
      paths(vocabulary.texts, words),
      words,
      calls(['tolower', 'toupper', 'trim'], tie('text')),
      calls(['concat'], tie('text'), tie('text')),
      calls(['substring'], tie('text'), place),
      calls(['substring'], tie('text'), place, place),
    ),
    wholeNumber: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'value' },
      paths(vocabulary.wholes, whole),
      whole,
      calls(['length'], tie('text')),
      calls(['indexof'], tie('text'), tie('text')),
      calls(['year', 'month', 'day', 'hour', 'minute', 'second'], tie('instant')),
      calculated(['add', 'sub', 'mul', 'div', 'mod'], measure, small),
      measure.map((operand): Expression => ({ kind: 'negate', operand, at })),
    ),
    fractional: fc.oneof(
      ratio,
      fraction,
      calls(['fractionalseconds'], tie('instant')),
      calls(['round', 'floor', 'ceiling'], fc.oneof(ratio, measure)),
      calculated(['add', 'sub', 'mul', 'div', 'divby'], fc.oneof(ratio, measure), fraction),
    ),
    instant: fc.oneof(
      { weight: 3, arbitrary: paths(vocabulary.instants, moment) },
      { weight: 3, arbitrary: moment },
      { weight: 1, arbitrary: calculated(['add', 'sub'], paths(vocabulary.instants, early), span) },
    ),
  }));
  const duration = fc.oneof(span, calculated(['sub'], instant, instant));

  /** An expression that holds or does not hold. */
  const { condition } = fc.letrec<{ condition: Expression }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      anyOrder(text, fc.oneof(text, none)),
      anyOrder(wholeNumber, fc.oneof(wholeNumber, fractional, none)),
      anyOrder(fractional, fc.oneof(fractional, wholeNumber)),
      anyOrder(instant, fc.oneof(instant, none)),
      compared(calls(['date'], instant), day),
      anyOrder(duration, fc.oneof(duration, none)),
      anyOrder(calls(['totalseconds'], duration), wholeNumber),
      anyOrder(truth, fc.oneof(truthValue, none)),
      member(paths(vocabulary.wholes, whole), whole),
      member(paths(vocabulary.texts, words), words),
      calls(['contains', 'startswith', 'endswith'], text, text),
      truth,
      truthValue,
      ...vocabulary.conditions,
      compared(tie('condition'), truthValue),
      compared(tie('condition'), tie('condition')),
      tie('condition').map((operand): Expression => ({ kind: 'not', operand, at })),
      fc
        .tuple(
          fc.constantFrom('and', 'or' as const),
          fc.array(tie('condition'), { minLength: 2, maxLength: 4 }),
        )
        .map(([operator, operands]): Expression => ({ kind: 'logical', operator, operands, at })),
    ),
  }));
  return { text, wholeNumber, fractional, instant, condition };
}
