// $expand text → navigations with their options, which may contain another $expand.
import { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import { assertNever } from '../../base/assert-never.ts';
import { excerpt } from '../excerpt.ts';
import type { Token } from './token-reader.ts';
import { createOptionReader, type OptionReader, tooComplex } from './option-reader.ts';
import { parseComputeItems } from './parse-compute.ts';
import { refuseTrailingToken } from './operators.ts';
import type { AliasSizeOf } from './parse-expression.ts';
import { parseOrderTerms } from './parse-orderby.ts';
import { parseSearchExpression } from './parse-search-expression.ts';
import { parseSelectItems } from './parse-select.ts';
import type { ExpandItem, NestedOptions } from '../syntax/parsed-request.ts';

type NestedOptionName = Exclude<keyof NestedOptions, 'rawTexts'>;

/** No option at all. */
export const NO_NESTED_OPTIONS: NestedOptions = {
  select: null,
  expand: null,
  filter: null,
  orderby: null,
  compute: null,
  search: null,
  top: null,
  skip: null,
  count: null,
  levels: null,
};

/** The options that each form of an item takes. */
const ALLOWED_OPTIONS: Readonly<Record<ExpandItem['form'] | 'star', readonly NestedOptionName[]>> = {
  rows: Object.keys(NO_NESTED_OPTIONS) as NestedOptionName[],
  ref: ['filter', 'search', 'orderby', 'skip', 'top', 'count'],
  count: ['filter', 'search'],
  star: ['levels'],
};

/**
 * Reads `deviceType, user($select=userName;$expand=devices($top=3)), apps/$count`. Options may leave out their `$`.
 * Throws FeedErrors of `request.*` with the position in the whole option, or `limit.too-complex`.
 */
export function parseExpand(text: string, limits: Limits, aliases?: AliasSizeOf): readonly ExpandItem[] {
  const option = createOptionReader(text, '$expand', 'request.malformed-option', limits, aliases);
  const items = new ExpandParser(option).items();
  option.tokens.expectEnd('a comma, a slash, options in parentheses or the end');
  return items;
}

const EXPRESSION_OPTIONS = [
  'filter',
  'orderby',
  'compute',
  'search',
] as const satisfies readonly NestedOptionName[];

function isExpressionOption(name: NestedOptionName): name is (typeof EXPRESSION_OPTIONS)[number] {
  return EXPRESSION_OPTIONS.some((each) => each === name);
}

class ExpandParser {
  readonly #option: OptionReader;
  #depth = 0;
  #itemCount = 0;

  constructor(option: OptionReader) {
    this.#option = option;
  }

  items(): readonly ExpandItem[] {
    const items = [this.#item()];
    while (this.#option.tokens.takeSign(',')) items.push(this.#item());
    return items;
  }

  #item(): ExpandItem {
    const { tokens, limits } = this.#option;
    const { at } = tokens.peek();
    this.#itemCount += 1;
    if (this.#itemCount > limits.expandItems) throw tooComplex(this.#option, 'expandItems', at);
    const { segments, form } = this.#path();
    const kind = segments[0] === '*' && form === 'rows' ? 'star' : form;
    const options = tokens.takeSign('(') ? this.#options(kind, at) : NO_NESTED_OPTIONS;
    return { segments, form, options, at };
  }

  #path(): Pick<ExpandItem, 'segments' | 'form'> {
    const { tokens } = this.#option;
    const isStar = tokens.takeSign('*');
    const segments = isStar ? ['*'] : [this.#navigation(tokens.take())];
    while (tokens.takeSign('/')) {
      const token = tokens.take();
      if (token.text === '$ref') return { segments, form: 'ref' };
      if (isStar) tokens.unexpected(token, '$ref');
      if (token.text === '$count') return { segments, form: 'count' };
      segments.push(this.#navigation(token));
    }
    return { segments, form: 'rows' };
  }

  #navigation(token: Token): string {
    if (token.text === '$value') this.#option.tokens.refuseUnsupported(token.at, "'$value' in $expand");
    if (token.kind === 'name' && !token.text.startsWith('$')) return token.text;
    return this.#option.tokens.unexpected(token, 'a navigation');
  }

  #options(kind: keyof typeof ALLOWED_OPTIONS, at: number): NestedOptions {
    const { tokens, target, limits } = this.#option;
    this.#depth += 1;
    if (this.#depth > limits.expandDepth) throw tooComplex(this.#option, 'expandDepth', at);
    let options = NO_NESTED_OPTIONS;
    do {
      const token = tokens.take();
      const name = this.#optionName(token, ALLOWED_OPTIONS[kind]);
      if (options[name] !== null) {
        throw new FeedError('request.duplicate-option', `'$${name}' occurs twice in one ${target}.`, {
          target,
          position: token.at,
        });
      }
      tokens.expectSign('=', `= after ${excerpt(token.text)}`);
      const mark = tokens.mark();
      options = { ...options, ...this.#optionValue(name) };
      if (isExpressionOption(name))
        options = { ...options, rawTexts: { ...options.rawTexts, [name]: tokens.textSince(mark) } };
    } while (tokens.takeSign(';'));
    if (!tokens.takeSign(')'))
      refuseTrailingToken(tokens, tokens.peek(), 'a semicolon or a closing parenthesis');
    this.#depth -= 1;
    return options;
  }

  #optionName(token: Token, offered: readonly NestedOptionName[]): NestedOptionName {
    const { tokens, target } = this.#option;
    const offeredNames = offered.map((name) => `$${name}`);
    const expected = `one of the options ${offeredNames.join(', ')}`;
    if (token.kind !== 'name') tokens.unexpected(token, expected);
    const written = token.text.toLowerCase().replace(/^\$/, '');
    const name = offered.find((each) => each === written);
    if (name !== undefined) return name;
    if (written === 'apply') tokens.refuseUnsupported(token.at, '$apply inside $expand');
    if (written in NO_NESTED_OPTIONS) tokens.unexpected(token, expected);
    throw new FeedError('request.unknown-option', `There is no option ${excerpt(token.text)} in $expand.`, {
      target,
      position: token.at,
      hint: didYouMean(offeredNames, `$${written}`) ?? `Offered is ${expected}.`,
    });
  }

  #optionValue(name: NestedOptionName): Partial<NestedOptions> {
    const { tokens, expressions } = this.#option;
    switch (name) {
      case 'select':
        return { select: parseSelectItems(tokens) };
      case 'expand':
        return { expand: this.items() };
      case 'filter':
        return { filter: expressions.parse() };
      case 'orderby':
        return { orderby: parseOrderTerms(this.#option) };
      case 'compute':
        return { compute: parseComputeItems(this.#option) };
      case 'search':
        return { search: parseSearchExpression(this.#option) };
      case 'top':
        return { top: tokens.expectWholeNumber() };
      case 'skip':
        return { skip: tokens.expectWholeNumber() };
      case 'count':
        return { count: this.#boolean() };
      case 'levels':
        return { levels: this.#levels() };
      default:
        return assertNever(name);
    }
  }

  #boolean(): boolean {
    if (this.#option.tokens.takeKeyword('true')) return true;
    if (this.#option.tokens.takeKeyword('false')) return false;
    return this.#option.tokens.unexpected(this.#option.tokens.peek(), 'true or false');
  }

  #levels(): number | 'max' {
    const { tokens } = this.#option;
    if (tokens.takeKeyword('max')) return 'max';
    const token = tokens.peek();
    const levels = token.kind === 'literal' ? tokens.expectWholeNumber() : 0;
    return levels > 0 ? levels : tokens.unexpected(token, "a whole number from 1, or 'max',");
  }
}
