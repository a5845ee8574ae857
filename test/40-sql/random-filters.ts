// Random typed expressions over the things, as trees of the language.
import fc from 'fast-check';
import type { Expression, LiteralValue } from '../../src/odata/expression.ts';
import { SAMPLES } from './things.ts';

type Tree = fc.Arbitrary<Expression>;

const at = 0;
const path = (name: string): Expression => ({ kind: 'path', segments: [name], at });
const literal = (value: LiteralValue): Expression => ({ kind: 'literal', literal: value, at });
const call = (name: string, ...parts: Expression[]): Expression => ({
  kind: 'call',
  name,
  arguments: parts,
  at,
});
const properties = (...names: string[]): Tree => fc.constantFrom(...names).map(path);
const calls = (names: readonly string[], ...parts: Tree[]): Tree =>
  fc.tuple(fc.constantFrom(...names), ...parts).map(([name, ...operands]) => call(name, ...operands));

const none = fc.constant(literal({ type: 'null' }));
const whole = fc
  .oneof(fc.bigInt({ min: -4n, max: 9n }), fc.constantFrom(...SAMPLES.SIZES))
  .map((value) => literal({ type: 'integer', value }));
const small = fc.bigInt({ min: 1n, max: 5n }).map((value) => literal({ type: 'integer', value }));
const fraction = fc
  .constantFrom(...SAMPLES.RATIOS, 1.5)
  .map((value) => literal({ type: 'decimal', value, text: String(value) }));
const words = fc
  .oneof(
    fc.constantFrom(...SAMPLES.TEXTS),
    fc.constantFrom(...SAMPLES.TEXTS).map((text) => Array.from(text).slice(0, 2).join('')),
    fc.string({ unit: 'binary', maxLength: 3 }).filter((text) => text.isWellFormed() && !text.includes('\0')),
  )
  .map((value) => literal({ type: 'string', value }));
const moment = fc
  .constantFrom(...SAMPLES.INSTANTS)
  .map((value) => literal({ type: 'dateTimeOffset', value }));
const day = fc.constantFrom('2018-02-21', '2016-01-01').map((value) => literal({ type: 'date', value }));
const truthValue = fc.boolean().map((value) => literal({ type: 'boolean', value }));

const { text, wholeNumber, fractional, instant } = fc.letrec<Record<string, Expression>>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'value' },
    properties('name', 'label'),
    words,
    calls(['tolower', 'toupper', 'trim'], tie('text')),
    calls(['concat'], tie('text'), tie('text')),
    calls(['substring'], tie('text'), whole.filter(isSmall)),
    calls(['substring'], tie('text'), whole.filter(isSmall), whole.filter(isSmall)),
  ),
  wholeNumber: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'value' },
    properties('number', 'size', 'thingKey', 'dateKey'),
    whole,
    calls(['length'], tie('text')),
    calls(['indexof'], tie('text'), tie('text')),
    calls(['year', 'month', 'day', 'hour', 'minute', 'second'], tie('instant')),
    fc
      .tuple(fc.constantFrom('add', 'sub', 'mul', 'div', 'mod' as const), properties('number', 'size'), small)
      .map(([operator, left, right]): Expression => ({ kind: 'arithmetic', operator, left, right, at })),
    properties('number', 'size').map((operand): Expression => ({ kind: 'negate', operand, at })),
  ),
  fractional: fc.oneof(
    properties('ratio'),
    fraction,
    calls(['fractionalseconds'], tie('instant')),
    calls(['round', 'floor', 'ceiling'], properties('ratio', 'number')),
    fc
      .tuple(
        fc.constantFrom('add', 'sub', 'mul', 'div', 'divby' as const),
        properties('ratio', 'number'),
        fraction,
      )
      .map(([operator, left, right]): Expression => ({ kind: 'arithmetic', operator, left, right, at })),
  ),
  instant: fc.oneof(properties('changed', 'seen'), moment),
}));

function isSmall(expression: Expression): boolean {
  return (
    expression.kind === 'literal' &&
    expression.literal.type === 'integer' &&
    Math.abs(Number(expression.literal.value)) < 20
  );
}

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
const member = (operand: Tree, items: Tree): Tree =>
  fc
    .tuple(operand, fc.array(fc.oneof({ weight: 5, arbitrary: items }, none), { minLength: 1, maxLength: 5 }))
    .map(([one, list]): Expression => ({ kind: 'in', operand: one, list, at }));

/** An expression that holds or does not hold. */
export const { condition } = fc.letrec<{ condition: Expression }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    anyOrder(text!, fc.oneof(text!, none)),
    anyOrder(wholeNumber!, fc.oneof(wholeNumber!, fractional!, none)),
    anyOrder(fractional!, fc.oneof(fractional!, wholeNumber!)),
    anyOrder(instant!, fc.oneof(instant!, none)),
    compared(calls(['date'], instant!), day),
    anyOrder(properties('on', 'flag'), fc.oneof(truthValue, none)),
    member(properties('number', 'size', 'thingKey'), whole),
    member(properties('name', 'label'), words),
    calls(['contains', 'startswith', 'endswith'], text!, text!),
    properties('on', 'flag'),
    truthValue,
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
