// What a query means, over whole collections in plain JavaScript: filter, order, cut, choose columns, in the standard's order.
import { searchIndexOf } from '../../schema/derive/search.ts';
import type { Value } from '../../schema/words.ts';
import type { OrderTerm } from '../../src/odata/expression.ts';
import { compareCells } from '../40-sql/evaluator.ts';
import { placeOf, type Place, truthOf, valueOf } from './expression-of-row.ts';
import type { Query } from './query.ts';
import { isFound } from './words-of-row.ts';
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
  const listing = warehouse.listing(collection);
  const { filter, search, orderby, skip, top, select } = options;
  const found = warehouse
    .rows(collection)
    .filter((row) => search === null || isFound(search, row, searchIndexOf(listing.entity)?.columns ?? []))
    .map((row) => placeOf(row, listing))
    .filter((place) => filter === null || truthOf(filter, place, warehouse) === true);
  const ordered = inOrder(found, orderby ?? [], listing.entity.key, warehouse);
  const columns = select?.map(({ segments: [name = ''] }) => name) ?? ['*'];
  const names = columns.includes('*') ? [...listing.properties.keys()] : columns;
  const from = skip ?? 0;
  return {
    count: found.length,
    rows: ordered
      .slice(from, top === null ? undefined : from + top)
      .map(({ row, types }) =>
        Object.fromEntries(
          names.map((name) => [name, asJson(row[name] ?? null, types.get(name) ?? '', ieee754Compatible)]),
        ),
      ),
  };
}

// The rest of the order is the key; backwards where all that was asked is the key backwards, as the feed promises.
function inOrder(
  places: readonly Place[],
  terms: readonly OrderTerm[],
  key: readonly string[],
  warehouse: WarehouseRows,
): readonly Place[] {
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
