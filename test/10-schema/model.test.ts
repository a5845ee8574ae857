// The model compared with the vendor's contract, and with what the official reports rely on.
import { describe, expect, test } from '@jest/globals';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeModel } from '../../schema/model.ts';
import {
  entity,
  int32,
  int32OrNull,
  navigation,
  NOT_AVAILABLE_KEY,
  textOrNull,
  type Entity,
} from '../../schema/entity.ts';
import { CONTRACT, contractSets } from './contract.ts';

const entities = [...MODEL.entities.values()];
const get = (name: string): Entity => MODEL.entities.get(name)!;
const lookups = entities.filter(({ rows }) => rows !== undefined);

test('no two names of a scope differ by case alone', () => {
  const scopes = [
    entities.map(({ name }) => name),
    entities.map(({ singular }) => singular),
    ...[...deriveExposedModel(MODEL, 'beta').entitySets.values()].map(({ properties, navigations }) => [
      ...properties.keys(),
      ...navigations.keys(),
    ]),
  ];
  for (const names of scopes) {
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  }
});

describe('the contract', () => {
  test('has 43 sets, of which 42 are in v1.0', () => {
    expect(contractSets('beta').size).toBe(43);
    expect(contractSets('v1.0').size).toBe(42);
  });

  test.each(CONTRACT.map((row) => [`${row.set}.${row.property}`, row] as const))('%s is kept', (_, row) => {
    const { properties, key, beta } = get(row.set);
    expect(Object.keys(properties)[row.ordinal - 1]).toBe(row.property);
    const property = properties[row.property]!;
    expect(property.type).toBe(row.edmType);
    expect(key.indexOf(row.property) + 1).toBe(row.keyOrdinal ?? 0);
    expect(beta ?? property.beta ?? false).toBe(row.version === 'beta');
  });

  test('a column that we add to one of the vendor’s sets comes after theirs, on beta only', () => {
    for (const [set, rows] of contractSets('beta')) {
      const { beta, properties } = get(set);
      const ours = Object.entries(properties).slice(rows.length);
      expect(ours.filter(([, property]) => !(beta ?? property.beta)).map(([name]) => name)).toEqual([]);
    }
  });
});

describe('what official reports rely on', () => {
  const targets = entities.flatMap(({ name, navigations }) =>
    Object.entries(navigations).map(
      ([navigationName, { to, on }]) => [`${name}/${navigationName}`, name, to, on] as const,
    ),
  );

  test.each(targets)('%s leads to one row, and says whether there may be none', (_, from, to, on) => {
    for (const [own, theirs] of Object.entries(on)) {
      const target = get(to).properties[theirs]!;
      expect(target.type).toBe(get(from).properties[own]!.type);
      expect(target.nullable).toBe(false);
      const values = (get(to).rows ?? []).map((row) => row[theirs]);
      expect(new Set(values).size).toBe(values.length);
    }
  });

  test.each(entities.filter(({ key }) => key[0] === 'dateKey' && key.length > 0).map(({ name }) => [name]))(
    '%s is joined with the calendar',
    (name) => {
      if (name === 'dates') return;
      expect(Object.values(get(name).navigations)[0]).toMatchObject({
        to: 'dates',
        on: { dateKey: 'dateKey' },
      });
    },
  );

  test('the joins of the official reports are there', () => {
    const joins = entities.flatMap(({ name, navigations }) =>
      Object.values(navigations).flatMap(({ to, on }) =>
        Object.entries(on).map(([own, theirs]) => `${name}.${own} → ${to}.${theirs}`),
      ),
    );
    expect(joins).toEqual(
      expect.arrayContaining([
        'devices.userId → users.userId',
        'devices.primaryUser → users.userId',
        'devices.managementAgentKey → managementAgentTypes.managementAgentKey',
        'devices.deviceEnrollmentTypeKey → deviceEnrollmentTypes.deviceEnrollmentTypeKey',
        'policyTypeActivities.policyKey → policies.policyKey',
        'policyDeviceActivities.policyTypeKey → policyTypes.policyTypeKey',
        'compliancePolicyStatusDevicePerPolicyActivities.policyPlatformKey → policyPlatformTypes.policyPlatformTypeKey',
        'mamApplicationInstances.platform → mamPlatforms.platform',
        'mamCheckins.applicationInstanceKey → mamApplicationInstances.applicationInstanceKey',
        'userDeviceAssociations.deviceKey → devices.deviceKey',
        'appRevisions.vppProgramTypeKey → vppProgramTypes.vppProgramTypeKey',
      ]),
    );
  });

  test.each([
    ['deviceTypes', 'deviceTypeID', 'deviceTypeKey'],
    ['policyTypes', 'policyTypeId', 'policyTypeKey'],
  ])('%s may be joined by id as well as by key', (name, id, key) => {
    for (const row of get(name).rows ?? []) expect(row[key]).toBe(row[id]);
  });

  test.each([
    ['deviceTypes', 'deviceTypeID', [0, 1, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17]],
    ['ownerTypes', 'ownerTypeID', [0, 1, 2]],
    ['complianceStates', 'complianceStateID', ['0', '1', '2', '3', '4', '254', '255']],
  ])('%s has the ids that reports compare with', (name, id, ids) => {
    expect((get(name).rows ?? []).map((row) => row[id])).toEqual(expect.arrayContaining(ids));
  });

  test('the texts that reports compare with are spelled as the feed spells them', () => {
    const names = lookups.flatMap(({ rows }) => rows!.flatMap((row) => Object.values(row)));
    expect(names).toEqual(
      expect.arrayContaining(['Company', 'Personal', 'Registered', 'Mdm', 'Noncompliant', 'InGracePeriod']),
    );
  });
});

