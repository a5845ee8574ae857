// Text of a query option → tokens, one at a time, so that the first error in reading order is the one reported.
import type { ErrorCode } from '../../base/error-codes.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { LiteralValue } from '../syntax/expression.ts';
import { parseDuration } from '../../base/instant.ts';
import { excerpt } from '../excerpt.ts';
import { IDENTIFIER, IDENTIFIER_PART } from './identifier.ts';
import { keywordLiteral, LITERAL_FORMS } from './literal-forms.ts';

export type Sign = '(' | ')' | ',' | ';' | '/' | ':' | '-' | '*' | '=';

interface Positioned {
  /** As written. */
  readonly text: string;
  /** 0-based offset of the first character. */
  readonly at: number;
}

export type Token = Positioned &
  (
    | { readonly kind: 'literal'; readonly literal: LiteralValue }
    /** An identifier, possibly dotted or with `$` in front; the parser decides whether it is an operator. */
    | { readonly kind: 'name' }
    /** `@p1` */
    | { readonly kind: 'alias' }
    | { readonly kind: 'sign'; readonly sign: Sign }
    | { readonly kind: 'unknown' }
    | { readonly kind: 'end' }
  );

/** A text to read, and the error for it. */
export interface SourceText {
  readonly text: string;
  /** Names the text in messages: the query option, such as `$filter`. */
  readonly target: string;
  readonly code: ErrorCode;
  /** Added to every position, where the text is part of a longer one. */
  readonly offset?: number;
}

const WHITESPACE = /[ \t\r\n]*/y;
const NAME = new RegExp(String.raw`\$?${IDENTIFIER}(?:\.${IDENTIFIER})*`, 'uy');
const ALIAS = new RegExp(`@${IDENTIFIER}`, 'uy');
const SIGN = /[(),;/:*=-]/y;
const IDENTIFIER_CHARACTER = new RegExp(IDENTIFIER_PART, 'uy');
const UNKNOWN_TOKEN = /[=!<>&|]+|"[^"]*"?|[^\s()',;/]+|./suy;

/** Reads a text with one token of lookahead, in linear time. */
export class TokenReader {
  readonly #source: SourceText;
  #offset = 0;
  #next: Token | null = null;

  constructor(source: SourceText) {
    this.#source = source;
  }

