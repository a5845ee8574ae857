// $expand text → navigations with the options of each, which may hold a $expand again.
import { FeedError } from '../base/feed-error.ts';
import { LIMITS, type Limits } from '../base/limits.ts';
import { nearestName } from '../base/nearest-name.ts';
import { assertNever } from '../base/assert-never.ts';
import { excerpt, type Token } from './lexer.ts';
import { openOption, type OptionText, tooComplex } from './option-text.ts';
import { readComputeItems } from './parse-compute.ts';
import { type AliasExtent, refuseRest } from './parse-expression.ts';
import { readOrderTerms } from './parse-orderby.ts';
import { readSearch } from './read-search.ts';
import { readSelectItems } from './parse-select.ts';
import type { ExpandItem, NestedOptions } from './wanted.ts';

type NestedName = Exclude<keyof NestedOptions, 'texts'>;

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

/** What may be said of each form of an item. */
const MAY_SAY: Readonly<Record<ExpandItem['form'] | 'star', readonly NestedName[]>> = {
  rows: Object.keys(NO_NESTED_OPTIONS) as NestedName[],
  ref: ['filter', 'search', 'orderby', 'skip', 'top', 'count'],
  count: ['filter', 'search'],
  star: ['levels'],
};

/**
 * Reads `deviceType, user($select=userName;$expand=devices($top=3)), apps/$count`. Options may leave out their `$`.
 * Throws FeedErrors of `request.*` with the position in the whole option, or `limit.too-complex`.
 */
export function parseExpand(
  text: string,
  limits: Limits = LIMITS,
  aliases?: AliasExtent,
): readonly ExpandItem[] {
  const option = openOption(text, '$expand', 'request.malformed-option', limits, aliases);
  const items = new ExpandParser(option).items();
  option.tokens.expectEnd('a comma, a slash, options in parentheses or the end');
  return items;
}

const EXPRESSIONS = ['filter', 'orderby', 'compute', 'search'] as const satisfies readonly NestedName[];

function isExpression(name: NestedName): name is (typeof EXPRESSIONS)[number] {
  return EXPRESSIONS.some((each) => each === name);
}

class ExpandParser {
  readonly #option: OptionText;
  #level = 0;
  #items = 0;

  constructor(option: OptionText) {
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
    this.#items += 1;
    if (this.#items > limits.expandItems) throw tooComplex(this.#option, 'expandItems', at);
    const { segments, form } = this.#path();
    const says = segments[0] === '*' && form === 'rows' ? 'star' : form;
    const options = tokens.takeSign('(') ? this.#options(says, at) : NO_NESTED_OPTIONS;
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
    if (token.text === '$value') this.#option.tokens.refusePart(token.at, "'$value' in $expand");
    if (token.kind === 'name' && !token.text.startsWith('$')) return token.text;
    return this.#option.tokens.unexpected(token, 'a navigation');
  }

  #options(says: keyof typeof MAY_SAY, at: number): NestedOptions {
    const { tokens, target, limits } = this.#option;
    this.#level += 1;
    if (this.#level > limits.expandDepth) throw tooComplex(this.#option, 'expandDepth', at);
    let options = NO_NESTED_OPTIONS;
    do {
      const token = tokens.take();
      const name = this.#name(token, MAY_SAY[says]);
      if (options[name] !== null) {
        throw new FeedError('request.duplicate-option', `'$${name}' is given twice in one ${target}.`, {
          target,
          position: token.at,
        });
      }
      tokens.expectSign('=', `= after ${excerpt(token.text)}`);
      const mark = tokens.mark();
      options = { ...options, ...this.#value(name) };
      if (isExpression(name))
        options = { ...options, texts: { ...options.texts, [name]: tokens.textSince(mark) } };
    } while (tokens.takeSign(';'));
    if (!tokens.takeSign(')')) refuseRest(tokens, tokens.peek(), 'a semicolon or a closing parenthesis');
    this.#level -= 1;
    return options;
  }

  #name(token: Token, offered: readonly NestedName[]): NestedName {
    const { tokens, target } = this.#option;
    const wanted = `one of the options ${offered.map((name) => `$${name}`).join(', ')}`;
    if (token.kind !== 'name') tokens.unexpected(token, wanted);
    const written = token.text.toLowerCase().replace(/^\$/, '');
    const name = offered.find((each) => each === written);
    if (name !== undefined) return name;
    if (written === 'apply') tokens.refusePart(token.at, '$apply inside $expand');
    if (written in NO_NESTED_OPTIONS) tokens.unexpected(token, wanted);
    const nearest = nearestName(offered, written);
    throw new FeedError('request.unknown-option', `There is no option ${excerpt(token.text)} in $expand.`, {
      target,
      position: token.at,
      hint: nearest === null ? `Offered is ${wanted}.` : `Did you mean '$${nearest}'?`,
    });
  }

  #value(name: NestedName): Partial<NestedOptions> {
    const { tokens, expressions } = this.#option;
    switch (name) {
      case 'select':
        return { select: readSelectItems(tokens) };
      case 'expand':
        return { expand: this.items() };
      case 'filter':
        return { filter: expressions.parse() };
      case 'orderby':
        return { orderby: readOrderTerms(this.#option) };
      case 'compute':
        return { compute: readComputeItems(this.#option) };
      case 'search':
        return { search: readSearch(this.#option) };
      case 'top':
        return { top: tokens.expectWholeNumber() };
      case 'skip':
        return { skip: tokens.expectWholeNumber() };
      case 'count':
        return { count: this.#truth() };
      case 'levels':
        return { levels: this.#levels() };
      default:
        return assertNever(name);
    }
  }

  #truth(): boolean {
    if (this.#option.tokens.takeWord('true')) return true;
    if (this.#option.tokens.takeWord('false')) return false;
    return this.#option.tokens.unexpected(this.#option.tokens.peek(), 'true or false');
  }

  #levels(): number | 'max' {
    const { tokens } = this.#option;
    if (tokens.takeWord('max')) return 'max';
    const token = tokens.peek();
    const levels = token.kind === 'literal' ? tokens.expectWholeNumber() : 0;
    return levels > 0 ? levels : tokens.unexpected(token, "a whole number from 1, or 'max',");
  }
}