describe('lookups', () => {
  const surrogate = (name: string): string =>
    Object.keys(get(name).properties).find((property) => property.endsWith('Key'))!;

  test.each(lookups.map(({ name }) => [name]))(
    '%s has whole, distinct rows and exactly one row -1',
    (name) => {
      const { rows, properties, key } = get(name);
      const keys = rows!.map((row) => row[surrogate(name)]);
      expect(keys.filter((each) => each === NOT_AVAILABLE_KEY)).toHaveLength(1);
      expect(new Set(keys).size).toBe(keys.length);
      expect(new Set(rows!.map((row) => key.map((part) => row[part]).join())).size).toBe(rows!.length);
      for (const row of rows!) {
        expect(Object.keys(row).sort()).toEqual(Object.keys(properties).sort());
        for (const [property, { type, nullable }] of Object.entries(properties)) {
          const value = row[property];
          if (value === null) expect(nullable).toBe(true);
          else
            expect(typeof value).toBe(
              type === 'Edm.Int32' ? 'number' : type === 'Edm.Boolean' ? 'boolean' : 'string',
            );
        }
      }
    },
  );

  test('policy types keep the vendor’s numbers below 1000 and have ours from there', () => {
    const ids = get('policyTypes').rows!.map((row) => Number(row['policyTypeId']));
    expect(ids.filter((id) => id > 0 && id < 1000)).toHaveLength(75);
    expect(ids).not.toEqual(expect.arrayContaining([12]));
    expect(Math.max(...ids.filter((id) => id < 1000))).toBe(79);
    const names = new Map(
      get('policyTypes').rows!.map((row) => [row['policyTypeId'], row['policyTypeName']]),
    );
    expect(names.get(1)).toBe('Device configuration profile, iOS, Device restrictions');
    expect(names.get(48)).toBe('Device compliance policy, Android');
    expect(names.get(63)).toBe('Unknown');
  });

  test('each encryption flag has its own bit, and BitLocker’s fill sixteen', () => {
    const bits = (platform: string) =>
      get('encryptionStatusDetails')
        .rows!.filter((row) => row['platform'] === platform && row['bit'] !== null)
        .reduce((sum, row) => sum + Number(row['bit']), 0);
    expect(bits('Windows')).toBe(0xffff);
    expect(bits('macOS')).toBe(7);
  });
});