  peek(): Token {
    return (this.#next ??= this.#scan());
  }

  take(): Token {
    const token = this.peek();
    this.#next = null;
    return token;
  }

  /** Takes the sign if it comes next. */
  takeSign(sign: Sign): boolean {
    const token = this.peek();
    if (token.kind !== 'sign' || token.sign !== sign) return false;
    this.#next = null;
    return true;
  }

  /** Takes the text that the sticky pattern matches next, for a grammar with other tokens; null when it does not match. */
  takeMatch(pattern: RegExp): { readonly text: string; readonly at: number } | null {
    if (this.#next) throw new TypeError('The next token has been read already.');
    this.#match(WHITESPACE);
    const at = this.#position();
    const text = this.#match(pattern);
    return text === null ? null : { text, at };
  }

  /** The current position, for `textSince`. */
  mark(): number {
    return this.#next?.at ?? this.#position();
  }

  /** The text from a mark to the next token, trimmed. */
  textSince(mark: number): string {
    const start = this.#source.offset ?? 0;
    return this.#source.text.slice(mark - start, this.peek().at - start).trim();
  }

  /** Takes the name if it comes next, in any case. */
  takeKeyword(keyword: string): boolean {
    const token = this.peek();
    if (token.kind !== 'name' || token.text.toLowerCase() !== keyword) return false;
    this.#next = null;
    return true;
  }

  expectSign(sign: Sign, expected: string): void {
    if (!this.takeSign(sign)) this.unexpected(this.peek(), expected);
  }

  /** Takes a simple identifier: neither dotted nor with `$`. */
  expectIdentifier(expected: string): Token {
    const token = this.take();
    if (token.kind !== 'name' || /[$.]/.test(token.text)) this.unexpected(token, expected);
    return token;
  }

  /** Takes a whole number from 0. */
  expectWholeNumber(): number {
    const token = this.take();
    const number = token.kind === 'literal' && /^\d{1,15}$/.test(token.text) ? Number(token.text) : null;
    return number ?? this.unexpected(token, 'a whole number from 0');
  }

  expectEnd(expected: string): void {
    const token = this.peek();
    if (token.kind !== 'end') this.unexpected(token, expected);
  }

  /** The literal that the token just taken is or begins; else null. */
  literalOf(token: Token): LiteralValue | null {
    if (token.kind === 'literal') return token.literal;
    return token.kind === 'name' ? (this.takeTypedLiteral(token) ?? keywordLiteral(token.text)) : null;
  }

  /**
   * Reads the text of a typed literal whose type name was just taken: `duration'PT1H'`.
   * Null when no quote follows the name directly.
   */
  takeTypedLiteral(name: Token): LiteralValue | null {
    const token = this.peek();
    const quoted = token.kind === 'literal' && token.literal.type === 'string' ? token.literal.value : null;
    if (quoted === null || token.at !== name.at + name.text.length) return null;
    this.#next = null;
    if (name.text.toLowerCase() !== 'duration') {
      throw new FeedError(
        'request.not-offered',
        `No property of this feed has the type of ${excerpt(name.text + token.text)}.`,
        {
          target: this.#source.target,
          position: name.at,
          hint: 'Enumerations are text here; guids, days and instants are written without quotes.',
        },
      );
    }
    const ticks = parseDuration(quoted);
    if (ticks === null) this.refuse(name.at, `${excerpt(token.text)} is not a duration such as 'P1DT2H30M'`);
    return { type: 'duration', ticks };
  }

  unexpected(found: Token, expected: string, hint?: string): never {
    const what = found.kind === 'end' ? 'the end' : excerpt(found.text);
    const quotes = found.text.startsWith('"') ? 'Put text in single quotes.' : undefined;
    this.refuse(found.at, `Found ${what} where ${expected} should be`, hint ?? quotes);
  }

  /** Throws for a part of the standard that this feed does not support. */
  refuseUnsupported(at: number, what: string, hint?: string): never {
    const detail = { target: this.#source.target, position: at, hint };
    throw new FeedError('request.not-offered', `${what} is not offered by this feed.`, detail);
  }

  /** Throws; the position is added to `problem`. */
  refuse(at: number, problem: string, hint?: string): never {
    const { code, target } = this.#source;
    throw new FeedError(code, `${problem} (at character ${at + 1} of ${target}).`, {
      target,
      position: at,
      hint,
    });
  }

  #scan(): Token {
    this.#match(WHITESPACE);
    const at = this.#position();
    const { text } = this.#source;
    if (this.#offset === text.length) return { kind: 'end', text: '', at };
    if (text[this.#offset] === "'") return this.#scanString(at);
    for (const { pattern, parse, description } of LITERAL_FORMS) {
      const written = this.#match(pattern);
      if (written === null) continue;
      const literal = parse(written);
      if (literal === null) this.refuse(at, `${excerpt(written)} is not ${description}`);
      if (this.#matchesAhead(IDENTIFIER_CHARACTER)) {
        this.refuse(
          at,
          `${excerpt(written + (this.#match(UNKNOWN_TOKEN) ?? ''))} is neither a value nor a name`,
        );
      }
      return { kind: 'literal', literal, text: written, at };
    }
    const name = this.#match(NAME);
    if (name !== null) return { kind: 'name', text: name, at };
    const alias = this.#match(ALIAS);
    if (alias !== null) return { kind: 'alias', text: alias, at };
    // `==` is one unknown token in messages, not two signs.
    const sign = /^=[=<>]/.test(text.slice(this.#offset, this.#offset + 2)) ? null : this.#match(SIGN);
    if (sign !== null) return { kind: 'sign', sign: sign as Sign, text: sign, at };
    return { kind: 'unknown', text: this.#match(UNKNOWN_TOKEN) ?? '', at };
  }

  // indexOf and not a regular expression, which would backtrack over a long string.
  #scanString(at: number): Token {
    const { text } = this.#source;
    const start = this.#offset;
    let end = text.indexOf("'", start + 1);
    while (end !== -1 && text[end + 1] === "'") end = text.indexOf("'", end + 2);
    if (end === -1) this.refuse(at, `The string ${excerpt(text.slice(start))} has no closing quote`);
    this.#offset = end + 1;
    const value = text.slice(start + 1, end).replaceAll("''", "'");
    return { kind: 'literal', literal: { type: 'string', value }, text: text.slice(start, end + 1), at };
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#source.text)?.[0] ?? null;
    if (found !== null) this.#offset += found.length;
    return found;
  }

  #matchesAhead(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    return pattern.test(this.#source.text);
  }

  #position(): number {
    return this.#offset + (this.#source.offset ?? 0);
  }
}
