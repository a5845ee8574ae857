// $apply text → the transformations that rows go through, one after another.
import { LIMITS, type Limits } from '../base/limits.ts';
import { nearestName } from '../base/nearest-name.ts';
import { assertNever } from '../base/assert-never.ts';
import type { Token } from './lexer.ts';
import { openOption, type OptionText, tooComplex } from './option-text.ts';
import { readAlias, readComputeItems } from './parse-compute.ts';
import { NO_NESTED_OPTIONS } from './parse-expand.ts';
import { type AliasExtent, refuseRest } from './parse-expression.ts';
import { readOrderTerms } from './parse-orderby.ts';
import { readSearch } from './read-search.ts';
import type {
  AggregateItem,
  AggregateMethod,
  ApplyStep,
  ExpandItem,
  GroupTerm,
  NestedOptions,
} from './wanted.ts';

const STEP_NAMES = [
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
] as const satisfies readonly ApplyStep['kind'][];

const METHODS = ['sum', 'min', 'max', 'average', 'countdistinct'] as const satisfies AggregateMethod[];

/** Transformations of the standard that this feed does without. */
export const NOT_OFFERED: ReadonlySet<string> = new Set([
  'addnested',
  'ancestors',
  'descendants',
  'join',
  'nest',
  'outerjoin',
  'traverse',
]);

const A_STEP = 'a transformation (filter(…), groupby((…),…), aggregate(…) …)';

/**
 * Reads `filter(dateKey eq 20261120)/groupby((deviceType/deviceTypeName),aggregate($count as devices))`.
 * Throws FeedErrors of `request.*` with the position in the whole option, or `limit.too-complex`.
 */
export function parseApply(
  text: string,
  limits: Limits = LIMITS,
  aliases?: AliasExtent,
): readonly ApplyStep[] {
  const option = openOption(text, '$apply', 'request.malformed-expression', limits, aliases);
  const steps = new ApplyParser(option).steps();
  option.tokens.expectEnd('a slash and a transformation, or the end,');
  return steps;
}

class ApplyParser {
  readonly #option: OptionText;
  #level = 0;
  #steps = 0;

  constructor(option: OptionText) {
    this.#option = option;
  }

