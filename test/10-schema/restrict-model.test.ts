// What a role sees of the model: what is hidden does not exist in it.
import { describe, expect, test } from '@jest/globals';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { deriveCsdlXml } from '../../schema/derive/csdl-xml.ts';
import { restrictModel } from '../../schema/derive/restrict-model.ts';
import { searchIndexOf } from '../../schema/derive/search-index.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { PERSONAL_KINDS } from '../../schema/entity.ts';
import { BUILT_IN_ROLES } from '../../src/auth/roles.ts';

const entitiesOf = (
  role: keyof typeof BUILT_IN_ROLES,
): ReadonlyMap<string, typeof MODEL.entities extends ReadonlyMap<string, infer E> ? E : never> =>
  restrictModel(MODEL, BUILT_IN_ROLES[role]).entities;

describe('a role', () => {
  test.each(Object.values(BUILT_IN_ROLES))(
    '$name has a whole model: every key and every way leads somewhere',
    (role) => {
      const { entities } = restrictModel(MODEL, role);
      for (const { navigations } of entities.values()) {
        for (const { to } of Object.values(navigations)) expect(entities.has(to)).toBe(true);
      }
    },
  );

  test.each([...MODEL.entities.keys()])(
    'may see %s alone, with any kind of personal column or none',
    (name) => {
      for (const personal of ['all', 'none', ...PERSONAL_KINDS.map((kind) => [kind])] as const) {
        const model = restrictModel(MODEL, { collections: [name], personal });
        expect(model.entities.has(name)).toBe(true);
        expect(() => deriveExposedModel(model, 'beta')).not.toThrow();
        const kinds = [...model.entities.values()]
          .flatMap(({ properties }) => Object.values(properties))
          .flatMap(({ personal: kind }) => kind ?? []);
        const allowed: readonly string[] = typeof personal === 'string' ? PERSONAL_KINDS : personal;
        expect(personal === 'none' ? kinds : kinds.filter((kind) => !allowed.includes(kind))).toEqual([]);
      }
    },
  );

  test('analyst sees the whole warehouse', () => {
    const { entities } = MODEL;
    const all = [...entities.values()]
      .filter(({ hiddenByDefault }) => !hiddenByDefault)
      .map(({ name }) => name);
    expect([...entitiesOf('analyst').keys()]).toEqual(all);
    expect(entitiesOf('analyst').get('users')).toEqual(entities.get('users'));
  });

  test('reader sees every collection and no column about a person: not in $metadata, not by search', () => {
    const seen = entitiesOf('reader');
    expect(seen.size).toBe(entitiesOf('analyst').size);
    const columns = [...seen.values()].flatMap(({ properties }) => Object.values(properties));
    expect(columns.filter(({ personal }) => personal)).toEqual([]);
    const xml = deriveCsdlXml(
      MODEL.namespace,
      deriveExposedModel(restrictModel(MODEL, BUILT_IN_ROLES.reader), 'beta'),
    );
    expect(xml).not.toMatch(/serialNumber|userPrincipalName|phoneNumber|"userId"/);
    const devices = seen.get('devices');
    expect(devices && searchIndexOf(devices)?.columns).not.toContain('deviceName');
  });

  test('auditor sees devices, their encryption and the lookups of both, and no people', () => {
    const names = [...entitiesOf('auditor').keys()];
    expect(names).toEqual(
      expect.arrayContaining(['devices', 'deviceEncryptionStates', 'encryptionActivities']),
    );
    expect(names).toEqual(expect.arrayContaining(['complianceStates', 'policies', 'dates']));
    expect(names).not.toEqual(expect.arrayContaining(['users']));
    expect(names.filter((name) => /^(?:user|mam|app|term|enroll)/i.test(name))).toEqual([]);
  });
});
