// $expand and $compute, answered by SQLite: rows inside rows as nested JSON, and columns that no table has.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { LIMITS } from '../../src/base/limits.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { selectList } from '../../src/format/odata/context-url.ts';
import { entityTemplate, type MetadataLevel } from '../../src/format/odata/entity-template.ts';
import { rowTypeOf } from '../../src/http/read/row-templates.ts';
import type { NestedLinks } from '../../src/http/cursor/nested-links.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import { largestNestedPage, limitNestedPages } from '../../src/plan/limit-nested-pages.ts';
import { planRead } from '../../src/plan/plan-read.ts';
import { renderEntity } from '../../src/sql/read/render-single.ts';
import { renderPage } from '../../src/sql/read/render-page.ts';
import { EXPOSED_MODEL, KIND_ROWS, openThings, ROWS } from './things.ts';
import { walkChunks } from './walk-chunks.ts';

const exposedModels = { 'v1.0': EXPOSED_MODEL, beta: EXPOSED_MODEL };
let database: Database;
beforeAll(() => {
  database = openThings();
});
afterAll(() => {
  database.close();
});

function plan(address: string, limits: Partial<Record<keyof typeof LIMITS, number>> = {}) {
  const [path = '', options = ''] = address.split('?');
  return planRead(parseRequest(path, encodeURI(options), LIMITS), {
    version: 'beta',
    exposedModels,
    now: new Date('2018-02-21T12:00:00Z'),
    limits: { ...LIMITS, ...limits },
    continuation: null,
  });
}

function template(read: ReturnType<typeof plan>, level: MetadataLevel = 'minimal', links?: NestedLinks) {
  const words = { level, int64AsText: false, omitNulls: false, namespace: 'Test' };
  return entityTemplate(rowTypeOf(read, 'beta', exposedModels, links), read.columns, words);
}

/** Options as they are, without a token. */
const links: NestedLinks = (_, { name, nextLinkOptions }) =>
  nextLinkOptions && {
    root: 'root',
    path: name,
    query: nextLinkOptions.map((option) => `${option.name}=${option.value}`).join('&'),
  };

type Json = Record<string, unknown>;

/** The rows of a page in chunks of three. */
function rowsOf(address: string, level?: MetadataLevel): readonly Json[] {
  const read = plan(address);
  return walkChunks(database, read, 3, template(read, level)).rows;
}

const kind = (kindKey: unknown): Json | null =>
  KIND_ROWS.find((each) => kindKey !== null && each.kindKey === Number(kindKey)) ?? null;
const thingsOf = (kindKey: number): readonly (typeof ROWS)[number][] =>
  ROWS.filter(({ number }) => number === BigInt(kindKey));

