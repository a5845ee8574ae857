// Random typed queries over the whole warehouse: names from the exposed model, values from the rows.
import fc from 'fast-check';
import type { EntitySet, NavigationProperty } from '../../schema/derive/exposed-model.ts';
import { isSearchable } from '../../schema/derive/search-index.ts';
import type { EdmType, Value } from '../../schema/entity.ts';
import type { Expression, OrderTerm } from '../../src/odata/syntax/expression.ts';
import type {
  ComputeItem,
  ExpandItem,
  NestedOptions,
  SelectItem,
} from '../../src/odata/syntax/parsed-request.ts';
import { randomExpressions, type Tree, type Vocabulary } from '../40-sql/random-filters.ts';
import { NO_OPTIONS, type Query } from './query.ts';
import { randomSearch } from './random-search.ts';
import type { WarehouseRows } from './warehouse-rows.ts';
import { searchedTexts } from './evaluate-search.ts';

const at = 0;
// More pages than these would find no defect that fewer do not find.
const FEW_PAGES = 5;

/** Each collection is as likely as any other. */
export function randomQuery(warehouse: WarehouseRows): fc.Arbitrary<Query> {
  const queries = [...warehouse.exposedModel.entitySets.values()].map((entitySet) =>
    queryOf(entitySet, warehouse),
  );
  return fc.oneof(...queries);
}

function queryOf(entitySet: EntitySet, warehouse: WarehouseRows): fc.Arbitrary<Query> {
  const total = warehouse.rows(entitySet.entity.name).length;
  return fc.record({
    collection: fc.constant(entitySet.entity.name),
    options: optionsOn(entitySet, warehouse, { rows: total + 2, depth: 0 }),
    apply: fc.constant(null),
    pageSize: orNull(fc.integer({ min: Math.max(1, Math.ceil(total / FEW_PAGES)), max: total + 2 })),
    ieee754Compatible: fc.boolean(),
  });
}

const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

interface QueryBounds {
  /** Of $top and $skip. */
  readonly rows: number;
  /** Levels of $expand around these options. */
  readonly depth: number;
}

function optionsOn(
  entitySet: EntitySet,
  warehouse: WarehouseRows,
  { rows, depth }: QueryBounds,
): fc.Arbitrary<NestedOptions> {
  const { condition, text, wholeNumber, fractional, instant } = randomExpressions(
    vocabularyOf(entitySet, warehouse),
  );
  const isSearched = isSearchable(entitySet, warehouse.exposedModel);
  const number = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: rows }));
  return computations(entitySet).chain((compute) => {
    const names = [...entitySet.properties.keys(), ...(compute ?? []).map(({ as }) => as)];
    const term: fc.Arbitrary<OrderTerm> = fc.record({
      expression: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...names).map(pathTo) },
        { weight: 1, arbitrary: fc.oneof(text, wholeNumber, fractional, instant) },
      ),
      descending: fc.boolean(),
    });
    return fc.record({
      compute: fc.constant(compute),
      filter: orNull(condition),
      search: isSearched ? orNull(randomSearch(someTexts(entitySet, warehouse))) : fc.constant(null),
      orderby: orNull(fc.array(term, { minLength: 1, maxLength: 3 })),
      select: orNull(columnsAmong(names)),
      expand: depth < EXPAND_DEPTH ? expansions(entitySet, warehouse, depth + 1) : fc.constant(null),
      top: orNull(number),
      skip: orNull(number),
      count: orNull(fc.boolean()),
      levels: fc.constant(null),
    });
  });
}

function columnsAmong(names: readonly string[]): fc.Arbitrary<readonly SelectItem[]> {
  return fc
    .oneof(
      { weight: 5, arbitrary: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant(['*']) },
    )
    .map((chosen) => chosen.map((name) => ({ segments: [name], at })));
}

/** One column more, of a number or of a text. */
function computations(entitySet: EntitySet): fc.Arbitrary<readonly ComputeItem[] | null> {
  const five: Expression = { kind: 'literal', literal: { type: 'integer', value: 5n }, at };
  const sums = namesOf(entitySet, ['Edm.Int32', 'Edm.Int64']).map((name): Expression => {
    return { kind: 'arithmetic', operator: 'mul', left: pathTo(name), right: five, at };
  });
  const texts = namesOf(entitySet, ['Edm.String']).map((name): Expression => {
    return { kind: 'call', name: 'toupper', arguments: [pathTo(name)], at };
  });
  const one = fc.constantFrom(...sums, ...texts).map((expression): readonly ComputeItem[] => {
    return [{ expression, as: 'computed', at }];
  });
  return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: one });
}

const EXPAND_DEPTH = 2;
// Fewer than the feed cuts a collection inside a row at.
const EXPANDED_ROWS = 20;

function expansions(
  entitySet: EntitySet,
  warehouse: WarehouseRows,
  depth: number,
): fc.Arbitrary<readonly ExpandItem[] | null> {
  const navigations = [...entitySet.navigations.values()];
  if (navigations.length === 0) return fc.constant(null);
  const items = fc
    .uniqueArray(fc.constantFrom(...navigations), { minLength: 1, maxLength: 2 })
    .chain((chosen) => fc.tuple(...chosen.map((navigation) => expansion(navigation, warehouse, depth))));
  return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: items });
}

