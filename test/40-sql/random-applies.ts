// Random transformations over any rows, each written for the columns that the ones before it leave.
import fc from 'fast-check';
import type { Expression, LiteralValue, OrderTerm } from '../../src/odata/syntax/expression.ts';
import type { AggregateItem, Transformation, GroupTerm } from '../../src/odata/syntax/parsed-request.ts';

/** What can be done with a column: sums of a `measure` are exact, of other numbers they need not be. */
export type ColumnKind = 'measure' | 'whole' | 'fraction' | 'text' | 'truth' | 'instant';
export type Columns = ReadonlyMap<string, ColumnKind>;

/** What is left to choose once the columns are known. */
interface Seed {
  readonly kind: (typeof KINDS)[number];
  readonly picks: readonly number[];
  readonly inner: readonly (readonly Seed[])[];
}

const KINDS = [
  'filter',
  'compute',
  'groupby',
  'groupby',
  'rollup',
  'aggregate',
  'orderby',
  'top',
  'skip',
  'topcount',
  'bottomsum',
  'toppercent',
  'identity',
  'concat',
] as const;

const { seeds } = fc.letrec<{ seed: Seed; seeds: readonly Seed[] }>((tie) => ({
  seed: fc.record({
    kind: fc.constantFrom(...KINDS),
    picks: fc.array(fc.nat(60), { minLength: 6, maxLength: 6 }),
    inner: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'concat' },
      fc.constant([]),
      fc.array(tie('seeds'), { minLength: 2, maxLength: 3 }),
    ),
  }),
  seeds: fc.array(tie('seed'), { maxLength: 4, depthIdentifier: 'concat' }),
}));

/**
 * Over rows with these columns; `reached` are columns along navigations, and `folded` numbers of which a row has many.
 * Both are there until rows are grouped.
 */
export function randomApplies(
  own: Columns,
  reached: Columns,
  folded: readonly string[] = [],
): fc.Arbitrary<readonly Transformation[]> {
  return seeds.map(
    (all) => writeSteps(all, { columns: own, navigable: reached, relatedValues: folded }, counter()).steps,
  );
}

const at = 0;
const path = (name: string): Expression => ({ kind: 'path', segments: name.split('/'), at });
const literal = (value: LiteralValue): Expression => ({ kind: 'literal', literal: value, at });
const whole = (value: number): Expression => literal({ type: 'integer', value: BigInt(value) });

/** Names that are given only once. */
function counter(): () => string {
  let next = 0;
  return () => `given${(next += 1)}`;
}

/** What rows have, and what navigations still lead to. */
interface Rows {
  readonly columns: Columns;
  readonly navigable: Columns;
  readonly relatedValues: readonly string[];
}

const NO_NAVIGATION = { navigable: new Map<string, ColumnKind>(), relatedValues: [] };

interface WrittenSteps extends Rows {
  readonly steps: readonly Transformation[];
}

function writeSteps(all: readonly Seed[], rows: Rows, name: () => string): WrittenSteps {
  return all.reduce<WrittenSteps>(
    (before, seed) => {
      const { steps, ...left } = writeStep(seed, before, name);
      return { ...left, steps: [...before.steps, ...steps] };
    },
    { ...rows, steps: [] },
  );
}

