// Which collections $search looks through, and that $metadata says the same.
import { describe, expect, test } from '@jest/globals';
import { collectionAnnotations } from '../../schema/derive/annotations.ts';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { isSearchable, searchedNavigations, searchIndexOf } from '../../schema/derive/search-index.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';

const SEARCHABLE = 'Org.OData.Capabilities.V1.SearchRestrictions';
const indexOf = (name: string) => searchIndexOf(MODEL.entities.get(name)!);

describe('a search index', () => {
  test('covers the text columns of the latest state', () => {
    expect(indexOf('users')).toEqual({
      name: 'usersSearch',
      key: 'userKey',
      columns: ['userId', 'userEmail', 'userPrincipalName', 'displayName'],
    });
    expect(indexOf('devices')?.columns).toEqual(expect.arrayContaining(['deviceName', 'serialNumber']));
  });

  test('refers to rows by a surrogate key where the key is a text', () => {
    expect(indexOf('deviceCategories')?.key).toBe('deviceCategoryKey');
  });

  test.each([
    ['devicePropertyHistories', 'has a row per day'],
    ['userHistories', 'has a row per state'],
    ['appRevisions', 'has a key of two parts'],
    ['complianceStates', 'has no number'],
  ])('indexes the texts of %s and not its rows, because it %s', (name) => {
    expect(indexOf(name)?.key).toBeNull();
  });

  test('does not exist where there is no text', () => {
    expect(indexOf('dates')).toBeNull();
  });

  test('of related rows also serves a fact, and a collection without text', () => {
    const exposedModel = deriveExposedModel(MODEL, 'beta');
    const navigationsOf = (name: string) =>
      searchedNavigations(exposedModel.entitySets.get(name)!, exposedModel).map(
        (navigation) => navigation.name,
      );
    expect(navigationsOf('encryptionActivities')).toEqual([
      'deviceType',
      'encryptionReadinessState',
      'encryptionState',
    ]);
    expect(navigationsOf('devicePropertyHistories')).toContain('device');
    expect(navigationsOf('userDeviceAssociations')).toEqual(['user', 'device']);
    expect(navigationsOf('devices')).toEqual([]);
    expect(navigationsOf('userHistories')).toEqual([]);
    expect(navigationsOf('compliancePolicyStatusDeviceActivities')).toEqual([]);
  });

  test('is announced where there is one, and on beta only', () => {
    for (const version of ['v1.0', 'beta'] as const) {
      const exposedModel = deriveExposedModel(MODEL, version);
      for (const entitySet of exposedModel.entitySets.values()) {
        const searchable = version === 'beta' && isSearchable(entitySet, exposedModel);
        expect([entitySet.entity.name, collectionAnnotations(exposedModel, entitySet)[SEARCHABLE]]).toEqual([
          entitySet.entity.name,
          { record: { Searchable: searchable } },
        ]);
      }
    }
  });
});
