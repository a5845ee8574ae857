// What the model becomes in SQLite: tables, views and indexes by the lifetime of each collection.
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { SQLITE_BUILD_DIALECT } from '../../src/engines/sqlite/sqlite-build-dialect.ts';
import { definitionText, deriveDdl } from '../../src/sql/build/schema/derive-ddl.ts';
import { storageOf } from '../../schema/derive/storage.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeModel, type Model } from '../../schema/model.ts';
import {
  entity,
  instant,
  int32,
  int64OrNull,
  navigation,
  text,
  bool,
  type Lifetime,
  type Property,
} from '../../schema/entity.ts';

const sqlOf = (model: Model, name: string) => {
  const found = deriveDdl(SQLITE_BUILD_DIALECT, model).find((each) => each.name === name);
  return found && definitionText(found);
};

function one(lifetime: Lifetime, key: readonly string[], properties: Record<string, Property>): Model {
  return makeModel('One', [
    entity({ name: 'rows', singular: 'row', lifetime, description: 'Rows.', key, properties }),
  ]);
}

describe('tables', () => {
  test('a single integer key is the rowid; every other key is the tree the rows lie in', () => {
    const integer = one('current', ['id'], { id: int32('Id.'), size: int64OrNull('Size.') });
    expect(sqlOf(integer, 'rows')).toBe(
      'CREATE TABLE "rows" (\n  "id" INTEGER NOT NULL,\n  "size" INTEGER,\n  PRIMARY KEY ("id")\n) STRICT',
    );
    const words = one('current', ['id'], { id: text('Id.'), there: bool('There.') });
    expect(sqlOf(words, 'rows')).toBe(
      'CREATE TABLE "rows" (\n  "id" TEXT NOT NULL,\n  "there" INTEGER NOT NULL,\n  PRIMARY KEY ("id")\n) STRICT, WITHOUT ROWID',
    );
  });

  test('daily rows are stored as validity intervals in monthly partitions, and shown day by day', () => {
    const daily = one('daily', ['dateKey', 'id'], {
      dateKey: int32('Night.', { role: 'day' }),
      id: text('Id.'),
      at: instant('At.'),
    });
    expect(sqlOf(daily, 'rowsSpans')).toContain(
      'PRIMARY KEY ("period", "id", "fromKey")\n) STRICT, WITHOUT ROWID',
    );
    expect(sqlOf(daily, 'rows')).toBe(
      `CREATE VIEW "rows" AS
SELECT d.dateKey AS "dateKey",
  s."id" AS "id",
  s."at" AS "at"
FROM "snapshotDays" d JOIN "rowsSpans" s ON s.period = d.period AND s.fromKey <= d.dateKey AND s.toKey > d.dateKey
WHERE d.collection = 'rows'`,
    );
  });

  test.each(['daily', 'history'] as const)(
    'what leads to a %s collection finds no index beside its key',
    (lifetime) => {
      const model = makeModel('Two', [
        entity({
          name: 'trips',
          singular: 'trip',
          lifetime,
          description: 'Trips.',
          key: lifetime === 'daily' ? ['dateKey', 'tripId'] : ['tripId'],
          properties: {
            dateKey: int32('Day.', lifetime === 'daily' ? { role: 'day' } : {}),
            tripId: text('Trip.'),
            plate: text('Car.'),
          },
        }),
        entity({
          name: 'cars',
          singular: 'car',
          lifetime: 'current',
          description: 'Cars.',
          key: ['plate'],
          properties: { plate: text('Plate.') },
          navigations: { trip: navigation('trips', { plate: 'plate' }, 'cars', 'Trip.') },
        }),
      ]);
      expect(deriveDdl(SQLITE_BUILD_DIALECT, model).filter(({ kind }) => kind === 'index')).toEqual([]);
    },
  );

  test('the columns of navigations are indexed where no key serves', () => {
    const model = makeModel('Two', [
      entity({
        name: 'owners',
        singular: 'owner',
        lifetime: 'current',
        description: 'Owners.',
        key: ['ownerKey'],
        properties: { ownerKey: int32('Key.', { role: 'surrogate' }), mail: text('Mail.') },
      }),
      entity({
        name: 'cars',
        singular: 'car',
        lifetime: 'current',
        description: 'Cars.',
        key: ['plate'],
        properties: {
          plate: text('Plate.'),
          ownerKey: int32('Owner.', { refers: 'owners' }),
          mail: text('Mail.'),
        },
        navigations: {
          owner: navigation('owners', { ownerKey: 'ownerKey' }, 'cars', 'Owner.'),
          byMail: navigation('owners', { mail: 'mail' }, 'carsByMail', 'Owner.'),
        },
      }),
    ]);
    const indexes = deriveDdl(SQLITE_BUILD_DIALECT, model).filter(({ kind }) => kind === 'index');
    expect(indexes.map(({ name }) => name).sort()).toEqual(['carsByMail', 'carsByOwnerKey', 'ownersByMail']);
  });
});

describe('contradicting definitions', () => {
  test.each<[string, Lifetime, Record<string, Property>, string]>([
    [
      'a day in a latest state',
      'current',
      { id: int32('', { role: 'day' }) },
      `the role 'day' means nothing`,
    ],
    ['a daily collection without a day', 'daily', { id: int32('') }, `needs a property with the role 'day'`],
    ['an event without a day', 'event', { id: int32('') }, `needs a property with the role 'day'`],
    [
      'two days',
      'event',
      { id: int32('', { role: 'day' }), day: int32('', { role: 'day' }) },
      `a second property with the role 'day'`,
    ],
    [
      'a name that spans use',
      'history',
      { id: int32(''), toKey: int32('') },
      'validity intervals have a column of this name',
    ],
  ])('%s', (_, lifetime, properties, message) => {
    const [rows] = one(lifetime, ['id'], properties).entities.values();
    expect(() => storageOf(rows!)).toThrow(message);
  });
});

describe('the whole warehouse', () => {
  const database = new Database(':memory:');
  for (const definition of deriveDdl(SQLITE_BUILD_DIALECT, MODEL)) database.exec(definitionText(definition));

  test.each([...MODEL.entities.values()].map((each) => [each.name, each] as const))(
    '%s is a relation whose columns are its properties, in their order',
    (name, { properties }) => {
      const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(name);
      expect(columns).toEqual(Object.keys(properties));
    },
  );
});
