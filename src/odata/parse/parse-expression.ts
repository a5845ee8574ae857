// $filter text → expression tree, by precedence climbing: in linear time and with bounded depth for any input.
import { limitExceeded, type RefusingLimit } from '../../base/limit-exceeded.ts';
import type { Limits } from '../../base/limits.ts';
import type { CaseBranch, Expression } from '../syntax/expression.ts';
import { EXPECTED_OPERATOR, OPERATORS, type Operator, refuseTrailingToken } from './operators.ts';
import { keywordLiteral } from './literal-forms.ts';
import { TokenReader, type Token } from './token-reader.ts';
import { parseSearchExpression } from './parse-search-expression.ts';
import type { SearchExpression } from '../syntax/search-expression.ts';

/** Functions that OData 4.01 allows without parentheses. */
const CALLS_WITHOUT_PARENTHESES: ReadonlySet<string> = new Set(['now', 'mindatetime', 'maxdatetime']);

/** Functions whose last argument is the name of a type. */
const CALLS_WITH_TYPE: ReadonlySet<string> = new Set(['cast', 'isof']);

/** Roots of paths that leave the current row. */
const UNSUPPORTED_ROOTS: ReadonlySet<string> = new Set(['$root', '$this', '$these']);

const EXPECTED_VALUE = 'a property, a value or a function';

/** The size of an expression with every alias in it expanded. */
export interface ExpressionSize {
  readonly nodes: number;
  readonly height: number;
}

/** The size of the expression behind an alias; null where the query does not give one. */
export type AliasSizeOf = (name: string) => ExpressionSize | null;

const NO_ALIAS_SIZES: AliasSizeOf = () => null;

/**
 * Reads one expression that fills the whole text, e.g. `dateKey ge 20180214 and not(contains(deviceName,'A'))`.
 * Throws FeedError `request.malformed-expression` with the position, or `limit.too-complex`.
 */
export function parseExpression(
  text: string,
  target: string,
  limits: Limits,
  aliases: AliasSizeOf = NO_ALIAS_SIZES,
): Expression {
  return parseExpressionWithSize(text, target, limits, aliases).expression;
}

/** As parseExpression, with the size of what was read. */
export function parseExpressionWithSize(
  text: string,
  target: string,
  limits: Limits,
  aliases: AliasSizeOf,
): { readonly expression: Expression; readonly extent: ExpressionSize } {
  const tokens = new TokenReader({ text, target, code: 'request.malformed-expression' });
  const parser = new ExpressionParser(tokens, target, limits, aliases);
  const expression = parser.parse();
  const rest = tokens.peek();
  if (rest.kind !== 'end') refuseTrailingToken(tokens, rest, `${EXPECTED_OPERATOR} or the end`);
  return { expression, extent: parser.sizeOf(expression) };
}

// A type name parses as a path of one dotted name.
function asTypeName(value: Expression): Expression {
  const name = value.kind === 'path' && value.segments.length === 1 ? value.segments[0] : undefined;
  return name?.includes('.') ? { kind: 'type', name, at: value.at } : value;
}

/** Reads expressions from a token stream; the tokens after an expression are left to the caller. */
export class ExpressionParser {
  readonly #tokens: TokenReader;
  readonly #target: string;
  readonly #limits: Limits;
  readonly #aliasSizeOf: AliasSizeOf;
  #depth = 0;
  #nodes = 0;
  // `a add b add c …` makes a tall tree without parentheses, and code that walks the tree recurses.
  readonly #heights = new Map<Expression, number>();

  constructor(tokens: TokenReader, target: string, limits: Limits, aliases: AliasSizeOf = NO_ALIAS_SIZES) {
    this.#tokens = tokens;
    this.#target = target;
    this.#limits = limits;
    this.#aliasSizeOf = aliases;
  }

  /** The height of an expression read here, and the nodes of everything read so far. */
  sizeOf(expression: Expression): ExpressionSize {
    return { nodes: this.#nodes, height: this.#heights.get(expression) ?? 0 };
  }

  parse(): Expression {
    return this.#climb(0);
  }

  #climb(minimumPower: number): Expression {
    let left = this.#unary();
    for (;;) {
      const token = this.#tokens.peek();
      const operator = token.kind === 'name' ? OPERATORS.get(token.text.toLowerCase()) : undefined;
      if (!operator || operator.power < minimumPower) return left;
      left = this.#binary(left, operator, this.#tokens.take().at);
    }
  }

