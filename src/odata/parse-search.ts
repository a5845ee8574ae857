// $search text → words, phrases, and how they are combined: the rules of OData 4.01.
import { LIMITS, type Limits } from '../base/limits.ts';
import { openOption, type OptionText, tooComplex } from './option-text.ts';
import type { SearchExpression } from './wanted.ts';

// Operators are in upper case: `and` is a word like others. A word ends at a blank, a double quote, a parenthesis or `;`.
const AND = /AND(?![^ \t\r\n"();])/y;
const OR = /OR(?![^ \t\r\n"();])/y;
const NOT = /NOT(?![^ \t\r\n"();])/y;
const WORD = /[^ \t\r\n"'();][^ \t\r\n"();]*/y;
const PHRASE = /"(?:[^"\\]|\\.)*"/sy;
const OPEN = /\(/y;
const CLOSE = /\)/y;
const TERM_AHEAD = /(?=[^ \t\r\n');])(?!OR(?![^ \t\r\n"();]))/y;
const AN_OPERAND = 'a word, a phrase in double quotes or an opening parenthesis';

/**
 * Reads `laptop "Adele V\"" OR NOT (old spare)`. NOT binds tighter than AND, which may be left out, and AND than OR.
 * Throws FeedError `request.malformed-option` with the position, or `limit.too-complex`.
 */
export function parseSearch(text: string, limits: Limits = LIMITS): SearchExpression {
  const option = openOption(text, '$search', 'request.malformed-option', limits);
  const expression = readSearch(option);
  option.tokens.expectEnd(`${AN_OPERAND}, AND, OR, NOT or the end`);
  return expression;
}

/** Reads as far as the expression goes. */
export function readSearch(option: OptionText): SearchExpression {
  return new SearchParser(option).either();
}

class SearchParser {
  readonly #option: OptionText;
  #level = 0;
  #terms = 0;

  constructor(option: OptionText) {
    this.#option = option;
  }

  either(): SearchExpression {
    const first = this.#both();
    const of = [first];
    while (this.#option.tokens.takeMatch(OR)) of.push(this.#both());
    return of.length === 1 ? first : { kind: 'or', of };
  }

  #both(): SearchExpression {
    const { tokens } = this.#option;
    const first = this.#term();
    const of = [first];
    while (tokens.takeMatch(AND) ?? tokens.takeMatch(TERM_AHEAD)) of.push(this.#term());
    return of.length === 1 ? first : { kind: 'and', of };
  }

  #term(): SearchExpression {
    const { tokens, limits } = this.#option;
    const not = tokens.takeMatch(NOT);
    if (not) return { kind: 'not', of: this.#nested(not.at, () => this.#term()) };
    const open = tokens.takeMatch(OPEN);
    if (open) {
      const inner = this.#nested(open.at, () => this.either());
      if (!tokens.takeMatch(CLOSE)) tokens.unexpected(tokens.peek(), `${AN_OPERAND}, or a closing one,`);
      return inner;
    }
    this.#terms += 1;
    const phrase = tokens.takeMatch(PHRASE);
    const term = phrase ?? ((tokens.takeMatch(AND) ?? tokens.takeMatch(OR)) ? null : tokens.takeMatch(WORD));
    if (!term) return tokens.unexpected(tokens.peek(), AN_OPERAND, 'Phrases stand in double quotes.');
    if (this.#terms > limits.searchTerms) throw tooComplex(this.#option, 'searchTerms', term.at);
    if (!phrase) return { kind: 'word', ...term };
    const text = term.text.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
    if (text.trim() === '') tokens.refuse(term.at, 'A phrase has no words');
    return { kind: 'phrase', text, at: term.at };
  }

  #nested(at: number, read: () => SearchExpression): SearchExpression {
    this.#level += 1;
    if (this.#level > this.#option.limits.expressionDepth) {
      throw tooComplex(this.#option, 'expressionDepth', at, 'Leave out parentheses that change nothing.');
    }
    const expression = read();
    this.#level -= 1;
    return expression;
  }
}
