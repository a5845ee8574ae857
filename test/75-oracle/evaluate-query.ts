// What a query means, over whole collections in plain JavaScript: filter, order, limit, select, in the standard's order.
import type { EntitySet } from '../../schema/derive/exposed-model.ts';
import type { Value } from '../../schema/entity.ts';
import type { OrderTerm } from '../../src/odata/syntax/expression.ts';
import type { ComputeItem, ExpandItem, NestedOptions } from '../../src/odata/syntax/parsed-request.ts';
import { compareCells } from '../40-sql/evaluator.ts';
import { rowContextOf, type RowContext, truthOf, valueOf } from './evaluate-expression.ts';
import type { Query } from './query.ts';
import { matchesSearch, searchedTexts } from './evaluate-search.ts';
import type { WarehouseRows } from './warehouse-rows.ts';

export type JsonRow = Readonly<Record<string, unknown>>;

export interface Expected {
  readonly rows: readonly JsonRow[];
  /** Rows before $top and $skip. */
  readonly count: number;
}

export function evaluateQuery(
  { collection, options, ieee754Compatible }: Query,
  warehouse: WarehouseRows,
): Expected {
  const entitySet = warehouse.entitySet(collection);
  const contexts = warehouse.rows(collection).map((row) => rowContextOf(row, entitySet));
  return evaluateOptions(contexts, entitySet, options, { warehouse, int64AsText: ieee754Compatible });
}

interface EvaluationContext {
  readonly warehouse: WarehouseRows;
  readonly int64AsText: boolean;
}

/** The options of a query, or those inside an $expand, upon rows of one collection. */
function evaluateOptions(
  places: readonly RowContext[],
  entitySet: EntitySet,
  options: NestedOptions,
  context: EvaluationContext,
): Expected {
  const { warehouse } = context;
  const { filter, search, orderby, skip, top } = options;
  const found = places
    .map((place) => computed(place, options.compute ?? [], warehouse))
    .filter(({ row }) => search === null || matchesSearch(search, searchedTexts(row, entitySet, warehouse)))
    .filter((place) => filter === null || truthOf(filter, place, warehouse) === true);
  const ordered = inOrder(found, orderby ?? [], entitySet.entity.key, warehouse);
  const from = skip ?? 0;
  return {
    count: found.length,
    rows: ordered.slice(from, top === null ? undefined : from + top).map((place) => ({
      ...shownColumns(place, options, context),
      ...expanded(place, options.expand ?? [], context),
    })),
  };
}

function computed(place: RowContext, items: readonly ComputeItem[], warehouse: WarehouseRows): RowContext {
  const values = items.map(({ expression, as }) => [as, valueOf(expression, place, warehouse)] as const);
  const types = items.map(({ expression, as }) => {
    return [as, expression.kind === 'arithmetic' ? 'Edm.Int64' : 'Edm.String'] as const;
  });
  return {
    ...place,
    row: { ...place.row, ...Object.fromEntries(values) },
    types: new Map([...place.types, ...types]),
  };
}

function shownColumns(
  { row, types }: RowContext,
  { select }: NestedOptions,
  { int64AsText }: EvaluationContext,
): JsonRow {
  const chosen = select?.map(({ segments: [name = ''] }) => name) ?? ['*'];
  const names = chosen.includes('*') ? [...types.keys()] : chosen;
  return Object.fromEntries(
    names.map((name) => [name, asJson(row[name] ?? null, types.get(name) ?? '', int64AsText)]),
  );
}

/** What each navigation adds to a row: a row, rows, their number, or both. */
function expanded(place: RowContext, items: readonly ExpandItem[], context: EvaluationContext): JsonRow {
  return Object.assign({}, ...items.map((item) => expandedBy(item, place, context))) as JsonRow;
}

function expandedBy(
  { segments: [name = ''], form, options }: ExpandItem,
  place: RowContext,
  context: EvaluationContext,
): JsonRow {
  const { warehouse, int64AsText } = context;
  const navigation = place.entitySet?.navigations.get(name);
  if (!navigation) throw new TypeError(`No navigation '${name}'.`);
  const target = warehouse.entitySet(navigation.to);
  const targets = warehouse.navigate(place.row, navigation).map((row) => rowContextOf(row, target));
  const { rows, count } = evaluateOptions(targets, target, options, context);
  if (!navigation.many) return { [name]: rows[0] ?? null };
  const number = { [`${name}@odata.count`]: int64AsText ? String(count) : count };
  if (form === 'count') return number;
  return { ...(options.count === true && number), [name]: rows };
}

// The rest of the order is the key; backwards where all that was asked is the key backwards, as the feed promises.
function inOrder(
  places: readonly RowContext[],
  terms: readonly OrderTerm[],
  key: readonly string[],
  warehouse: WarehouseRows,
): readonly RowContext[] {
  const isBackwards =
    terms.length > 0 &&
    terms.every(
      ({ expression, descending }, index) =>
        descending &&
        expression.kind === 'path' &&
        expression.segments.length === 1 &&
        expression.segments[0] === key[index],
    );
  return places
    .map((place) => ({
      place,
      by: [
        ...terms.map(({ expression, descending }) => ({
          value: valueOf(expression, place, warehouse),
          descending,
        })),
        ...key.map((name) => ({ value: place.row[name] ?? null, descending: isBackwards })),
      ],
    }))
    .sort((one, other) => {
      for (const [index, { value, descending }] of one.by.entries()) {
        const difference = compareCells(value, other.by[index]?.value ?? null);
        if (difference !== 0) return descending ? -difference : difference;
      }
      return 0;
    })
    .map(({ place }) => place);
}

/** A value as JSON.parse gives it back. */
export function asJson(value: Value, type: string, int64AsText: boolean): unknown {
  if (typeof value === 'bigint') return int64AsText && type === 'Edm.Int64' ? String(value) : Number(value);
  return type === 'Edm.DateTimeOffset' && value !== null ? `${String(value)}Z` : value;
}