describe('$expand', () => {
  test('of one row writes it, and null where there is none', () => {
    const rows = rowsOf('/things?$select=number&$expand=kind');
    expect(rows).toEqual(
      ROWS.map(({ number }) => ({ number: number === null ? null : Number(number), kind: kind(number) })),
    );
  });

  test('of a collection writes all its rows, in the order of their key', () => {
    const rows = rowsOf('/kinds?$select=kindKey&$expand=things($select=dateKey,thingKey)');
    expect(rows).toEqual(
      KIND_ROWS.map(({ kindKey }) => ({
        kindKey,
        things: thingsOf(kindKey).map(({ dateKey, thingKey }) => ({ dateKey, thingKey })),
      })),
    );
  });

  test('filters, orders, counts and limits inside, and has the number of all that match', () => {
    const rows = rowsOf(
      '/kinds?$select=kindKey&$expand=things($select=thingKey;$filter=on;$orderby=thingKey desc,dateKey;$top=2;$skip=1;$count=true)',
    );
    const expected = KIND_ROWS.map(({ kindKey }) => {
      const all = thingsOf(kindKey).filter(({ on }) => on);
      const sorted = all.toSorted(
        (a, b) =>
          Number(b['thingKey']) - Number(a['thingKey']) || Number(a['dateKey']) - Number(b['dateKey']),
      );
      return {
        kindKey,
        'things@odata.count': all.length,
        things: sorted.slice(1, 3).map(({ thingKey }) => ({ thingKey })),
      };
    });
    expect(rows).toEqual(expected);
    expect(Object.keys(rows[0]!)).toEqual(['kindKey', 'things@odata.count', 'things']);
  });

  test('works in both directions and inside itself', () => {
    const [row] = rowsOf(
      '/kinds?$filter=kindKey eq 0&$select=title&$expand=parent($select=title;$expand=parent($select=title),children($select=kindKey)),children($select=kindKey;$expand=dailyThings/$count)',
    );
    expect(row).toEqual({
      title: 'ab',
      parent: { title: null, parent: { title: 'Ärger' }, children: [{ kindKey: 0 }] },
      children: [{ kindKey: 9, 'dailyThings@odata.count': 0 }],
    });
  });

  test('as references and as numbers', () => {
    expect(
      rowsOf(
        '/kinds?$select=kindKey&$top=1&$filter=kindKey eq -1&$expand=parent/$ref,children/$ref,things/$count',
      ),
    ).toEqual([
      {
        kindKey: -1,
        'things@odata.count': thingsOf(-1).length,
        parent: { '@odata.id': 'kinds(-2)' },
        children: [{ '@odata.id': 'kinds(0)' }],
      },
    ]);
    expect(
      rowsOf(
        '/kinds?$select=kindKey&$filter=kindKey eq 0&$expand=things/$count($filter=dateKey eq 20180221)',
      ),
    ).toEqual([
      { kindKey: 0, 'things@odata.count': thingsOf(0).filter(({ dateKey }) => dateKey === 20180221).length },
    ]);
  });

  test('* is every navigation', () => {
    const [row] = rowsOf('/kinds?$select=kindKey&$filter=kindKey eq 9&$expand=*');
    expect(row).toEqual({ kindKey: 9, parent: kind(0), children: [], things: [], dailyThings: [] });
  });

  test.each([
    [
      '*($levels=2)',
      [
        'things(kind)',
        'dailyThings(kind)',
        'parent(things,dailyThings,parent,children)',
        'children(things,dailyThings,parent,children)',
      ],
    ],
    ['*($levels=1)', ['things', 'dailyThings', 'parent', 'children']],
    ['parent($select=title),*', ['things', 'dailyThings', 'parent', 'children']],
    [
      '*($levels=2),things,children($levels=2)',
      ['things', 'dailyThings(kind)', 'parent(things,dailyThings,parent,children)', 'children(children)'],
    ],
    ['parent($levels=max)', ['parent(parent(parent(parent(parent(parent)))))']],
    ['things($expand=kind($expand=parent($levels=max)))', ['things(kind(parent(parent(parent(parent)))))']],
    ['*/$ref', ['things/ref', 'dailyThings/ref', 'parent/ref', 'children/ref']],
    [
      '*/$ref,parent($expand=parent),things/$count',
      ['things/count', 'dailyThings/ref', 'parent(parent)', 'children/ref'],
    ],
  ])('%s expands %j', (expand, outline) => {
    expect(plan(`/kinds?$expand=${expand}`).expands.map(outlineOf)).toEqual(outline);
  });

  test('$levels=max is as deep as all that it stands for may be', () => {
    const { expands } = plan('/kinds?$expand=*($levels=max)', { expandedItems: 42 });
    expect(depthOf(expands)).toBe(3);
    expect(plan('/kinds?$expand=*($levels=3)', { expandedItems: 42 }).expands).toEqual(expands);
    expect(depthOf(plan('/kinds?$expand=*($levels=max)', { expandedItems: 1000 }).expands)).toBe(6);
  });

  test('$levels follows a navigation that leads to its own collection', () => {
    expect(
      rowsOf('/kinds?$select=kindKey&$filter=kindKey eq 9&$expand=parent($select=kindKey;$levels=3)'),
    ).toEqual([{ kindKey: 9, parent: { kindKey: 0, parent: { kindKey: -1, parent: { kindKey: -2 } } } }]);
  });

  test('$select may choose inside it', () => {
    expect(rowsOf('/kinds?$filter=kindKey eq 0&$select=kindKey,parent/kindKey&$expand=parent')).toEqual([
      { kindKey: 0, parent: { kindKey: -1 } },
    ]);
  });

  test('stands in one row, too', () => {
    const read = plan('/kinds(0)?$select=title&$expand=parent($select=kindKey)');
    const { text, values } = renderEntity(read, template(read), SQLITE_DIALECT);
    expect(
      String(
        database
          .prepare(text)
          .pluck()
          .get(...values),
      ),
    ).toBe('{"title":"ab","parent":{"kindKey":-1}}');
  });

  test('searches inside as outside', () => {
    expect(() => plan('/things?$expand=kind($search=ab)')).toThrow(
      expect.objectContaining({ code: 'request.malformed-option' }),
    );
    const { expands } = plan('/kinds?$expand=children($search=ab;$filter=on)');
    expect(expands[0]?.rows.where).toMatchObject({
      kind: 'all',
      of: [{ kind: 'isTrue' }, { kind: 'search', row: 1, words: 'ab' }],
    });
  });

  test('says at metadata=full what the inner rows are', () => {
    const [row] = rowsOf('/kinds?$filter=kindKey eq 0&$select=title&$expand=parent($select=on)', 'full');
    expect(JSON.stringify(row)).toBe(
      JSON.stringify({
        '@odata.type': '#Test.kind',
        '@odata.id': 'kinds(0)',
        title: 'ab',
        'things@odata.navigationLink': 'kinds(0)/things',
        'dailyThings@odata.navigationLink': 'kinds(0)/dailyThings',
        'parent@odata.navigationLink': 'kinds(0)/parent',
        parent: {
          '@odata.type': '#Test.kind',
          '@odata.id': 'kinds(-1)',
          on: false,
          'things@odata.navigationLink': 'kinds(-1)/things',
          'dailyThings@odata.navigationLink': 'kinds(-1)/dailyThings',
          'parent@odata.navigationLink': 'kinds(-1)/parent',
          'children@odata.navigationLink': 'kinds(-1)/children',
        },
        'children@odata.navigationLink': 'kinds(0)/children',
      }),
    );
  });

  test.each([
    ['things', 3],
    ['things($orderby=label desc,thingKey;$skip=1)', 2],
    ['things($filter=on and thingKey ne 3)', 2],
    ['things($top=5)', 5],
    ['things($top=5)', 6],
    ['things($top=5)', 4],
    ['things($top=0)', 4],
  ])('%s links to the rest where there are more than %d, and says what it was asked', (expand, most) => {
    const read = limitNestedPages(plan(`/kinds?$select=kindKey&$expand=${expand}`), most);
    const { rows } = walkChunks(database, read, 2, template(read, 'none', links));
    const whole = rowsOf(`/kinds?$select=kindKey&$expand=${expand}`, 'none');
    const query = /\((.*)\)/.exec(expand)?.[1]?.replaceAll(';', '&') ?? '';
    expect(rows.map((row) => Object.entries(row))).toEqual(
      whole.map(({ kindKey, things }) => [
        ['kindKey', kindKey],
        ['things', (things as Json[]).slice(0, most)],
        ...((things as Json[]).length > most
          ? [
              [
                'things@odata.nextLink',
                expect.stringMatching(new RegExp(`^root/kinds\\(${String(kindKey)}\\)/things\\?`)),
              ],
            ]
          : []),
      ]),
    );
    const nextLinks = rows
      .map((row) => row['things@odata.nextLink'])
      .filter((link) => typeof link === 'string');
    const expectedOptions = query.split('&');
    for (const link of nextLinks)
      expect(link.split('?')[1]?.split('&').toSorted()).toEqual(expectedOptions.toSorted());
  });

  test('links inside each other say what is inside', () => {
    const address =
      '/kinds?$select=kindKey&$filter=kindKey eq -2&$expand=children($select=title,parent/title;$expand=parent,children($levels=2;$top=4))';
    const read = limitNestedPages(plan(address), 0);
    const [row] = walkChunks(database, read, 2, template(read, 'none', links)).rows;
    expect(row).toEqual({
      kindKey: -2,
      children: [],
      'children@odata.nextLink':
        'root/kinds(-2)/children?$select=title,parent/title&$expand=parent,children($top=4;$levels=2)',
    });
  });

  test('pages inside become smaller at every level, and only those that have a link', () => {
    const read = plan('/kinds?$expand=parent($expand=children($expand=things))');
    expect(largestNestedPage(read)).toBe(LIMITS.expandedRows);
    const smaller = limitNestedPages(read, 7);
    expect(largestNestedPage(smaller)).toBe(7);
    expect(smaller.expands[0]?.rows.limit).toBe(1);
    expect(limitNestedPages(plan('/kinds'), 7)).toEqual(plan('/kinds'));
  });

  test('never leaves a row out silently: more than the limit are an error that says what to ask', () => {
    const read = plan('/kinds?$expand=things', { expandedRows: 3 });
    const refused = {
      code: 'limit.too-complex',
      message: expect.stringContaining('the limit is 3'),
      hint: expect.stringContaining('$top=3'),
    };
    expect(() => walkChunks(database, read, 5, template(read))).toThrow(expect.objectContaining(refused));
    const few = plan('/kinds?$select=kindKey&$expand=things($top=3;$select=thingKey)', { expandedRows: 3 });
    const { rows } = walkChunks(database, few, 5, template(few));
    expect(rows.map((row) => (row['things'] as []).length)).toEqual(
      KIND_ROWS.map(({ kindKey }) => Math.min(3, thingsOf(kindKey).length)),
    );
  });

  test('asks about the deadline for the inner rows, and is read in small chunks', () => {
    const read = plan('/kinds?$expand=things');
    const { next, hasLargeRows: nests } = renderPage(read, template(read), SQLITE_DIALECT);
    expect(nests).toBe(true);
    expect(next.text).toContain('within_deadline("r1"."thingKey")');
  });

  test.each([
    ['kinds?$expand=thngs', 'request.unknown-property', /Did you mean 'things'\?/],
    ['kinds?$expand=title', 'request.malformed-option', /title is a property/],
    ['things?$expand=kind/parent', 'request.malformed-option', /one navigation an item/],
    ['things?$expand=kind($filter=on)', 'request.malformed-option', /kind is one row/],
    ['things?$expand=kind/$count', 'request.malformed-option', /kind is one row/],
    ['things?$expand=kind,Kind', 'request.malformed-option', /twice/],
    ['things?$expand=kind($levels=2)', 'request.malformed-option', /\$levels/],
    ['things?$expand=kind($select=x)', 'request.unknown-property', /No property 'x' on kinds/],
    ['kinds?$expand=things($filter=$it/on)', 'request.unknown-property', /\$it/],
    ['kinds(0)/title?$expand=things', 'request.malformed-option', /is a value/],
    ['kinds?$expand=parent($levels=7)', 'limit.too-complex', /deeper than 6/],
    ['kinds?$expand=*($levels=6)', 'limit.too-complex', /more than 100 navigations \(limit expandedItems\)/],
    ['kinds?$expand=*,*/$ref', 'request.malformed-option', /\* twice/],
  ])('%s is refused', (address, code, message) => {
    expect(() => plan(`/${address}`)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test.each([
    ['things?$expand=kind', null],
    ['things?$select=on&$expand=kind', 'on'],
    ['things?$select=on,kind&$expand=kind', 'on,kind'],
    ['things?$select=on&$expand=kind($select=title)', 'on,kind(title)'],
    ['things?$expand=kind($expand=parent($select=title))', 'kind(parent(title))'],
  ])('%s has the context %s', (address, list) => {
    expect(selectList(plan(`/${address}`))?.join(',') ?? null).toBe(list);
  });
});

type Expands = ReturnType<typeof plan>['expands'];

function outlineOf({ name, form, rows }: Expands[number]): string {
  const inside = rows.expands.map(outlineOf).join();
  return name + (form === 'rows' ? '' : `/${form}`) + (inside === '' ? '' : `(${inside})`);
}

function depthOf(expands: Expands): number {
  return Math.max(0, ...expands.map(({ rows }) => 1 + depthOf(rows.expands)));
}

describe('$compute', () => {
  test('makes columns that are selected, sorted and filtered like any other, page by page', () => {
    const rows = rowsOf(
      '/things?$compute=number mul 2 as double,kind/title as title&$select=double,thingKey,title&$filter=double ge 0&$orderby=double desc,title',
    );
    const expected = ROWS.filter(({ number }) => number !== null && Number(number) >= 0);
    expect(rows).toHaveLength(expected.length);
    expect(Object.keys(rows[0]!)).toEqual(['thingKey', 'double@odata.type', 'double', 'title']);
    const doubles = rows.map((row) => Number(row['double']));
    expect(doubles).toEqual(expected.map(({ number }) => 2 * Number(number)).toSorted((a, b) => b - a));
    for (const row of rows) expect(row['title']).toBe(kind(Number(row['double']) / 2)?.['title'] ?? null);
  });

  test('stands beside all columns where $select is silent, and works inside $expand', () => {
    const [row] = rowsOf(
      "/kinds?$filter=kindKey eq 0&$compute=concat(title,'!') as loud&$expand=parent($compute=kindKey sub 1 as less;$select=less)",
    );
    expect(row).toEqual({ ...kind(0), loud: 'ab!', parent: { 'less@odata.type': '#Int64', less: -2 } });
  });

  test('keeps the order of the key’s own tree', () => {
    const read = plan('/things?$compute=number mul 2 as double&$filter=dateKey ge 20180220');
    expect(renderPage(read, template(read), SQLITE_DIALECT).sortsEveryChunk).toBe(false);
    const { rows } = walkChunks(database, read, 5, template(read));
    expect(rows).toHaveLength(ROWS.filter(({ dateKey }) => Number(dateKey) >= 20180220).length);
  });

  test.each([
    ['things?$compute=number mul 2 as Label', 'request.malformed-expression', /'Label' is taken by 'label'/],
    ['things?$compute=number as a,a as b', 'request.unknown-property', /'a'/],
    ['things?$compute=label mul 2 as a', 'request.type-mismatch', /mul takes a number/],
    ['things(dateKey=20180220,thingKey=1)/on?$compute=1 as a', 'request.malformed-option', /is a value/],
  ])('%s is refused', (address, code, message) => {
    expect(() => plan(`/${address}`)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
