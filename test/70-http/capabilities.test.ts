// What $metadata announces is answered, and what it does not announce is refused: asked of each collection of each version.
import { describe, expect, test } from '@jest/globals';
import { xml2json, type CsdlMember, type CsdlMembers } from 'odata-csdl';
import { CONTAINER } from '../../schema/derive/csdl-json.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { fileFeed } from './file-feed.ts';

const VERSIONS = ['v1.0', 'beta'] as const;

const feed = fileFeed();

interface Announced {
  readonly container: CsdlMembers;
  readonly sets: readonly { readonly name: string; readonly set: CsdlMember; readonly type: CsdlMembers }[];
}

/** As a client reads it from the XML. */
async function announced(version: string): Promise<Announced> {
  const { text } = await feed.get(`/${version}/$metadata`, { accept: 'application/xml' });
  const schema = xml2json(text)[MODEL.namespace] ?? {};
  const container = schema[CONTAINER] ?? {};
  const sets = Object.entries(container).filter(
    ([name, { $Collection }]) => $Collection && !/[@$]/.test(name),
  );
  return {
    container,
    sets: sets.map(([name, set]) => ({
      name,
      set,
      type: schema[(set.$Type ?? '').replace(`${MODEL.namespace}.`, '')] ?? {},
    })),
  };
}

type Terms = Readonly<Record<string, unknown>>;
const capability = (of: unknown, term: string): unknown =>
  (of as Terms)[`@Org.OData.Capabilities.V1.${term}`];
const restriction = (set: CsdlMember, term: string): Terms => capability(set, `${term}Restrictions`) as Terms;

const namesOf = (type: CsdlMembers, kind: 'Property' | 'NavigationProperty'): readonly string[] =>
  Object.entries(type)
    .filter(([name, member]) => !/[@$]/.test(name) && (member.$Kind ?? 'Property') === kind)
    .map(([name]) => name);

/** Whether it was answered. A refusal is 400, or 501 with a hint at what is offered; anything else is a defect. */
async function isAnswered(target: string): Promise<boolean> {
  const { status, json } = await feed.get(target);
  if (status === 200) return true;
  expect([target, status, json?.error?.code]).toEqual([
    target,
    expect.any(Number),
    expect.stringMatching(/^request\./),
  ]);
  expect([400, 404, 501]).toContain(status);
  return false;
}

const WRITING = [
  ['POST', 'Insert', 'Insertable'],
  ['PATCH', 'Update', 'Updatable'],
  ['DELETE', 'Delete', 'Deletable'],
] as const;

