// Random typed queries over the whole warehouse: names from the catalogue, values from the rows.
import fc from 'fast-check';
import type { Listing } from '../../schema/derive/catalogue.ts';
import type { EdmType, Value } from '../../schema/words.ts';
import type { Expression, OrderTerm } from '../../src/odata/expression.ts';
import type { SelectItem } from '../../src/odata/wanted.ts';
import { randomExpressions, type Vocabulary } from '../40-sql/random-filters.ts';
import type { Query } from './query.ts';
import type { WarehouseRows } from './warehouse-rows.ts';

const at = 0;
// More rows than these are told apart by nothing that fewer would not tell.
const FEW_PAGES = 5;

/** Each collection is as likely as any other. */
export function randomQuery(warehouse: WarehouseRows): fc.Arbitrary<Query> {
  const queries = [...warehouse.catalogue.listings.values()].map((listing) => queryOf(listing, warehouse));
  return fc.oneof(...queries);
}

function queryOf(listing: Listing, warehouse: WarehouseRows): fc.Arbitrary<Query> {
  const collection = listing.entity.name;
  const total = warehouse.rows(collection).length;
  const { condition, text, wholeNumber, fractional, instant } = randomExpressions(
    vocabularyOf(listing, warehouse),
  );
  const names = [...listing.properties.keys()];
  const orNone = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
    fc.option(arbitrary, { nil: null });
  const term: fc.Arbitrary<OrderTerm> = fc.record({
    expression: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...names).map(pathTo) },
      { weight: 1, arbitrary: fc.oneof(text, wholeNumber, fractional, instant) },
    ),
    descending: fc.boolean(),
  });
  const columns: fc.Arbitrary<readonly SelectItem[]> = fc
    .oneof(
      { weight: 5, arbitrary: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant(['*']) },
    )
    .map((chosen) => chosen.map((name) => ({ segments: [name], at })));
  return fc.record({
    collection: fc.constant(collection),
    options: fc.record({
      filter: orNone(condition),
      orderby: orNone(fc.array(term, { minLength: 1, maxLength: 3 })),
      select: orNone(columns),
      top: orNone(fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: total + 2 }))),
      skip: orNone(fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: total + 2 }))),
      count: orNone(fc.boolean()),
      expand: fc.constant(null),
      compute: fc.constant(null),
      search: fc.constant(null),
      levels: fc.constant(null),
    }),
    apply: fc.constant(null),
    pageSize: orNone(fc.integer({ min: Math.max(1, Math.ceil(total / FEW_PAGES)), max: total + 2 })),
    ieee754Compatible: fc.boolean(),
  });
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

export function vocabularyOf({ entity, properties }: Listing, warehouse: WarehouseRows): Vocabulary {
  const rows = warehouse.rows(entity.name);
  const named = (...types: readonly EdmType[]): readonly string[] =>
    [...properties].filter(([, { type }]) => types.includes(type)).map(([name]) => name);
  const seen = <T extends Value>(
    names: readonly string[],
    kind: (value: Value) => value is T,
  ): readonly T[] => {
    const values = names.flatMap((name) => {
      const distinct = [...new Set(rows.map((row) => row[name] ?? null))].filter(kind);
      const step = Math.ceil(distinct.length / 5);
      return distinct.filter((_, index) => index % step === 0);
    });
    return [...new Set(values)];
  };
  const wholes = named('Edm.Int32', 'Edm.Int64');
  return {
    texts: named('Edm.String'),
    wholes,
    measures: wholes,
    fractions: [],
    truths: named('Edm.Boolean'),
    instants: named('Edm.DateTimeOffset'),
    samples: {
      texts: [...NASTY_TEXTS, ...seen(named('Edm.String'), isText)],
      wholes: [9007199254740993n, ...seen(wholes, isWhole)],
      fractions: [0.5, -0.5, 2.5, -2.5, 0.1, 1e300],
      instants: [...INSTANTS, ...seen(named('Edm.DateTimeOffset'), isText)],
      days: ['2026-11-20', '2026-11-19', '2016-01-01'],
    },
    conditions: [],
  };
}

const isText = (value: Value): value is string => typeof value === 'string';
const isWhole = (value: Value): value is bigint => typeof value === 'bigint';