function expansion(
  { name, to, many }: NavigationProperty,
  warehouse: WarehouseRows,
  depth: number,
): fc.Arbitrary<ExpandItem> {
  const inside = optionsOn(warehouse.entitySet(to), warehouse, { rows: EXPANDED_ROWS, depth });
  const rows = inside.map((options): NestedOptions => {
    if (many) return { ...options, top: options.top ?? EXPANDED_ROWS };
    const { select, expand, compute } = options;
    return { ...NO_OPTIONS, select, expand, compute };
  });
  const counted = inside.map(({ filter, search }): NestedOptions => ({ ...NO_OPTIONS, filter, search }));
  const item =
    (form: ExpandItem['form']) =>
    (options: NestedOptions): ExpandItem => {
      return { segments: [name], form, options, at };
    };
  if (!many) return rows.map(item('rows'));
  return fc.oneof(
    { weight: 4, arbitrary: rows.map(item('rows')) },
    { weight: 1, arbitrary: counted.map(item('count')) },
  );
}

const pathTo = (name: string): Expression => ({ kind: 'path', segments: name.split('/'), at });

const NASTY_TEXTS = [
  "O'Neil",
  '"quoted"',
  'Ärger',
  '日本語',
  '😀',
  'a%b_c',
  '\\',
  ' pad ',
  '\uffff',
  '+',
  '&#;/?',
];
const INSTANTS = ['2016-01-01T00:00:00', '2026-11-20T00:00:00', '9999-12-31T00:00:00'];

/** A few of the texts that a search could find. */
export function someTexts(entitySet: EntitySet, warehouse: WarehouseRows): readonly string[] {
  const rows = warehouse.rows(entitySet.entity.name);
  const step = Math.ceil(rows.length / 20);
  return rows
    .filter((_, index) => index % step === 0)
    .flatMap((row) => searchedTexts(row, entitySet, warehouse));
}

const LAMBDA_DEPTH = 2;

/**
 * What can be said of a row: of its own values, of rows that single-valued navigations lead to, and of those that the others do.
 * `variable` is the name of the row inside a lambda, null for the row itself.
 */
export function vocabularyOf(
  entitySet: EntitySet,
  warehouse: WarehouseRows,
  variable: string | null = null,
  depth = 0,
): Vocabulary {
  const prefix = variable === null ? '' : `${variable}/`;
  const navigations = [...entitySet.navigations.values()];
  const single = navigations.filter(({ many }) => !many);
  const many = navigations.filter((navigation) => navigation.many);
  const sources = [
    { prefix, listing: entitySet },
    ...single.map(({ name, to }) => ({ prefix: `${prefix}${name}/`, listing: warehouse.entitySet(to) })),
  ];
  const named = (...types: readonly EdmType[]): readonly string[] =>
    sources.flatMap((source) => namesOf(source.listing, types).map((name) => source.prefix + name));
  const samplesOf = <T extends Value>(
    kind: (value: Value) => value is T,
    ...types: readonly EdmType[]
  ): readonly T[] => [
    ...new Set(sources.flatMap((source) => valuesOf(source.listing, types, warehouse).filter(kind))),
  ];
  const wholes = named('Edm.Int32', 'Edm.Int64');
  return {
    texts: named('Edm.String'),
    wholes: [...wholes, ...many.map(({ name }) => `${prefix}${name}/$count`)],
    measures: wholes,
    fractions: [],
    truths: named('Edm.Boolean'),
    instants: named('Edm.DateTimeOffset'),
    samples: {
      texts: [...NASTY_TEXTS, ...samplesOf(isText, 'Edm.String')],
      wholes: [9007199254740993n, ...samplesOf(isWhole, 'Edm.Int32', 'Edm.Int64')],
      fractions: [0.5, -0.5, 2.5, -2.5, 0.1, 1e300],
      instants: [...INSTANTS, ...samplesOf(isText, 'Edm.DateTimeOffset')],
      days: ['2026-11-20', '2026-11-19', '2016-01-01'],
    },
    conditions:
      depth < LAMBDA_DEPTH && many.length > 0
        ? [
            fc
              .constantFrom(...many)
              .chain((navigation) => quantified(navigation, prefix, warehouse, depth + 1)),
          ]
        : [],
  };
}

function quantified(
  navigation: NavigationProperty,
  prefix: string,
  warehouse: WarehouseRows,
  depth: number,
): Tree {
  const variable = `v${depth}`;
  const { condition } = randomExpressions(
    vocabularyOf(warehouse.entitySet(navigation.to), warehouse, variable, depth),
  );
  const segments = `${prefix}${navigation.name}`.split('/');
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(lambda(segments, 'any', null, null)) },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom('any', 'all' as const), condition)
        .map(([quantifier, body]) => lambda(segments, quantifier, variable, body)),
    },
  );
}

function lambda(
  segments: readonly string[],
  quantifier: 'any' | 'all',
  variable: string | null,
  body: Expression | null,
): Expression {
  return { kind: 'lambda', segments, quantifier, variable, body, at };
}

function namesOf({ properties }: EntitySet, types: readonly EdmType[]): readonly string[] {
  return [...properties].filter(([, { type }]) => types.includes(type)).map(([name]) => name);
}

/** A few of the values of each column. */
function valuesOf(
  entitySet: EntitySet,
  types: readonly EdmType[],
  warehouse: WarehouseRows,
): readonly Value[] {
  const rows = warehouse.rows(entitySet.entity.name);
  return namesOf(entitySet, types).flatMap((name) => {
    const distinct = [...new Set(rows.map((row) => row[name] ?? null))];
    const step = Math.ceil(distinct.length / 5);
    return distinct.filter((_, index) => index % step === 0);
  });
}

const isText = (value: Value): value is string => typeof value === 'string';
const isWhole = (value: Value): value is bigint => typeof value === 'bigint';