describe.each(VERSIONS)('each collection of %s', (version) => {
  const each = async (probe: (one: Announced['sets'][number]) => Promise<void>): Promise<void> => {
    const { sets } = await announced(version);
    expect(sets.length).toBeGreaterThan(30);
    for (const one of sets) await probe(one);
  };
  const expectAnswered = async (target: string, isAnnounced: boolean): Promise<void> => {
    expect([target, await isAnswered(`/${version}/${target}`)]).toEqual([target, isAnnounced]);
  };

  test('filters by the properties that it announces, and by no others', () =>
    each(async ({ name, set, type }) => {
      const { Filterable, NonFilterableProperties = [] } = restriction(set, 'Filter');
      const isOpen = (property: string): boolean =>
        Filterable === true && !(NonFilterableProperties as string[]).includes(property);
      const { yes = [], no = [] } = Object.groupBy(namesOf(type, 'Property'), (each) =>
        isOpen(each) ? 'yes' : 'no',
      );
      const comparison = (property: string): string =>
        `${property} eq ${property.endsWith('UTC') ? '2026-01-01T00:00:00Z' : version === 'beta' ? 'null' : '1'}`;
      if (yes.length > 0)
        await expectAnswered(`${name}?$top=1&$filter=${yes.map(comparison).join(' and ')}`, true);
      for (const each of no) await expectAnswered(`${name}?$top=1&$filter=${comparison(each)}`, false);
    }));

  test('sorts where it announces that', () =>
    each(async ({ name, set, type }) => {
      const terms = namesOf(type, 'Property').map((property) => `${property} desc`);
      await expectAnswered(
        `${name}?$top=1&$orderby=${terms.join()}`,
        restriction(set, 'Sort')['Sortable'] === true,
      );
    }));

  test('supports $count, $top and $skip where it announces them', () =>
    each(async ({ name, set }) => {
      const countable = restriction(set, 'Count')['Countable'] === true;
      await expectAnswered(`${name}/$count`, countable);
      await expectAnswered(`${name}?$top=1&$count=true`, countable);
      await expectAnswered(`${name}?$top=1`, capability(set, 'TopSupported') === true);
      await expectAnswered(`${name}?$top=1&$skip=1`, capability(set, 'SkipSupported') === true);
    }));

  test('expands the navigations that it announces, and no others', () =>
    each(async ({ name, set, type }) => {
      const { Expandable, NonExpandableProperties = [] } = restriction(set, 'Expand');
      const isOpen = (navigation: string): boolean =>
        Expandable !== false && !(NonExpandableProperties as string[]).includes(navigation);
      const { yes = [], no = [] } = Object.groupBy(namesOf(type, 'NavigationProperty'), (each) =>
        isOpen(each) ? 'yes' : 'no',
      );
      const items = yes.map((navigation) =>
        type[navigation]?.$Collection ? `${navigation}($top=1)` : navigation,
      );
      if (items.length > 0) await expectAnswered(`${name}?$top=1&$expand=${items.join()}`, true);
      for (const each of no) await expectAnswered(`${name}?$top=1&$expand=${each}`, false);
    }));

  test('is searched where it announces that', () =>
    each(async ({ name, set }) =>
      expectAnswered(`${name}?$top=1&$search=windows`, restriction(set, 'Search')['Searchable'] !== false),
    ));

  test('tracks changes where it announces that, with the filters that it announces', () =>
    each(async ({ name, set }) => {
      const { Supported, FilterableProperties = [] } = capability(set, 'ChangeTracking') as Terms;
      const filter = (FilterableProperties as string[]).map((property) => `${property} ne null`).join(' or ');
      const target = `/${version}/${name}${filter && `?$filter=${filter}`}`;
      const { status, headers } = await feed.get(target, { prefer: 'track-changes' });
      const isMet = headers.get('preference-applied') === 'track-changes';
      expect([target, status, isMet]).toEqual([target, 200, Supported]);
    }));

  test('cannot be written to, as it announces', () =>
    each(async ({ name, set }) => {
      for (const [method, term, property] of WRITING) {
        expect(restriction(set, term)[property]).toBe(false);
        expect((await feed.get(`/${version}/${name}`, {}, method)).status).toBe(405);
      }
    }));
});

// A call of each function that a feed of this kind might announce, as a condition on devices.
const CALLS: Readonly<Record<string, string>> = {
  contains: "contains(deviceName,'a')",
  startswith: "startswith(deviceName,'a')",
  endswith: "endswith(deviceName,'a')",
  length: 'length(deviceName) gt 3',
  indexof: "indexof(deviceName,'a') eq 0",
  substring: "substring(deviceName,1,2) eq 'a'",
  concat: "concat(deviceName,model) eq 'a'",
  tolower: "tolower(deviceName) eq 'a'",
  toupper: "toupper(deviceName) eq 'A'",
  trim: "trim(deviceName) eq 'a'",
  matchesPattern: "matchesPattern(deviceName,'^a')",
  year: 'year(lastSyncDateTime) eq 2026',
  month: 'month(lastSyncDateTime) eq 11',
  day: 'day(lastSyncDateTime) eq 20',
  hour: 'hour(lastSyncDateTime) eq 0',
  minute: 'minute(lastSyncDateTime) eq 0',
  second: 'second(lastSyncDateTime) eq 0',
  fractionalseconds: 'fractionalseconds(lastSyncDateTime) eq 0',
  totaloffsetminutes: 'totaloffsetminutes(lastSyncDateTime) eq 0',
  totalseconds: 'totalseconds(now() sub lastSyncDateTime) gt 60',
  date: 'date(lastSyncDateTime) eq 2026-11-20',
  time: 'time(lastSyncDateTime) gt 12:00:00',
  now: 'lastSyncDateTime le now()',
  mindatetime: 'lastSyncDateTime gt mindatetime()',
  maxdatetime: 'lastSyncDateTime lt maxdatetime()',
  round: 'round(freeStorageSpaceInBytes divby 3) gt 1',
  floor: 'floor(freeStorageSpaceInBytes divby 3) gt 1',
  ceiling: 'ceiling(freeStorageSpaceInBytes divby 3) gt 1',
  cast: "cast(deviceKey,Edm.String) eq '1'",
  isof: 'isof(deviceKey,Edm.Int32)',
};
const ELSEWHERE = [
  'hassubset([1],[1])',
  'geo.length(model) gt 1',
  "substringof('a',deviceName)",
  'totalseconds(1) gt 1',
];