function writeStep({ kind, picks, inner }: Seed, rows: Rows, name: () => string): WrittenSteps {
  const columns: Columns = new Map([...rows.columns, ...rows.navigable]);
  const unchanged = rows;
  const [first = 0, second = 0, third = 0, fourth = 0] = picks;
  const names = [...columns.keys()];
  const one = pick(names, first);
  const measures = names.filter((each) => columns.get(each) === 'measure');
  const measure = pick(measures, second);
  const same = (step: Transformation): WrittenSteps => ({ ...unchanged, steps: [step] });
  switch (kind) {
    case 'identity':
      return same({ kind, at });
    case 'filter':
      return same({ kind, expression: conditionOn(one, columns, second), at });
    case 'orderby':
      return same({ kind, terms: [termOf(one, second), termOf(pick(names, third), fourth)], at });
    case 'top':
    case 'skip':
      return same({ kind, rows: first % 20, at });
    case 'topcount':
      return same({ kind, amount: whole(first % 8), by: path(pick(names, second)), at });
    case 'bottomsum':
    case 'toppercent':
      if (measures.length === 0) return { ...unchanged, steps: [] };
      return same({ kind, amount: whole(first), by: path(measure), at });
    case 'compute': {
      if (measures.length === 0) return { ...unchanged, steps: [] };
      const as = name();
      const expression: Expression = {
        kind: 'arithmetic',
        operator: 'add',
        left: path(measure),
        right: whole(first),
        at,
      };
      return {
        steps: [{ kind, items: [{ expression, as, at }], at }],
        columns: new Map([...rows.columns, [as, 'measure']]),
        navigable: rows.navigable,
        relatedValues: rows.relatedValues,
      };
    }
    case 'aggregate': {
      const aggregates = aggregatesOf(picks, columns, rows.relatedValues, name);
      return {
        steps: [{ kind, items: aggregates.items, at }],
        columns: aggregates.columns,
        ...NO_NAVIGATION,
      };
    }
    case 'groupby':
    case 'rollup': {
      const by = [...new Set([one, pick(names, second), pick(names, third)])].slice(0, 1 + (fourth % 3));
      const aggregates = aggregatesOf(picks, columns, rows.relatedValues, name);
      const terms: readonly GroupTerm[] =
        kind === 'groupby' || by.length < 2
          ? by.map((each): GroupTerm => ({ kind: 'path', segments: each.split('/'), at }))
          : [{ kind: 'rollup', all: first % 2 === 0, of: by.map((each) => each.split('/')), at }];
      const then: readonly Transformation[] =
        fourth % 5 === 0 ? [] : [{ kind: 'aggregate', items: aggregates.items, at }];
      // Groups of own columns may show their best rows whole.
      if (kind === 'groupby' && second % 4 === 0 && by.every((each) => !each.includes('/'))) {
        const best: Transformation = {
          kind: 'topcount',
          amount: whole(1 + (first % 3)),
          by: path(pick(names, third)),
          at,
        };
        return { ...unchanged, steps: [{ kind, by: terms, then: [best], at }] };
      }
      const grouped = by.map((each) => [each, columns.get(each)!] as const);
      const left = new Map([...grouped, ...(then.length === 0 ? [] : aggregates.columns)]);
      return { steps: [{ kind: 'groupby', by: terms, then, at }], columns: left, ...NO_NAVIGATION };
    }
    case 'concat': {
      if (inner.length < 2) return { ...unchanged, steps: [] };
      const branches = inner.map((each) => writeSteps(each, rows, name));
      if (branches.some(({ steps }) => steps.length === 0)) return { ...unchanged, steps: [] };
      const all = new Map(branches.flatMap((branch) => [...branch.columns]));
      return {
        steps: [{ kind, of: branches.map(({ steps }) => steps), at }],
        columns: all,
        ...(branches.every(({ navigable: reached }) => reached.size > 0) ? rowsAlong(rows) : NO_NAVIGATION),
      };
    }
  }
}

const rowsAlong = ({ navigable: reached, relatedValues: folded }: Rows): Omit<Rows, 'columns'> => ({
  navigable: reached,
  relatedValues: folded,
});

function aggregatesOf(
  [first = 0, second = 0, , , fifth = 0, sixth = 0]: readonly number[],
  columns: Columns,
  folded: readonly string[],
  name: () => string,
): { readonly items: readonly AggregateItem[]; readonly columns: Columns } {
  const names = [...columns.keys()];
  const measures = names.filter((each) => columns.get(each) === 'measure');
  const one = pick(names, first + fifth);
  const made = new Map<string, ColumnKind>();
  const give = (use: ColumnKind): string => {
    const as = name();
    made.set(as, use);
    return as;
  };
  const all: AggregateItem[] = [{ kind: 'count', of: null, as: give('measure'), at }];
  const tell = (
    method: (AggregateItem & { kind: 'value' })['method'],
    column: string,
    use: ColumnKind,
  ): void => {
    all.push({ kind: 'value', expression: path(column), method, as: give(use), at });
  };
  if (measures.length > 0) {
    tell('sum', pick(measures, second), 'measure');
    tell('average', pick(measures, sixth), 'fraction');
  }
  tell(sixth % 2 === 0 ? 'min' : 'max', one, columns.get(one)!);
  tell('countdistinct', pick(names, sixth), 'measure');
  if (folded.length > 0 && second % 3 === 0) {
    const many = pick(folded, fifth);
    const segments = many.split('/');
    all.push({ kind: 'count', of: [...segments.slice(0, -1), '$count'], as: give('measure'), at });
    tell('sum', many, 'measure');
    tell('average', many, 'fraction');
    tell(first % 2 === 0 ? 'min' : 'max', many, 'measure');
  }
  return { items: all, columns: made };
}

function conditionOn(name: string, columns: Columns, seed: number): Expression {
  const use = columns.get(name)!;
  const right = VALUES[use](seed);
  const operators = ['eq', 'ne', 'gt', 'le'] as const;
  const none = literal({ type: 'null' });
  return {
    kind: 'comparison',
    operator: pick(operators, seed),
    left: path(name),
    right: seed % 7 === 0 ? none : right,
    at,
  };
}

const VALUES: Readonly<Record<ColumnKind, (seed: number) => Expression>> = {
  measure: (seed) => whole(seed % 5),
  whole: (seed) => whole(seed - 20),
  fraction: () => literal({ type: 'decimal', value: 0.5, text: '0.5' }),
  text: (seed) => literal({ type: 'string', value: pick(['ab', 'Ärger', '日'], seed) }),
  truth: (seed) => literal({ type: 'boolean', value: seed % 2 === 0 }),
  instant: () => literal({ type: 'dateTimeOffset', value: '2018-02-21T23:18:51' }),
};

function termOf(name: string, seed: number): OrderTerm {
  return { expression: path(name), descending: seed % 2 === 0 };
}

function pick<Item>(items: readonly Item[], seed: number): Item {
  return items[seed % items.length]!;
}