  #binary(left: Expression, operator: Operator, at: number): Expression {
    switch (operator.kind) {
      case 'logical': {
        const operands = [left, this.#climb(operator.power + 1)];
        while (this.#tokens.takeKeyword(operator.operator)) operands.push(this.#climb(operator.power + 1));
        return this.#addNode({ kind: 'logical', operator: operator.operator, operands, at }, operands);
      }
      case 'comparison': {
        const right = this.#climb(operator.power + 1);
        return this.#addNode({ kind: 'comparison', operator: operator.operator, left, right, at }, [
          left,
          right,
        ]);
      }
      case 'arithmetic': {
        const right = this.#climb(operator.power + 1);
        return this.#addNode({ kind: 'arithmetic', operator: operator.operator, left, right, at }, [
          left,
          right,
        ]);
      }
      case 'in': {
        this.#tokens.expectSign('(', 'a list in parentheses');
        const list = this.#nested(at, () => this.#list());
        return this.#addNode({ kind: 'in', operand: left, list, at }, [left, ...list]);
      }
    }
  }

  #unary(): Expression {
    const { at } = this.#tokens.peek();
    if (this.#tokens.takeKeyword('not')) {
      const operand = this.#nested(at, () => this.#unary());
      return this.#addNode({ kind: 'not', operand, at }, [operand]);
    }
    if (this.#tokens.takeSign('-')) {
      const operand = this.#nested(at, () => this.#unary());
      return this.#addNode({ kind: 'negate', operand, at }, [operand]);
    }
    if (this.#tokens.takeSign('(')) {
      return this.#nested(at, () => {
        const inner = this.parse();
        this.#expectClose('a closing parenthesis');
        return inner;
      });
    }
    return this.#primary(this.#tokens.take());
  }

  #primary(token: Token): Expression {
    const { at } = token;
    if (token.kind === 'literal') return this.#addNode({ kind: 'literal', literal: token.literal, at });
    if (token.kind === 'alias') return this.#alias(token.text, at);
    if (token.kind !== 'name' || token.text === '$count') this.#tokens.unexpected(token, EXPECTED_VALUE);
    const typed = this.#tokens.takeTypedLiteral(token);
    if (typed) return this.#addNode({ kind: 'literal', literal: typed, at });
    if (token.text.startsWith('$')) return this.#path(token);
    if (this.#tokens.takeSign('(')) return this.#call(token);
    const next = this.#tokens.peek();
    if (next.kind === 'sign' && next.sign === '/') return this.#path(token);
    const word = token.text.toLowerCase();
    if (CALLS_WITHOUT_PARENTHESES.has(word))
      return this.#addNode({ kind: 'call', name: word, arguments: [], at });
    const literal = keywordLiteral(token.text);
    return literal ? this.#addNode({ kind: 'literal', literal, at }) : this.#path(token);
  }

  // An alias counts at its full size each time it is used, because aliases of aliases grow exponentially.
  #alias(name: string, at: number): Expression {
    const { nodes, height } = this.#aliasSizeOf(name) ?? { nodes: 0, height: 0 };
    this.#nodes += nodes;
    const alias = this.#addNode({ kind: 'alias', name, at });
    this.#heights.set(alias, 1 + height);
    return alias;
  }

  #path(first: Token): Expression {
    if (UNSUPPORTED_ROOTS.has(first.text)) this.#tokens.refuseUnsupported(first.at, `'${first.text}'`);
    if (first.text.startsWith('$') && first.text !== '$it') this.#tokens.unexpected(first, EXPECTED_VALUE);
    const segments = [first.text];
    while (this.#tokens.takeSign('/')) {
      const token = this.#tokens.take();
      const known = token.kind === 'name' && (!token.text.startsWith('$') || token.text === '$count');
      if (!known) this.#tokens.unexpected(token, 'a property, any(, all( or $count');
      if (this.#tokens.takeSign('(')) return this.#lambda(first.at, segments, token);
      segments.push(token.text);
    }
    return this.#addNode({ kind: 'path', segments, at: first.at });
  }

  #count(at: number, segments: readonly string[], name: Token): Expression {
    let filter: Expression | null = null;
    let search: SearchExpression | null = null;
    do {
      const option = this.#tokens.take();
      const written = option.kind === 'name' ? option.text.toLowerCase().replace(/^\$/, '') : '';
      const before = written === 'filter' ? filter : search;
      if ((written !== 'filter' && written !== 'search') || before !== null) {
        this.#tokens.unexpected(option, '$filter= or $search=, each once,');
      }
      this.#tokens.expectSign('=', `= after $${written}`);
      if (written === 'filter') filter = this.#nested(name.at, () => this.parse());
      else
        search = parseSearchExpression({ target: this.#target, tokens: this.#tokens, limits: this.#limits });
    } while (this.#tokens.takeSign(';'));
    this.#expectClose('a semicolon or a closing parenthesis');
    return this.#addNode({ kind: 'count', segments, filter, search, at }, filter ? [filter] : []);
  }

  #lambda(at: number, segments: readonly string[], name: Token): Expression {
    if (name.text === '$count') return this.#count(at, segments, name);
    const quantifier = name.text.toLowerCase();
    if (quantifier !== 'any' && quantifier !== 'all') this.#tokens.unexpected(name, 'any or all');
    if (quantifier === 'any' && this.#tokens.takeSign(')')) {
      return this.#addNode({ kind: 'lambda', segments, quantifier, variable: null, body: null, at });
    }
    const variable = this.#tokens.take();
    if (variable.kind !== 'name' || variable.text.startsWith('$')) {
      this.#tokens.unexpected(variable, "a variable, as in any(x:x/name eq 'a')");
    }
    this.#tokens.expectSign(':', 'a colon after the variable');
    const body = this.#nested(name.at, () => this.parse());
    this.#expectClose('a closing parenthesis');
    return this.#addNode({ kind: 'lambda', segments, quantifier, variable: variable.text, body, at }, [body]);
  }

  #call(token: Token): Expression {
    const name = token.text.toLowerCase();
    if (name === 'case') return this.#case(token.at);
    const values = this.#tokens.takeSign(')') ? [] : this.#nested(token.at, () => this.#list());
    if (CALLS_WITH_TYPE.has(name)) values.push(...values.splice(-1).map((value) => asTypeName(value)));
    return this.#addNode({ kind: 'call', name, arguments: values, at: token.at }, values);
  }

  #case(at: number): Expression {
    const branches: CaseBranch[] = [];
    this.#nested(at, () => {
      do {
        const when = this.parse();
        this.#tokens.expectSign(':', 'a colon after the condition of case');
        branches.push({ when, then: this.parse() });
      } while (this.#tokens.takeSign(','));
      this.#expectClose('a comma or a closing parenthesis');
    });
    const children = branches.flatMap(({ when, then }) => [when, then]);
    return this.#addNode({ kind: 'case', branches, at }, children);
  }

  // Reads the closing parenthesis too; never empty.
  #list(): Expression[] {
    const items = [this.parse()];
    while (this.#tokens.takeSign(',')) items.push(this.parse());
    this.#expectClose('a comma or a closing parenthesis');
    return items;
  }

  #expectClose(expected: string): void {
    if (!this.#tokens.takeSign(')'))
      refuseTrailingToken(this.#tokens, this.#tokens.peek(), `${expected}, or an operator,`);
  }

  #nested<Result>(at: number, parse: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > this.#limits.expressionDepth) {
      this.#refuseBeyondLimit('expressionDepth', at);
    }
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  #addNode(expression: Expression, children: readonly Expression[] = []): Expression {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.expressionNodes) {
      this.#refuseBeyondLimit('expressionNodes', expression.at);
    }
    const height =
      1 + children.reduce((tallest, child) => Math.max(tallest, this.#heights.get(child) ?? 0), 0);
    if (height > this.#limits.expressionChain) this.#refuseBeyondLimit('expressionChain', expression.at);
    this.#heights.set(expression, height);
    return expression;
  }

  #refuseBeyondLimit(limit: RefusingLimit, position: number): never {
    const subject = `The expression in ${this.#target}`;
    throw limitExceeded(limit, subject, this.#limits, { target: this.#target, position });
  }
}