test.each(VERSIONS)(
  '%s calls every function that it announces, and none that the standard has beside them',
  async (version) => {
    const names = (capability((await announced(version)).container, 'FilterFunctions') ??
      []) as readonly string[];
    for (const name of names) {
      const call = CALLS[name];
      if (call === undefined) throw new Error(`Which call shows that ${name} is answered?`);
      expect([name, await isAnswered(`/${version}/devices?$top=1&$filter=${call}`)]).toEqual([name, true]);
    }
    const refused = [...ELSEWHERE, ...(version === 'v1.0' ? Object.values(CALLS) : [])];
    for (const call of refused) {
      expect([call, await isAnswered(`/${version}/devices?$top=1&$filter=${call}`)]).toEqual([call, false]);
    }
  },
);

test.each(VERSIONS)(
  '%s aggregates if it announces that, by every transformation that it names',
  async (version) => {
    const { container } = await announced(version);
    const announcement = (container as Terms)['@Org.OData.Aggregation.V1.ApplySupported'] as
      Terms | undefined;
    const names = (announcement?.['Transformations'] ?? []) as readonly string[];
    for (const [name, steps] of Object.entries(TRANSFORMATIONS)) {
      const isAnnounced = announcement !== undefined && (names.length === 0 || names.includes(name));
      expect([name, await isAnswered(`/${version}/devices?$apply=${steps}`)]).toEqual([name, isAnnounced]);
    }
    expect(names.filter((name) => !(name in TRANSFORMATIONS))).toEqual([]);
  },
);

const TRANSFORMATIONS: Readonly<Record<string, string>> = {
  aggregate: 'aggregate($count as n)',
  groupby: 'groupby((isDeleted),aggregate($count as n))',
  filter: 'filter(isDeleted eq false)',
  compute: 'compute(deviceKey add 1 as next)',
  identity: 'identity',
  orderby: 'orderby(deviceName)',
  top: 'top(3)',
  skip: 'skip(3)',
  topcount: 'topcount(3,deviceKey)',
  topsum: 'topsum(3,deviceKey)',
  toppercent: 'toppercent(30,deviceKey)',
  bottomcount: 'bottomcount(3,deviceKey)',
  bottomsum: 'bottomsum(3,deviceKey)',
  bottompercent: 'bottompercent(30,deviceKey)',
  concat: 'concat(aggregate($count as n),groupby((isDeleted)))',
  search: 'search(windows)',
  expand: 'expand(user)',
  join: 'join(user as u)',
  outerjoin: 'outerjoin(user as u)',
  nest: 'nest(top(1) as Few)',
  from: 'from(deviceKey)',
  ancestors: 'ancestors($root/devices,H,deviceKey)',
};

test('$expand nests as deep as beta announces, and no deeper', async () => {
  const { sets } = await announced('beta');
  const fromDevices = (levels: number): string =>
    `deviceType(${levels > 1 ? `$expand=${fromTypes(levels - 1)}` : '$select=*'})`;
  const fromTypes = (levels: number): string =>
    `devices($top=1${levels > 1 ? `;$expand=${fromDevices(levels - 1)}` : ''})`;
  for (const [name, nested] of [['devices', fromDevices] as const, ['deviceTypes', fromTypes] as const]) {
    const set = sets.find((each) => each.name === name)?.set ?? {};
    const deepest = Number(restriction(set, 'Expand')['MaxLevels']);
    const allowed = await feed.get(`/beta/${name}?$top=1&$expand=${nested(deepest)}`);
    const refused = await feed.get(`/beta/${name}?$top=1&$expand=${nested(deepest + 1)}`);
    expect([allowed.status, refused.json.error.code]).toEqual([200, 'limit.too-complex']);
  }
});
