// Random expressions for property tests. Positions are 0: only the parser sets them.
import fc from 'fast-check';
import type { Expression, LiteralValue } from '../../src/odata/syntax/expression.ts';
import { parseInstant } from '../../src/base/instant.ts';

const at = 0;

type Arbitrary<T> = fc.Arbitrary<T>;

const literal = (value: LiteralValue): Expression => ({ kind: 'literal', literal: value, at });
const path = (...segments: string[]): Expression => ({ kind: 'path', segments, at });

const instantText = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => parseInstant(date.toISOString()) ?? '');

/** Every form of literal, with any text that UTF-8 can hold. */
export const anyLiteral: Arbitrary<LiteralValue> = fc.oneof(
  fc.constant<LiteralValue>({ type: 'null' }),
  fc.boolean().map((value): LiteralValue => ({ type: 'boolean', value })),
  fc.bigInt().map((value): LiteralValue => ({ type: 'integer', value })),
  fc
    .double()
    .map((value) => ({ value, text: String(value).replace('Infinity', 'INF') }))
    .filter(({ text }) => /[.eN]/.test(text))
    .map(({ value, text }): LiteralValue => ({ type: 'decimal', value, text })),
  fc.string({ unit: 'binary' }).map((value): LiteralValue => ({ type: 'string', value })),
  fc.uuid().map((value): LiteralValue => ({ type: 'guid', value })),
  instantText.map((text): LiteralValue => ({ type: 'date', value: text.slice(0, 10) })),
  instantText.map((value): LiteralValue => ({ type: 'dateTimeOffset', value })),
  instantText.map((text): LiteralValue => ({ type: 'timeOfDay', value: text.slice(11) })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n })
    .map((ticks): LiteralValue => ({ type: 'duration', ticks })),
);

// Among them names that begin like literals or are operators elsewhere.
const anyName = fc.oneof(
  fc.constantFrom(
    'nullable',
    'trueish',
    'INFO',
    'NaNo',
    'eq',
    'in',
    'and',
    'desc',
    'any',
    'größe',
    '名前',
    '𐊀',
    'Ns.Type',
  ),
  fc
    .stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,5}$/)
    .filter((name) => !/^(not|null|true|false|INF|NaN|now)$/i.test(name)),
);
const anyPath = fc.array(anyName, { minLength: 1, maxLength: 3 });
const callName = fc.constantFrom('contains', 'tolower', 'now', 'ns.func', 'null');
const type = fc
  .constantFrom('Edm.String', 'Ns.Größe')
  .map((name): Expression => ({ kind: 'type', name, at }));

/** The whole language, without regard to types. */
export const anyExpression: Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => {
  const child = tie('node');
  return {
    node: fc.oneof(
      { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
      anyPath.map((segments): Expression => ({ kind: 'path', segments, at })),
      anyLiteral.map(literal),
      fc.constantFrom('@p', '@größe').map((name): Expression => ({ kind: 'alias', name, at })),
      fc
        .tuple(callName, fc.array(child, { maxLength: 3 }))
        .map(([name, values]): Expression => ({ kind: 'call', name, arguments: values, at })),
      fc
        .tuple(fc.constantFrom('cast', 'isof'), child, type)
        .map(([name, ...values]): Expression => ({ kind: 'call', name, arguments: values, at })),
      fc
        .array(fc.record({ when: child, then: child }), { minLength: 1, maxLength: 3 })
        .map((branches): Expression => ({ kind: 'case', branches, at })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(child, { minLength: 2, maxLength: 4 }))
        .map(([operator, operands]): Expression => ({ kind: 'logical', operator, operands, at })),
      child.map((operand): Expression => ({ kind: 'not', operand, at })),
      child.map((operand): Expression => ({ kind: 'negate', operand, at })),
      fc
        .tuple(fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le', 'has'), child, child)
        .map(([operator, left, right]): Expression => ({ kind: 'comparison', operator, left, right, at })),
      fc
        .tuple(fc.constantFrom('add', 'sub', 'mul', 'div', 'divby', 'mod'), child, child)
        .map(([operator, left, right]): Expression => ({ kind: 'arithmetic', operator, left, right, at })),
      fc
        .tuple(child, fc.array(child, { minLength: 1, maxLength: 3 }))
        .map(([operand, list]): Expression => ({ kind: 'in', operand, list, at })),
      fc
        .tuple(anyPath, fc.constantFrom('any', 'all'), anyName, child)
        .map(([segments, quantifier, variable, body]): Expression => {
          return { kind: 'lambda', segments, quantifier, variable, body, at };
        }),
      fc
        .tuple(anyPath, child)
        .map(([segments, filter]): Expression => ({ kind: 'count', segments, filter, search: null, at })),
      anyPath.map((segments): Expression => {
        return { kind: 'lambda', segments, quantifier: 'any', variable: null, body: null, at };
      }),
    ),
  };
}).node;

/** Well-typed expressions of the part of the language that odata-v4-parser supports. */
export const sharedExpression: Arbitrary<Expression> = fc.letrec<
  Record<'truth' | 'number' | 'text', Expression>
>((tie) => {
  const [truth, number, text] = [tie('truth'), tie('number'), tie('text')];
  const call = (name: string, values: readonly Expression[]): Expression => {
    return { kind: 'call', name, arguments: values, at };
  };
  return {
    truth: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc
        .tuple(fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), number, number)
        .map(([operator, left, right]): Expression => ({ kind: 'comparison', operator, left, right, at })),
      fc
        .tuple(fc.constantFrom('eq', 'ne'), text, text)
        .map(([operator, left, right]): Expression => ({ kind: 'comparison', operator, left, right, at })),
      fc.constantFrom(path('flag'), path('type', 'flag')),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(truth, { minLength: 2, maxLength: 3 }))
        .map(([operator, operands]): Expression => ({ kind: 'logical', operator, operands, at })),
      truth.map((operand): Expression => ({ kind: 'not', operand, at })),
      fc
        .tuple(fc.constantFrom('contains', 'startswith', 'endswith'), text, text)
        .map(([name, ...values]) => call(name, values)),
      fc.tuple(fc.constantFrom('any', 'all'), number).map(([quantifier, value]): Expression => {
        const left = path('each', 'size');
        const body: Expression = { kind: 'comparison', operator: 'gt', left, right: value, at };
        return { kind: 'lambda', segments: ['apps'], quantifier, variable: 'each', body, at };
      }),
      instantText.map((value): Expression => {
        const right = literal({ type: 'dateTimeOffset', value });
        return { kind: 'comparison', operator: 'ge', left: path('seen'), right, at };
      }),
    ),
    number: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc.constantFrom(path('size'), path('type', 'size')),
      // It refuses some numbers of eighteen digits.
      fc.integer().map((value) => literal({ type: 'integer', value: BigInt(value) })),
      fc
        .tuple(fc.constantFrom('add', 'sub', 'mul', 'div', 'mod'), number, number)
        .map(([operator, left, right]): Expression => ({ kind: 'arithmetic', operator, left, right, at })),
      number.map((operand): Expression => ({ kind: 'negate', operand, at })),
      text.map((value) => call('length', [value])),
      fc.tuple(text, text).map((values) => call('indexof', values)),
    ),
    text: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom(path('name'), path('type', 'name')),
      fc.stringMatching(/^[a-z ']{0,6}$/).map((value) => literal({ type: 'string', value })),
      text.map((value) => call('tolower', [value])),
      fc.tuple(text, text).map((values) => call('concat', values)),
    ),
  };
}).truth;
