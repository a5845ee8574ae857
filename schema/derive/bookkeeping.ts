// The tables that every generation has besides its collections.

interface BookkeepingTable {
  /** In the order in which they are stored; none is null. */
  readonly columns: Readonly<Record<string, 'INTEGER' | 'TEXT'>>;
  readonly primaryKey: readonly string[];
}

export const BOOKKEEPING = {
  /** One row: which generation this file is. */
  generation: {
    columns: { id: 'INTEGER', dateKey: 'INTEGER', publishedAtUTC: 'TEXT' },
    primaryKey: ['id'],
  },
  /** The snapshot days of each daily collection; its view has no other days. */
  snapshotDays: {
    columns: { collection: 'TEXT', dateKey: 'INTEGER', period: 'INTEGER' },
    primaryKey: ['collection', 'dateKey'],
  },
  /** Natural key → surrogate key, for ever. */
  surrogateKeys: {
    columns: { entity: 'TEXT', natural: 'TEXT', key: 'INTEGER' },
    primaryKey: ['entity', 'natural'],
  },
  /** The highest key ever given; it never goes back, so that no key is given twice. */
  surrogateSequences: { columns: { entity: 'TEXT', last: 'INTEGER' }, primaryKey: ['entity'] },
  /** People who were erased, by a hash of their id, and the placeholder that stands for them. */
  tombstones: {
    columns: { hash: 'TEXT', placeholder: 'TEXT', forGood: 'INTEGER' },
    primaryKey: ['hash'],
  },
  /** What is kept of each kind of personal value; no rows where everything is. */
  privacy: { columns: { kind: 'TEXT', treatment: 'TEXT' }, primaryKey: ['kind'] },
} as const satisfies Readonly<Record<string, BookkeepingTable>>;

interface BookkeepingColumn {
  readonly name: string;
  readonly type: 'Edm.Int32' | 'Edm.String';
}

/** Bookkeeping that a warehouse needs for its further runs, by table: the columns, none of them null. */
export const BOOKKEEPING_TABLES: Readonly<Record<string, readonly BookkeepingColumn[]>> = Object.fromEntries(
  Object.entries(BOOKKEEPING)
    .filter(([name]) => name !== 'generation')
    .map(([name, { columns }]) => [name, Object.entries(columns).map(bookkeepingColumn)]),
);

function bookkeepingColumn([name, type]: readonly [string, 'INTEGER' | 'TEXT']): BookkeepingColumn {
  return { name, type: type === 'TEXT' ? 'Edm.String' : 'Edm.Int32' };
}
