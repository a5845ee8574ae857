// $metadata and the service document, as OASIS's own schemas and converter read them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { type CsdlFunction, xml2json } from 'odata-csdl';
import { validateXML } from 'xmllint-wasm';
import { FILTER_FUNCTIONS, V1_FILTER_PROPERTIES } from '../../schema/derive/annotations.ts';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { deriveCsdlXml } from '../../schema/derive/csdl-xml.ts';
import { deriveCsdlJson } from '../../schema/derive/csdl-json.ts';
import { deriveServiceDocument } from '../../schema/derive/service-document.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { makeModel } from '../../schema/model.ts';
import { entity, int32, type FeedVersion } from '../../schema/entity.ts';
import type { Condition, FunctionName } from '../../src/plan/relational-algebra.ts';
import { contractSets } from './contract.ts';

const VERSIONS: readonly FeedVersion[] = ['v1.0', 'beta'];
const xsd = (name: string): string =>
  readFileSync(createRequire(import.meta.url).resolve(`odata-csdl/schemas/${name}`), 'utf8');

const CAPABILITIES = '@Org.OData.Capabilities.V1';
const DESCRIPTION = '@Org.OData.Core.V1.Description';

describe.each(VERSIONS)('$metadata of %s', (version) => {
  const exposedModel = deriveExposedModel(MODEL, version);
  const xml = deriveCsdlXml('Fleetfeed', exposedModel);
  const messages: { message: string }[] = [];
  // What OASIS's converter reads from the XML: the tests below examine the document through it.
  const read = xml2json(xml, { strict: true, messages });
  const schema = read['Fleetfeed']!;
  const container = schema['DataWarehouse']!;
  const typeNamed = (name = '') => schema[name.replace('Fleetfeed.', '')]!;
  const typeOf = (set: string) => typeNamed(container[set]!.$Type);

  test('is valid against the OASIS schemas', async () => {
    const { valid, errors } = await validateXML({
      xml: [{ fileName: 'metadata.xml', contents: xml }],
      schema: [{ fileName: 'edmx.xsd', contents: xsd('edmx.xsd') }],
      preload: [{ fileName: 'edm.xsd', contents: xsd('edm.xsd') }],
    });
    expect(errors.map(({ message }) => message)).toEqual([]);
    expect(valid).toBe(true);
    expect(messages).toEqual([]);
  });

  test('says the same in XML and in JSON', () => {
    expect(deriveCsdlJson('Fleetfeed', exposedModel)).toEqual(read);
  });

  test.each([...contractSets(version)])('declares %s as the contract has it', (set, rows) => {
    const type = typeOf(set);
    const declared = Object.entries(type)
      .filter(([name, member]) => !/[$@]/.test(name) && member.$Kind === undefined)
      .map(([name, { $Type }]) => [name, $Type ?? 'Edm.String']);
    // Columns of ours come after the vendor's, and v1.0 has none.
    const contracted = version === 'v1.0' ? declared : declared.slice(0, rows.length);
    expect(contracted).toEqual(rows.map(({ property, edmType }) => [property, edmType]));
    const key = rows.filter(({ keyOrdinal }) => keyOrdinal !== null);
    expect(type['$Key']).toEqual(
      key.sort((a, b) => a.keyOrdinal! - b.keyOrdinal!).map(({ property }) => property),
    );
  });

  test('describes every type, set, property and navigation', () => {
    for (const set of exposedModel.entitySets.keys()) {
      expect(container[set]![DESCRIPTION]).toMatch(/\.$/);
      const type = typeOf(set);
      expect(type[DESCRIPTION]).toMatch(/\.$/);
      for (const [name, member] of Object.entries(type)) {
        if (!/[$@]/.test(name))
          expect([set, name, member[DESCRIPTION]]).toEqual([set, name, expect.stringMatching(/\.$/)]);
      }
    }
  });

  test('binds every navigation on both sides and pairs it with its inverse', () => {
    let count = 0;
    for (const set of exposedModel.entitySets.keys()) {
      for (const [name, property] of Object.entries(typeOf(set))) {
        if (property.$Kind !== 'NavigationProperty') continue;
        count += 1;
        const target = container[set]!.$NavigationPropertyBinding![name]!;
        expect(container[target]!.$Type).toBe(property.$Type);
        const back = typeOf(target)[property.$Partner!]!;
        expect([back.$Partner, back.$Type]).toEqual([name, container[set]!.$Type]);
        expect(Boolean(back.$Collection)).toBe(!property.$Collection);
      }
    }
    expect(count).toBeGreaterThan(150);
  });

  test('a navigation is nullable exactly where its own property may be null, and never refers to a nullable key', () => {
    for (const set of exposedModel.entitySets.keys()) {
      const type = typeOf(set);
      for (const property of Object.values(type)) {
        for (const [own, theirs] of Object.entries(property.$ReferentialConstraint ?? {})) {
          expect(property.$Nullable ?? false).toBe(type[own]!.$Nullable ?? false);
          expect(typeNamed(property.$Type)[theirs]!.$Nullable).toBeUndefined();
        }
      }
    }
  });

  test('declares the functions of collections with history, on beta', () => {
    const { asOf, history } = schema as unknown as Readonly<
      Record<string, readonly CsdlFunction[] | undefined>
    >;
    if (version === 'v1.0') {
      expect([asOf, history, schema['@Org.OData.Core.V1.DefaultNamespace']]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      return;
    }
    expect(schema['@Org.OData.Core.V1.DefaultNamespace']).toBe(true);
    expect(asOf!.map(({ $EntitySetPath }) => $EntitySetPath)).toEqual(
      [...exposedModel.entitySets.values()]
        .filter(({ entity: { lifetime } }) => lifetime === 'daily' || lifetime === 'history')
        .map(({ entity }) => entity.name),
    );
    expect(asOf![0]).toMatchObject({
      $IsBound: true,
      $IsComposable: true,
      $Parameter: [
        { $Collection: true, $Type: 'Fleetfeed.devicePropertyHistory' },
        { $Name: 'dateKey', $Type: 'Edm.Int32', [DESCRIPTION]: expect.stringMatching(/\.$/) },
      ],
      $ReturnType: { $Collection: true, $Type: 'Fleetfeed.devicePropertyHistory' },
      [DESCRIPTION]: expect.stringMatching(/\.$/),
    });
    expect(history).toMatchObject([
      {
        $EntitySetPath: 'device/devicePropertyHistories',
        $Parameter: [{ $Name: 'device', $Type: 'Fleetfeed.device' }, { $Name: 'from' }, { $Name: 'to' }],
        $ReturnType: { $Collection: true, $Type: 'Fleetfeed.devicePropertyHistory' },
      },
      { $EntitySetPath: 'user/userHistories' },
    ]);
  });

  test('offers reading only', () => {
    expect(container[`${CAPABILITIES}.AsynchronousRequestsSupported`]).toBe(true);
    for (const set of exposedModel.entitySets.keys()) {
      expect(container[set]).toMatchObject({
        [`${CAPABILITIES}.ExpandRestrictions`]: { Expandable: version === 'beta' },
        [`${CAPABILITIES}.TopSupported`]: true,
        [`${CAPABILITIES}.SkipSupported`]: true,
        [`${CAPABILITIES}.CountRestrictions`]: { Countable: true },
        [`${CAPABILITIES}.InsertRestrictions`]: { Insertable: false },
        [`${CAPABILITIES}.UpdateRestrictions`]: { Updatable: false },
        [`${CAPABILITIES}.DeleteRestrictions`]: { Deletable: false },
      });
    }
  });

  test('says what can be filtered and sorted', () => {
    for (const [set, { properties }] of exposedModel.entitySets) {
      const filter = container[set]![`${CAPABILITIES}.FilterRestrictions`] as {
        readonly Filterable: boolean;
        readonly NonFilterableProperties?: readonly string[];
      };
      const { Sortable } = container[set]![`${CAPABILITIES}.SortRestrictions`] as {
        readonly Sortable: boolean;
      };
      if (version === 'beta') {
        expect([filter, Sortable]).toEqual([{ Filterable: true }, true]);
        continue;
      }
      expect(Sortable).toBe(false);
      const open = [...properties.keys()].filter(
        (name) => !(filter.NonFilterableProperties ?? []).includes(name),
      );
      if (filter.Filterable)
        expect(open).toEqual(V1_FILTER_PROPERTIES.filter((name) => properties.has(name)));
      else expect([...properties.keys()].filter((name) => V1_FILTER_PROPERTIES.includes(name))).toEqual([]);
    }
    const functions = container[`${CAPABILITIES}.FilterFunctions`];
    expect(functions).toEqual(version === 'beta' ? [...FILTER_FUNCTIONS] : undefined);
  });
});

test('the functions that $metadata lists are those that the plan offers', () => {
  type TextTest = Extract<Condition, { kind: 'textTest' }>['test'];
  // Exhaustive for the compiler: a function added to the plan and not to the list does not compile here.
  const offered: Readonly<Record<FunctionName | TextTest, true>> = {
    contains: true,
    startswith: true,
    endswith: true,
    matchespattern: true,
    length: true,
    indexof: true,
    substring: true,
    concat: true,
    tolower: true,
    toupper: true,
    trim: true,
    year: true,
    month: true,
    day: true,
    hour: true,
    minute: true,
    second: true,
    fractionalseconds: true,
    totaloffsetminutes: true,
    totalseconds: true,
    date: true,
    time: true,
    round: true,
    floor: true,
    ceiling: true,
  };
  expect(FILTER_FUNCTIONS.map((name) => name.toLowerCase()).sort()).toEqual(Object.keys(offered).sort());
});

test('special characters of XML are escaped', () => {
  const odd = entity({
    name: 'odds',
    singular: 'odd',
    lifetime: 'current',
    description: 'Less < more & "quoted" > said.',
    key: ['k'],
    properties: { k: int32('A & B.') },
  });
  const xml = deriveCsdlXml('Odd', deriveExposedModel(makeModel('Odd', [odd]), 'beta'));
  expect(xml2json(xml, { strict: true })).toMatchObject({
    Odd: { odd: { [DESCRIPTION]: odd.description, k: { [DESCRIPTION]: 'A & B.' } } },
  });
});

describe('the service document', () => {
  const context = 'https://feed.example/v1.0/$metadata';

  test.each(VERSIONS)('of %s lists every collection it shows, after the context', (version) => {
    const document = deriveServiceDocument(deriveExposedModel(MODEL, version), context);
    expect(Object.keys(document)).toEqual(['@odata.context', 'value']);
    expect(document['@odata.context']).toBe(context);
    expect(document.value[0]).toEqual({ name: 'dates', kind: 'EntitySet', url: 'dates' });
    const names = document.value.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...contractSets(version).keys()]));
    expect(names.includes('mamEffectivePolicies')).toBe(version === 'beta');
  });
});
