// Which collections $search looks through, and that $metadata says the same.
import { describe, expect, test } from '@jest/globals';
import { collectionAnnotations } from '../../schema/derive/annotations.ts';
import { deriveCatalogue } from '../../schema/derive/catalogue.ts';
import { searchIndexOf } from '../../schema/derive/search.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';

const SEARCHABLE = 'Org.OData.Capabilities.V1.SearchRestrictions';
const indexOf = (name: string) => searchIndexOf(MODEL.entities.get(name)!);

describe('a word index', () => {
  test('is of the text columns of what there is now', () => {
    expect(indexOf('users')).toEqual({
      name: 'usersSearch',
      key: 'userKey',
      columns: ['userId', 'userEmail', 'userPrincipalName', 'displayName'],
    });
    expect(indexOf('devices')?.columns).toEqual(expect.arrayContaining(['deviceName', 'serialNumber']));
  });

  test('knows rows by a surrogate where the key is a text', () => {
    expect(indexOf('deviceCategories')?.key).toBe('deviceCategoryKey');
  });

  test.each([
    ['devicePropertyHistories', 'is a row a night'],
    ['userHistories', 'is a row a state'],
    ['dates', 'has no text'],
    ['appRevisions', 'has a key of two parts'],
    ['complianceStates', 'has no number'],
  ])('is not made for %s, which %s', (name) => {
    expect(indexOf(name)).toBeNull();
  });

  test('is announced where there is one, and on beta alone', () => {
    for (const version of ['v1.0', 'beta'] as const) {
      const catalogue = deriveCatalogue(MODEL, version);
      for (const listing of catalogue.listings.values()) {
        const searchable = version === 'beta' && searchIndexOf(listing.entity) !== null;
        expect([listing.entity.name, collectionAnnotations(catalogue, listing)[SEARCHABLE]]).toEqual([
          listing.entity.name,
          { record: { Searchable: searchable } },
        ]);
      }
    }
  });
});
