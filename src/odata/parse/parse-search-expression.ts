// A search expression read from a token stream, by the rules of OData 4.01.
import { limitExceeded, type RefusingLimit } from '../../base/limit-exceeded.ts';
import type { FeedError } from '../../base/feed-error.ts';
import type { Limits } from '../../base/limits.ts';
import type { TokenReader } from './token-reader.ts';
import type { SearchExpression } from '../syntax/search-expression.ts';

// Operators are in upper case: `and` is an ordinary word. A word ends at a blank, a double quote, a parenthesis or `;`.
const AND = /AND(?![^ \t\r\n"();])/y;
const OR = /OR(?![^ \t\r\n"();])/y;
const NOT = /NOT(?![^ \t\r\n"();])/y;
const WORD = /[^ \t\r\n"'();][^ \t\r\n"();]*/y;
const PHRASE = /"(?:[^"\\]|\\.)*"/sy;
const OPEN = /\(/y;
const CLOSE = /\)/y;
const TERM_AHEAD = /(?=[^ \t\r\n');])(?!OR(?![^ \t\r\n"();]))/y;
export const EXPECTED_OPERAND = 'a word, a phrase in double quotes or an opening parenthesis';

/** Where a search expression is read from, and the limits that it must keep. */
export interface SearchSource {
  /** The query option: positions count in its text. */
  readonly target: string;
  readonly tokens: TokenReader;
  readonly limits: Limits;
}

/** Reads to the end of the expression; what follows is left to the caller. */
export function parseSearchExpression(source: SearchSource): SearchExpression {
  return new SearchParser(source).disjunction();
}

class SearchParser {
  readonly #source: SearchSource;
  #depth = 0;
  #terms = 0;

  constructor(text: SearchSource) {
    this.#source = text;
  }

  disjunction(): SearchExpression {
    const first = this.#conjunction();
    const of = [first];
    while (this.#source.tokens.takeMatch(OR)) of.push(this.#conjunction());
    return of.length === 1 ? first : { kind: 'or', of };
  }

  #conjunction(): SearchExpression {
    const { tokens } = this.#source;
    const first = this.#term();
    const of = [first];
    while (tokens.takeMatch(AND) ?? tokens.takeMatch(TERM_AHEAD)) of.push(this.#term());
    return of.length === 1 ? first : { kind: 'and', of };
  }

  #term(): SearchExpression {
    const { tokens, limits } = this.#source;
    const not = tokens.takeMatch(NOT);
    if (not) return { kind: 'not', of: this.#nested(not.at, () => this.#term()) };
    const open = tokens.takeMatch(OPEN);
    if (open) {
      const inner = this.#nested(open.at, () => this.disjunction());
      if (!tokens.takeMatch(CLOSE))
        tokens.unexpected(tokens.peek(), `${EXPECTED_OPERAND}, or a closing one,`);
      return inner;
    }
    this.#terms += 1;
    const phrase = tokens.takeMatch(PHRASE);
    const term = phrase ?? ((tokens.takeMatch(AND) ?? tokens.takeMatch(OR)) ? null : tokens.takeMatch(WORD));
    if (!term) return tokens.unexpected(tokens.peek(), EXPECTED_OPERAND, 'Put phrases in double quotes.');
    if (this.#terms > limits.searchTerms) throw this.#beyondLimit('searchTerms', term.at);
    if (!phrase) return { kind: 'word', ...term };
    const text = term.text.slice(1, -1).replaceAll(/\\(.)/gs, '$1');
    if (text.trim() === '') tokens.refuse(term.at, 'A phrase has no words');
    return { kind: 'phrase', text, at: term.at };
  }

  #nested(at: number, parse: () => SearchExpression): SearchExpression {
    this.#depth += 1;
    if (this.#depth > this.#source.limits.expressionDepth) {
      throw this.#beyondLimit('expressionDepth', at, 'Remove parentheses that change nothing.');
    }
    const expression = parse();
    this.#depth -= 1;
    return expression;
  }

  #beyondLimit(limit: RefusingLimit, position: number, hint?: string): FeedError {
    const { target, limits } = this.#source;
    return limitExceeded(limit, target, limits, { target, position, hint });
  }
}