  steps(): readonly ApplyStep[] {
    const steps = [this.#step()];
    while (this.#option.tokens.takeSign('/')) steps.push(this.#step());
    return steps;
  }

  #step(): ApplyStep {
    const { tokens, limits } = this.#option;
    const token = tokens.take();
    this.#steps += 1;
    if (this.#steps > limits.applySteps) throw tooComplex(this.#option, 'applySteps', token.at);
    const name = this.#name(token);
    if (name === 'identity') return { kind: 'identity', at: token.at };
    tokens.expectSign('(', `an opening parenthesis after ${name}`);
    this.#level += 1;
    if (this.#level > limits.applyDepth) throw tooComplex(this.#option, 'applyDepth', token.at);
    const step = this.#inside(name, token.at);
    this.#level -= 1;
    this.#close('a comma or a closing parenthesis');
    return step;
  }

  #name(token: Token): (typeof STEP_NAMES)[number] {
    const { tokens } = this.#option;
    if (token.kind !== 'name') tokens.unexpected(token, A_STEP);
    const written = token.text.toLowerCase();
    const name = STEP_NAMES.find((each) => each === written);
    if (name !== undefined) return name;
    if (NOT_OFFERED.has(written)) tokens.refusePart(token.at, `'${written}' in $apply`);
    if (written.includes('.')) tokens.refusePart(token.at, 'A transformation of your own in $apply');
    const nearest = nearestName(STEP_NAMES, written);
    const hint = nearest === null ? `Offered are ${STEP_NAMES.join(', ')}.` : `Did you mean '${nearest}'?`;
    return tokens.unexpected(token, A_STEP, hint);
  }

  // Between the parentheses of a transformation, up to and without the closing one.
  #inside(kind: Exclude<(typeof STEP_NAMES)[number], 'identity'>, at: number): ApplyStep {
    const { tokens, expressions } = this.#option;
    switch (kind) {
      case 'filter':
        return { kind, expression: expressions.parse(), at };
      case 'search':
        return { kind, expression: readSearch(this.#option), at };
      case 'compute':
        return { kind, items: readComputeItems(this.#option), at };
      case 'aggregate':
        return { kind, items: this.#listOf(() => this.#aggregate()), at };
      case 'groupby':
        return { kind, ...this.#grouping(), at };
      case 'orderby':
        return { kind, terms: readOrderTerms(this.#option), at };
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
        const first = this.steps();
        tokens.expectSign(',', 'a comma and a second sequence of transformations');
        return { kind, of: [first, ...this.#listOf(() => this.steps())], at };
      }
      case 'expand':
        return { kind, item: this.#expansion(), at };
      default:
        return assertNever(kind);
    }
  }

  #aggregate(): AggregateItem {
    const { tokens, expressions } = this.#option;
    const first = tokens.peek();
    if (tokens.takeWord('$count')) {
      return { kind: 'count', of: null, as: readAlias(this.#option, "'as' and a name"), at: first.at };
    }
    const expression = expressions.parse();
    const of = expression.kind === 'path' ? expression.segments : [];
    const names = tokens.takeWord('with');
    if (!names && of.at(-1) === '$count') {
      return { kind: 'count', of, as: readAlias(this.#option, "'as' and a name"), at: first.at };
    }
    if (!names) refuseRest(tokens, tokens.peek(), "an operator, or 'with' and a method,");
    const method = this.#method(tokens.take());
    const from = tokens.peek();
    if (tokens.takeWord('from')) tokens.refusePart(from.at, "'from' in aggregate");
    return {
      kind: 'value',
      expression,
      method,
      as: readAlias(this.#option, "'as' and a name"),
      at: first.at,
    };
  }

  #method(token: Token): AggregateMethod {
    const { tokens } = this.#option;
    const written = token.text.toLowerCase();
    const method = METHODS.find((each) => each === written);
    if (method !== undefined) return method;
    if (written.includes('.')) tokens.refusePart(token.at, 'A method of your own in aggregate');
    const nearest = nearestName(METHODS, written);
    const hint = nearest === null ? undefined : `Did you mean '${nearest}'?`;
    return tokens.unexpected(token, `a method (${METHODS.join(', ')})`, hint);
  }

  #grouping(): { readonly by: readonly GroupTerm[]; readonly then: readonly ApplyStep[] } {
    const { tokens } = this.#option;
    tokens.expectSign('(', 'the properties to group by, in parentheses of their own');
    const by = this.#listOf(() => this.#groupTerm());
    this.#close('a slash, a comma or a closing parenthesis');
    return { by, then: tokens.takeSign(',') ? this.steps() : [] };
  }

  #groupTerm(): GroupTerm {
    const { tokens } = this.#option;
    const first = tokens.take();
    const { at } = first;
    const isCall = first.kind === 'name' && tokens.takeSign('(');
    if (!isCall) return { kind: 'path', segments: this.#path(first), at };
    if (first.text.toLowerCase() === 'rolluprecursive') tokens.refusePart(at, "'rolluprecursive'");
    if (first.text.toLowerCase() !== 'rollup') tokens.unexpected(first, 'a property or rollup(…)');
    const all = tokens.takeWord('$all');
    if (all) tokens.expectSign(',', 'a comma and a property');
    const of = this.#listOf(() => this.#path(tokens.take()));
    this.#close('a slash, a comma or a closing parenthesis');
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
  #expansion(): ExpandItem {
    const { tokens } = this.#option;
    const first = tokens.take();
    const { at } = first;
    const segments = this.#path(first);
    let filter: Pick<NestedOptions, 'filter' | 'texts'> | null = null;
    const expand: ExpandItem[] = [];
    while (tokens.takeSign(',')) {
      const next = tokens.peek();
      if (!filter && tokens.takeWord('filter')) filter = this.#filter();
      else {
        const step = this.#step();
        if (step.kind !== 'expand') return tokens.unexpected(next, 'one filter(…), or expand(…)');
        expand.push(step.item);
      }
    }
    const options = { ...NO_NESTED_OPTIONS, ...filter, expand: expand.length > 0 ? expand : null };
    return { segments, form: 'rows', options, at };
  }

  #filter(): Pick<NestedOptions, 'filter' | 'texts'> {
    const { tokens, expressions } = this.#option;
    tokens.expectSign('(', 'an opening parenthesis after filter');
    const mark = tokens.mark();
    const filter = expressions.parse();
    const texts = { filter: tokens.textSince(mark) };
    this.#close('an operator or a closing parenthesis');
    return { filter, texts };
  }

  #listOf<Item>(read: () => Item): readonly Item[] {
    const items = [read()];
    while (this.#option.tokens.takeSign(',')) items.push(read());
    return items;
  }

  #close(wanted: string): void {
    const { tokens } = this.#option;
    if (!tokens.takeSign(')')) refuseRest(tokens, tokens.peek(), wanted);
  }
}
