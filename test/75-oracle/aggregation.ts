// A random aggregation: transformations, and options upon their result, beside the rows that they mean.
import fc from 'fast-check';
import type { EntitySet } from '../../schema/derive/exposed-model.ts';
import { isSearchable } from '../../schema/derive/search-index.ts';
import type { EdmType, Row, Value } from '../../schema/entity.ts';
import type { Transformation } from '../../src/odata/syntax/parsed-request.ts';
import { evaluateApply, type RelatedValues, inOrder } from '../40-sql/apply-evaluator.ts';
import { type Columns, randomApplies, type ColumnKind } from '../40-sql/random-applies.ts';
import type { JsonRow } from './evaluate-query.ts';
import { randomSearch } from './random-search.ts';
import { someTexts } from './random-query.ts';
import { NO_OPTIONS, type Query } from './query.ts';
import type { WarehouseRows } from './warehouse-rows.ts';
import { matchesSearch, searchedTexts } from './evaluate-search.ts';

// Sums of these are exact, since the warehouse keeps nothing larger in an Int32.
const COLUMN_KINDS: Readonly<Record<EdmType, ColumnKind>> = {
  'Edm.Int32': 'measure',
  'Edm.Int64': 'whole',
  'Edm.Double': 'fraction',
  'Edm.String': 'text',
  'Edm.Boolean': 'truth',
  'Edm.DateTimeOffset': 'instant',
};

/** On each collection whose rows JavaScript groups in no time. */
export function randomAggregation(warehouse: WarehouseRows): fc.Arbitrary<Query> {
  const entitySets = [...warehouse.exposedModel.entitySets.values()].filter(
    ({ entity }) => warehouse.rows(entity.name).length < 2000,
  );
  return fc.oneof(
    ...entitySets.map((entitySet) =>
      fc
        .record({
          steps: randomApplies(
            columnsOf(entitySet),
            navigableColumns(entitySet, warehouse),
            [...relatedValuesOf(entitySet, warehouse).keys()].filter((path) => !path.endsWith('$count')),
          ),
          search: searchOf(entitySet, warehouse),
          peeled: fc.boolean(),
          pageSize: fc.option(fc.integer({ min: 3, max: 60 }), { nil: null }),
        })
        .map(({ search, steps, ...rest }) => ({ ...rest, steps: [...search, ...steps] }))
        .filter(({ steps }) => steps.length > 0)
        .map(({ steps, peeled, pageSize }): Query => ({
          collection: entitySet.entity.name,
          ...(peeled ? moveToOptions(steps) : { apply: steps, options: NO_OPTIONS }),
          pageSize,
          ieee754Compatible: false,
        })),
    ),
  );
}

/** Now and then rows are searched before all else. */
function searchOf(entitySet: EntitySet, warehouse: WarehouseRows): fc.Arbitrary<readonly Transformation[]> {
  if (!isSearchable(entitySet, warehouse.exposedModel)) return fc.constant([]);
  const search = randomSearch(someTexts(entitySet, warehouse)).map(
    (expression): readonly Transformation[] => [{ kind: 'search', expression, at: 0 }],
  );
  return fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: search });
}

/** The last steps are options of the query as well: its order is filter, orderby, skip, top. */
function moveToOptions(steps: readonly Transformation[]): Pick<Query, 'apply' | 'options'> {
  let apply = steps;
  let options = NO_OPTIONS;
  const take = <Kind extends Transformation['kind']>(
    kind: Kind,
  ): (Transformation & { readonly kind: Kind }) | null => {
    const last = apply.at(-1);
    if (last?.kind !== kind || apply.length === 1) return null;
    apply = apply.slice(0, -1);
    return last as Transformation & { readonly kind: Kind };
  };
  const top = take('top');
  if (top) options = { ...options, top: top.rows };
  const skip = take('skip');
  if (skip) options = { ...options, skip: skip.rows };
  const order = take('orderby');
  if (order) options = { ...options, orderby: order.terms };
  const filter = take('filter');
  if (filter) options = { ...options, filter: filter.expression };
  return { apply, options };
}

/** A row without what is null: a column of one branch is not in the rows of another. */
export function withoutNulls(row: JsonRow): JsonRow {
  const members = Object.entries(row).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    if (typeof value !== 'object') return [[name, value]];
    const inner = value === null ? {} : withoutNulls({ ...value });
    return Object.keys(inner).length > 0 ? [[name, inner]] : [];
  });
  return Object.fromEntries(members);
}

