// How the model says which person a row is about.
import { describe, expect, test } from '@jest/globals';
import { derivePersonalDataMap } from '../../schema/derive/personal-data-map.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeModel } from '../../schema/model.ts';
import { parseProfile, profileOf } from '../../schema/privacy-profile.ts';
import { entity, int32, navigation, text, textOrNull } from '../../schema/entity.ts';

const people = derivePersonalDataMap(MODEL)!;
const waysOf = (name: string) => {
  const collection = people.collections.find(({ entity: { name: each } }) => each === name);
  return (
    collection && {
      by: collection.personColumns.map(({ own, theirs }) => `${own} = ${theirs}`),
      thing: collection.ownedColumn,
    }
  );
};

describe('the personal-data map', () => {
  test('has every collection with personal data', () => {
    const personal = [...MODEL.entities.values()].filter(({ properties }) =>
      Object.values(properties).some((property) => property.personal),
    );
    expect(personal.length).toBeGreaterThan(4);
    expect(people.collections.map(({ entity: { name } }) => name)).toEqual(
      expect.arrayContaining(personal.map(({ name }) => name)),
    );
    for (const { entity: collection, personalProperties } of people.collections) {
      const marked = Object.entries(collection.properties).filter(([, property]) => property.personal);
      expect(personalProperties).toEqual(marked.map(([name]) => name));
    }
  });

  test.each([
    ['users', ['userKey = userKey'], null],
    ['userHistories', ['userKey = userKey'], null],
    ['userDeviceAssociations', ['userKey = userKey'], null],
    ['devices', ['userId = userId', 'primaryUser = userId'], null],
    ['devicePropertyHistories', [], 'deviceKey'],
    ['deviceEncryptionStates', [], 'deviceKey'],
    ['mamApplicationInstances', ['userId = userId'], null],
    ['mamCheckins', ['userKey = userKey'], null],
    ['userTermsAndConditionsAcceptances', ['userKey = userKey'], null],
  ])('%s are of a person by %j, or of a thing by %s', (name, by, thing) => {
    expect(waysOf(name)).toEqual({ by, thing });
  });

  test('has no counts and no lookups', () => {
    expect(waysOf('encryptionActivities')).toBeUndefined();
    expect(waysOf('policies')).toBeUndefined();
  });
});

describe('a model from which people cannot be erased is refused', () => {
  const options = { lifetime: 'current', description: 'A.', key: ['k'] } as const;
  const k = int32('K.', { role: 'surrogate' });
  const id = text('Id.', { personal: 'id' });
  const folk = entity({ ...options, name: 'folk', singular: 'one', person: 'id', properties: { k, id } });
  const orphan = entity({
    ...options,
    name: 'orphans',
    singular: 'orphan',
    properties: { k, phone: textOrNull('Phone.', { personal: 'phone' }) },
  });

  test('where a personal value belongs to no person', () => {
    expect(() => derivePersonalDataMap(makeModel('Test', [folk, orphan]))).toThrow(
      'orphans.phone is about nobody',
    );
    expect(() => derivePersonalDataMap(makeModel('Test', [orphan]))).toThrow('has none');
  });

  test('where a personal value other than an id may not be null', () => {
    const named = entity({
      ...options,
      name: 'named',
      singular: 'n',
      properties: { k, name: text('Name.', { personal: 'name' }) },
      navigations: { one: navigation('folk', { k: 'k' }, 'named', 'One.') },
    });
    expect(() => makeModel('Test', [folk, named])).toThrow('named.name is personal');
  });
});

describe('a privacy profile as text', () => {
  test.each([
    ['full', profileOf('full')],
    ['masked', profileOf('masked')],
    ['masked,name=full, ip=dropped', profileOf('masked', { name: 'full', ip: 'dropped' })],
    ['mask', null],
    ['', null],
    ['masked,', null],
    ['masked,shoe=full', null],
    ['masked,name=some', null],
    ['masked,name=full=ip', null],
  ])('%j', (text, profile) => {
    expect(parseProfile(text)).toEqual(profile);
  });
});