describe('the descriptions and names of the model', () => {
  const described = entities.flatMap(({ name, description, properties, navigations }) => [
    [name, description] as const,
    ...Object.entries(properties).map(
      ([each, property]) => [`${name}.${each}`, property.description] as const,
    ),
    ...Object.entries(navigations).map(
      ([each, navigation]) => [`${name}/${each}`, navigation.description] as const,
    ),
  ]);

  test.each(described)('%s is described in whole sentences', (_, description) => {
    expect(description).toMatch(/^[A-Z“][^\n<>]{8,}[.]$/);
    expect(description.length).toBeLessThan(240);
  });

  test('a description is shared only where the same thing is said of the same name', () => {
    const names = new Map<string, Set<string>>();
    for (const { name, properties } of entities) {
      for (const [property, { description }] of Object.entries(properties)) {
        names.set(description, (names.get(description) ?? new Set()).add(property || name));
      }
    }
    expect([...names].filter(([, sharing]) => sharing.size > 1)).toEqual([]);
    expect(new Set(entities.map(({ description }) => description)).size).toBe(entities.length);
  });

  test('no member has the name of its type, and no two names differ only in case', () => {
    for (const { singular, properties, navigations } of entities) {
      const names = [...Object.keys(properties), ...Object.keys(navigations)];
      expect(names).not.toContain(singular);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    }
    const types = entities.map(({ singular }) => singular.toLowerCase());
    expect(new Set(types).size).toBe(types.length);
  });

  test('a reference leads to a collection with a surrogate key', () => {
    for (const { properties } of entities) {
      for (const { refers } of Object.values(properties)) {
        if (refers === undefined) continue;
        const roles = Object.values(get(refers).properties).map(({ role }) => role);
        expect(roles).toContain('surrogate');
      }
    }
  });

  test('roles fit the lifetime', () => {
    for (const { name, lifetime, key, properties } of entities) {
      const roles = Object.values(properties).map(({ role }) => role);
      const ofNight = lifetime === 'daily' || lifetime === 'event';
      expect([name, roles.includes('day')]).toEqual([name, ofNight]);
      if (ofNight) expect([name, properties[key[0]!]!.role]).toEqual([name, 'day']);
      if (lifetime === 'history')
        expect(roles).toEqual(expect.arrayContaining(['startDay', 'start', 'end', 'current']));
      for (const { role, type, nullable } of Object.values(properties)) {
        if (role === 'deletedAt') expect([type, nullable]).toEqual(['Edm.DateTimeOffset', true]);
        else if (role !== undefined) expect([name, role, nullable]).toEqual([name, role, false]);
      }
    }
  });

  test('what says something about a person is marked as personal', () => {
    const personal = entities.flatMap(({ properties }) =>
      Object.entries(properties).flatMap(([name, property]) => (property.personal ? [name] : [])),
    );
    expect([...new Set(personal)].sort()).toEqual(
      [
        ...[
          'deviceName',
          'displayName',
          'ethernetMacAddress',
          'iccid',
          'imei',
          'ipAddressV4Wifi',
          'mamDeviceName',
        ],
        ...[
          'meid',
          'phoneNumber',
          'primaryUser',
          'serialNumber',
          'subnetAddressV4Wifi',
          'userEmail',
          'userId',
        ],
        ...['userPrincipalName', 'wiFiMacAddress'],
      ].sort(),
    );
  });
});

describe('a model that contradicts itself is refused', () => {
  const a = { name: 'as', singular: 'a', lifetime: 'current', description: 'A.', key: ['k'] } as const;
  const b = { ...a, name: 'bs', singular: 'b' } as const;
  const k = int32('K.');
  const to = (target: string, own: string, theirs: string, inverse = 'bs') => ({
    way: navigation(target, { [own]: theirs }, inverse, 'Way.'),
  });
  const target = entity({ ...a, properties: { k } });

  test.each<[string, readonly Entity[], RegExp]>([
    ['one name twice', [target, target], /same name/],
    ['a key that may be null', [entity({ ...a, properties: { k: int32OrNull('K.') } })], /must not be null/],
    [
      'a reference to nowhere',
      [entity({ ...a, properties: { k, r: int32('R.', { refers: 'cs' }) } })],
      /refers to 'cs'/,
    ],
    [
      'a history that does not lead back',
      [entity({ ...a, history: 'bs', properties: { k } }), entity({ ...b, properties: { k } })],
      /'bs' does not lead back/,
    ],
    [
      'a way to nowhere',
      [entity({ ...b, properties: { k }, navigations: to('cs', 'k', 'k') })],
      /leads to 'cs'/,
    ],
    [
      'a way on no property',
      [target, entity({ ...b, properties: { k }, navigations: to('as', 'x', 'k') })],
      /own property 'x'/,
    ],
    [
      'a way to no property',
      [target, entity({ ...b, properties: { k }, navigations: to('as', 'k', 'x') })],
      /as has no 'x'/,
    ],
    [
      'a way named as a property',
      [target, entity({ ...b, properties: { k, way: textOrNull('W.') }, navigations: to('as', 'k', 'k') })],
      /also a property/,
    ],
    [
      'a way back that is taken',
      [target, entity({ ...b, properties: { k }, navigations: to('as', 'k', 'k', 'k') })],
      /already taken/,
    ],
  ])('%s', (_, contradictory, message) => {
    expect(() => makeModel('Test', contradictory)).toThrow(message);
  });
});