/** In their order, and without what is null. */
export function evaluateAggregation(
  { collection, apply, options }: Query,
  warehouse: WarehouseRows,
): readonly JsonRow[] {
  const entitySet = warehouse.entitySet(collection);
  const navigable = [...navigableColumns(entitySet, warehouse).keys()];
  const [first, ...more] = apply ?? [];
  const search = first?.kind === 'search' ? first.expression : null;
  const rows = warehouse
    .rows(collection)
    .filter((row) => search === null || matchesSearch(search, searchedTexts(row, entitySet, warehouse)))
    .map((row) => ({ ...row, ...navigatedValues(row, entitySet, warehouse) }));
  const { filter, orderby, skip, top } = options;
  const at = 0;
  const upon: readonly Transformation[] = [
    ...(filter ? [{ kind: 'filter', expression: filter, at } as const] : []),
    ...(orderby ? [{ kind: 'orderby', terms: orderby, at } as const] : []),
    ...(skip === null ? [] : [{ kind: 'skip', rows: skip, at } as const]),
    ...(top === null ? [] : [{ kind: 'top', rows: top, at } as const]),
  ];
  const table = evaluateApply([...(search ? more : (apply ?? [])), ...upon], {
    rows,
    key: entitySet.entity.key,
    order: [],
    navigable,
    relatedValues: relatedValuesOf(entitySet, warehouse),
  });
  const shown = (name: string): boolean => !table.navigable.includes(name) && !name.startsWith('#');
  return inOrder(table).map((row) =>
    withoutNulls(nested(Object.entries(row).filter(([name]) => shown(name)))),
  );
}

function columnsOf({ properties }: EntitySet): Columns {
  return new Map([...properties].map(([name, { type }]) => [name, COLUMN_KINDS[type]]));
}

function navigableColumns(entitySet: EntitySet, warehouse: WarehouseRows): Columns {
  const single = [...entitySet.navigations.values()].filter(({ many }) => !many);
  return new Map(
    single.flatMap(({ name, to }) =>
      [...columnsOf(warehouse.entitySet(to))].map(([column, use]) => [`${name}/${column}`, use] as const),
    ),
  );
}

/** Whole numbers of rows that a row leads to many of, and how many those are. */
function relatedValuesOf(entitySet: EntitySet, warehouse: WarehouseRows): RelatedValues {
  const many = [...entitySet.navigations.values()].filter((navigation) => navigation.many);
  return new Map(
    many.flatMap((navigation) => {
      const wholes = [...warehouse.entitySet(navigation.to).properties].filter(
        ([, { type }]) => type === 'Edm.Int32',
      );
      const values = (name: string) => (row: Row) =>
        warehouse.navigate(row, navigation).map((target) => target[name] ?? null);
      return [
        ...wholes.map(([name]) => [`${navigation.name}/${name}`, values(name)] as const),
        [
          `${navigation.name}/$count`,
          (row: Row) => warehouse.navigate(row, navigation).map(() => 1n),
        ] as const,
      ];
    }),
  );
}

function navigatedValues(row: Row, entitySet: EntitySet, warehouse: WarehouseRows): Row {
  const single = [...entitySet.navigations.values()].filter(({ many }) => !many);
  return Object.fromEntries(
    single.flatMap((navigation) => {
      const target = warehouse.navigate(row, navigation)[0];
      return [...warehouse.entitySet(navigation.to).properties.keys()].map((name): [string, Value] => [
        `${navigation.name}/${name}`,
        target?.[name] ?? null,
      ]);
    }),
  );
}

/** `kind/title` is a column of what is inside `kind`. */
function nested(entries: readonly (readonly [string, Value])[]): JsonRow {
  const inside = Map.groupBy(entries, ([name]) => name.split('/')[0] ?? '');
  return Object.fromEntries(
    [...inside].map(([first, columns]): readonly [string, unknown] => {
      const [name, value] = columns[0] ?? ['', null];
      if (!name.includes('/')) return [first, asJson(value)];
      return [first, nested(columns.map(([path, each]) => [path.slice(first.length + 1), each]))];
    }),
  );
}

function asJson(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? `${value}Z` : value;
}
