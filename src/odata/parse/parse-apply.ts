// $apply text → transformations, in the order in which they are applied.
import type { Limits } from '../../base/limits.ts';
import { didYouMean } from '../../base/did-you-mean.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { Token } from './token-reader.ts';
import { createOptionReader, type OptionReader, tooComplex } from './option-reader.ts';
import { parseAsName, parseComputeItems } from './parse-compute.ts';
import { NO_NESTED_OPTIONS } from './parse-expand.ts';
import { refuseTrailingToken } from './operators.ts';
import type { AliasSizeOf } from './parse-expression.ts';
import { parseOrderTerms } from './parse-orderby.ts';
import { parseSearchExpression } from './parse-search-expression.ts';
import type {
  AggregateItem,
  AggregateMethod,
  Transformation,
  ExpandItem,
  GroupTerm,
  NestedOptions,
} from '../syntax/parsed-request.ts';

const TRANSFORMATION_NAMES = [
  'identity',
  'filter',
  'search',
  'compute',
  'aggregate',
  'groupby',
  'orderby',
  'top',
  'skip',
  'topcount',
  'topsum',
  'toppercent',
  'bottomcount',
  'bottomsum',
  'bottompercent',
  'concat',
  'expand',
] as const satisfies readonly Transformation['kind'][];

const AGGREGATE_METHODS = [
  'sum',
  'min',
  'max',
  'average',
  'countdistinct',
] as const satisfies AggregateMethod[];

/** Transformations of the standard that this feed does not support. */
export const UNSUPPORTED_TRANSFORMATIONS: ReadonlySet<string> = new Set([
  'addnested',
  'ancestors',
  'descendants',
  'join',
  'nest',
  'outerjoin',
  'traverse',
]);

const EXPECTED_TRANSFORMATION = 'a transformation (filter(…), groupby((…),…), aggregate(…) …)';

/**
 * Reads `filter(dateKey eq 20261120)/groupby((deviceType/deviceTypeName),aggregate($count as devices))`.
 * Throws FeedErrors of `request.*` with the position in the whole option, or `limit.too-complex`.
 */
export function parseApply(text: string, limits: Limits, aliases?: AliasSizeOf): readonly Transformation[] {
  const option = createOptionReader(text, '$apply', 'request.malformed-expression', limits, aliases);
  const transformations = new ApplyParser(option).transformations();
  option.tokens.expectEnd('a slash and a transformation, or the end,');
  return transformations;
}

class ApplyParser {
  readonly #option: OptionReader;
  #depth = 0;
  #transformationCount = 0;

  constructor(option: OptionReader) {
    this.#option = option;
  }

