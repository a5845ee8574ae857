// The token tree of odata-v4-parser as an outline like ours. Its leaves are right and its operators grow the wrong way,
// but parentheses stay visible: so each run of operators is laid flat and climbed again.

/** What odata-v4-parser gives; the shape of `value` goes by `type`. */
export interface Token {
  readonly type: string;
  readonly raw: string;
  readonly value: unknown;
}

const BINARY: Readonly<Record<string, readonly [name: string, power: number]>> = {
  OrExpression: ['or', 1],
  AndExpression: ['and', 2],
  EqualsExpression: ['eq', 3],
  NotEqualsExpression: ['ne', 3],
  GreaterThanExpression: ['gt', 4],
  GreaterOrEqualsExpression: ['ge', 4],
  LesserThanExpression: ['lt', 4],
  LesserOrEqualsExpression: ['le', 4],
  AddExpression: ['add', 5],
  SubExpression: ['sub', 5],
  MulExpression: ['mul', 6],
  DivExpression: ['div', 6],
  ModExpression: ['mod', 6],
};
const PREFIX: Readonly<Record<string, string>> = { NotExpression: 'not', NegateExpression: '-' };

type Piece =
  | { readonly kind: 'operator'; readonly name: string; readonly power: number }
  | { readonly kind: 'prefix'; readonly name: string }
  | { readonly kind: 'atom'; readonly outline: string };

export function outlineOfToken(token: Token): string {
  const pieces = flatten(token);
  let next = 0;

  const unary = (): string => {
    const piece = pieces[next++];
    if (piece?.kind === 'prefix') return `(${piece.name} ${unary()})`;
    if (piece?.kind !== 'atom') throw new TypeError('An operand is missing.');
    return piece.outline;
  };
  const operator = (): Extract<Piece, { kind: 'operator' }> | undefined => {
    const piece = pieces[next];
    return piece?.kind === 'operator' ? piece : undefined;
  };
  const climb = (weakest: number): string => {
    let left = unary();
    for (let found = operator(); found && found.power >= weakest; found = operator()) {
      const operands = [left];
      const { name, power } = found;
      do {
        next += 1;
        operands.push(climb(power + 1));
      } while (power <= 2 && operator()?.name === name);
      left = `(${[name, ...operands].join(' ')})`;
    }
    return left;
  };
  return climb(0);
}

function flatten(token: Token): readonly Piece[] {
  const prefix = PREFIX[token.type];
  if (prefix) return [{ kind: 'prefix', name: prefix }, ...flatten(token.value as Token)];
  const binary = BINARY[token.type];
  if (!binary) return token.type === 'CommonExpression' ? flatten(token.value as Token) : [atom(token)];
  const { left, right } = token.value as { left: Token; right: Token };
  return [...flatten(left), { kind: 'operator', name: binary[0], power: binary[1] }, ...flatten(right)];
}

function atom(token: Token): Piece {
  return { kind: 'atom', outline: outlineOfAtom(token) };
}

function outlineOfAtom({ type, raw, value }: Token): string {
  switch (type) {
    case 'Literal':
      return raw;
    case 'BoolParenExpression':
    case 'ParenExpression':
      return outlineOfToken(value as Token);
    case 'MethodCallExpression': {
      const { method, parameters } = value as { method: string; parameters: readonly Token[] };
      return `(${[method, ...parameters.map(outlineOfToken)].join(' ')})`;
    }
    case 'FirstMemberExpression': {
      const lambda = findLambda(value);
      return lambda ? outlineOfLambda(raw, lambda) : raw;
    }
    default:
      throw new TypeError(`No outline for ${type}: ${raw}`);
  }
}

function outlineOfLambda(raw: string, { type, value }: Token): string {
  const { variable, predicate } = value as { variable: Token; predicate: Token };
  const quantifier = type === 'AnyExpression' ? 'any' : 'all';
  const collection = raw.slice(0, raw.indexOf(`/${quantifier}(`));
  return `(${quantifier} ${collection} ${variable.raw} ${outlineOfToken(predicate.value as Token)})`;
}

// Down the path's own parts, not into anything nested.
function findLambda(value: unknown): Token | null {
  if (Array.isArray(value)) return value.map(findLambda).find(Boolean) ?? null;
  if (typeof value !== 'object' || value === null) return null;
  const step = value as { readonly type?: string; readonly value?: unknown; readonly next?: unknown };
  if (step.type === 'AnyExpression' || step.type === 'AllExpression') return value as Token;
  // In a token `next` is an offset, in the value of a path it is the way on.
  return findLambda(step.type === undefined ? step.next : step.value);
}