  transformations(): readonly Transformation[] {
    const transformations = [this.#transformation()];
    while (this.#option.tokens.takeSign('/')) transformations.push(this.#transformation());
    return transformations;
  }

  #transformation(): Transformation {
    const { tokens, limits } = this.#option;
    const token = tokens.take();
    this.#transformationCount += 1;
    if (this.#transformationCount > limits.applySteps) throw tooComplex(this.#option, 'applySteps', token.at);
    const name = this.#name(token);
    if (name === 'identity') return { kind: 'identity', at: token.at };
    tokens.expectSign('(', `an opening parenthesis after ${name}`);
    this.#depth += 1;
    if (this.#depth > limits.applyDepth) throw tooComplex(this.#option, 'applyDepth', token.at);
    const transformation = this.#transformationBody(name, token.at);
    this.#depth -= 1;
    this.#expectClose('a comma or a closing parenthesis');
    return transformation;
  }

  #name(token: Token): (typeof TRANSFORMATION_NAMES)[number] {
    const { tokens } = this.#option;
    if (token.kind !== 'name') tokens.unexpected(token, EXPECTED_TRANSFORMATION);
    const written = token.text.toLowerCase();
    const name = TRANSFORMATION_NAMES.find((each) => each === written);
    if (name !== undefined) return name;
    if (UNSUPPORTED_TRANSFORMATIONS.has(written))
      tokens.refuseUnsupported(token.at, `'${written}' in $apply`);
    if (written.includes('.')) tokens.refuseUnsupported(token.at, 'A custom transformation in $apply');
    const hint =
      didYouMean(TRANSFORMATION_NAMES, written) ?? `Offered are ${TRANSFORMATION_NAMES.join(', ')}.`;
    return tokens.unexpected(token, EXPECTED_TRANSFORMATION, hint);
  }

  // Reads what is between the parentheses; the closing one is left.
  #transformationBody(
    kind: Exclude<(typeof TRANSFORMATION_NAMES)[number], 'identity'>,
    at: number,
  ): Transformation {
    const { tokens, expressions } = this.#option;
    switch (kind) {
      case 'filter':
        return { kind, expression: expressions.parse(), at };
      case 'search':
        return { kind, expression: parseSearchExpression(this.#option), at };
      case 'compute':
        return { kind, items: parseComputeItems(this.#option), at };
      case 'aggregate':
        return { kind, items: this.#listOf(() => this.#aggregateItem()), at };
      case 'groupby':
        return { kind, ...this.#grouping(), at };
      case 'orderby':
        return { kind, terms: parseOrderTerms(this.#option), at };
      case 'top':
      case 'skip':
        return { kind, rows: tokens.expectWholeNumber(), at };
      case 'topcount':
      case 'topsum':
      case 'toppercent':
      case 'bottomcount':
      case 'bottomsum':
      case 'bottompercent': {
        const amount = expressions.parse();
        tokens.expectSign(',', 'a comma between the amount and what to rank by');
        return { kind, amount, by: expressions.parse(), at };
      }
      case 'concat': {
        const first = this.transformations();
        tokens.expectSign(',', 'a comma and a second sequence of transformations');
        return { kind, of: [first, ...this.#listOf(() => this.transformations())], at };
      }
      case 'expand':
        return { kind, item: this.#expandItem(), at };
      default:
        return assertNever(kind);
    }
  }

  #aggregateItem(): AggregateItem {
    const { tokens, expressions } = this.#option;
    const first = tokens.peek();
    if (tokens.takeKeyword('$count')) {
      return { kind: 'count', of: null, as: parseAsName(this.#option, "'as' and a name"), at: first.at };
    }
    const expression = expressions.parse();
    const of = expression.kind === 'path' ? expression.segments : [];
    const hasMethod = tokens.takeKeyword('with');
    if (!hasMethod && of.at(-1) === '$count') {
      return { kind: 'count', of, as: parseAsName(this.#option, "'as' and a name"), at: first.at };
    }
    if (!hasMethod) refuseTrailingToken(tokens, tokens.peek(), "an operator, or 'with' and a method,");
    const method = this.#method(tokens.take());
    const from = tokens.peek();
    if (tokens.takeKeyword('from')) tokens.refuseUnsupported(from.at, "'from' in aggregate");
    return {
      kind: 'value',
      expression,
      method,
      as: parseAsName(this.#option, "'as' and a name"),
      at: first.at,
    };
  }

  #method(token: Token): AggregateMethod {
    const { tokens } = this.#option;
    const written = token.text.toLowerCase();
    const method = AGGREGATE_METHODS.find((each) => each === written);
    if (method !== undefined) return method;
    if (written.includes('.')) tokens.refuseUnsupported(token.at, 'A custom method in aggregate');
    const hint = didYouMean(AGGREGATE_METHODS, written);
    return tokens.unexpected(token, `a method (${AGGREGATE_METHODS.join(', ')})`, hint);
  }

  #grouping(): { readonly by: readonly GroupTerm[]; readonly then: readonly Transformation[] } {
    const { tokens } = this.#option;
    tokens.expectSign('(', 'the properties to group by, in parentheses');
    const by = this.#listOf(() => this.#groupTerm());
    this.#expectClose('a slash, a comma or a closing parenthesis');
    return { by, then: tokens.takeSign(',') ? this.transformations() : [] };
  }

  #groupTerm(): GroupTerm {
    const { tokens } = this.#option;
    const first = tokens.take();
    const { at } = first;
    const isCall = first.kind === 'name' && tokens.takeSign('(');
    if (!isCall) return { kind: 'path', segments: this.#path(first), at };
    if (first.text.toLowerCase() === 'rolluprecursive') tokens.refuseUnsupported(at, "'rolluprecursive'");
    if (first.text.toLowerCase() !== 'rollup') tokens.unexpected(first, 'a property or rollup(…)');
    const all = tokens.takeKeyword('$all');
    if (all) tokens.expectSign(',', 'a comma and a property');
    const of = this.#listOf(() => this.#path(tokens.take()));
    this.#expectClose('a slash, a comma or a closing parenthesis');
    return { kind: 'rollup', all, of, at };
  }

  #path(first: Token): readonly string[] {
    const { tokens } = this.#option;
    const segments: string[] = [];
    for (let token = first; ; token = tokens.take()) {
      if (token.kind !== 'name' || token.text.startsWith('$')) tokens.unexpected(token, 'a property');
      segments.push(token.text);
      if (!tokens.takeSign('/')) return segments;
    }
  }

  // `expand(nav)`, `expand(nav,filter(…))`, `expand(nav,filter(…),expand(…),…)`
  #expandItem(): ExpandItem {
    const { tokens } = this.#option;
    const first = tokens.take();
    const { at } = first;
    const segments = this.#path(first);
    let filter: Pick<NestedOptions, 'filter' | 'rawTexts'> | null = null;
    const expand: ExpandItem[] = [];
    while (tokens.takeSign(',')) {
      const next = tokens.peek();
      if (!filter && tokens.takeKeyword('filter')) filter = this.#expandFilter();
      else {
        const transformation = this.#transformation();
        if (transformation.kind !== 'expand') return tokens.unexpected(next, 'one filter(…), or expand(…)');
        expand.push(transformation.item);
      }
    }
    const options = { ...NO_NESTED_OPTIONS, ...filter, expand: expand.length > 0 ? expand : null };
    return { segments, form: 'rows', options, at };
  }

  #expandFilter(): Pick<NestedOptions, 'filter' | 'rawTexts'> {
    const { tokens, expressions } = this.#option;
    tokens.expectSign('(', 'an opening parenthesis after filter');
    const mark = tokens.mark();
    const filter = expressions.parse();
    const rawTexts = { filter: tokens.textSince(mark) };
    this.#expectClose('an operator or a closing parenthesis');
    return { filter, rawTexts };
  }

  #listOf<Item>(parseItem: () => Item): readonly Item[] {
    const items = [parseItem()];
    while (this.#option.tokens.takeSign(',')) items.push(parseItem());
    return items;
  }

  #expectClose(expected: string): void {
    const { tokens } = this.#option;
    if (!tokens.takeSign(')')) refuseTrailingToken(tokens, tokens.peek(), expected);
  }
}
