// OData JSON as the standard writes it, around rows that the database has written.
import { describe, expect, test } from '@jest/globals';
import { deriveExposedModel, type EntitySet } from '../../schema/derive/exposed-model.ts';
import { makeModel } from '../../schema/model.ts';
import {
  entity,
  instantOrNull,
  int32,
  int64OrNull,
  navigation,
  textOrNull,
  bool,
} from '../../schema/entity.ts';
import { FeedError } from '../../src/base/feed-error.ts';
import { collectionContext, entityContext, propertyContext } from '../../src/format/odata/context-url.ts';
import { encodeEntity } from '../../src/format/odata/encode-entity.ts';
import { encodeError } from '../../src/format/odata/encode-error.ts';
import { encodePageHead, encodePageTail, ROW_SEPARATOR } from '../../src/format/odata/encode-page.ts';
import { entityTemplate, type MetadataLevel } from '../../src/format/odata/entity-template.ts';
import { encodeValue } from '../../src/format/odata/encode-value.ts';
import type { RowMember } from '../../src/format/odata/row-template.ts';

const shelves = entity({
  name: 'shelves',
  singular: 'shelf',
  lifetime: 'current',
  description: 'A shelf.',
  key: ['shelfKey'],
  properties: { shelfKey: int32('Its key.') },
});
const books = entity({
  name: 'books',
  singular: 'book',
  lifetime: 'current',
  description: 'A book on a shelf.',
  key: ['shelfKey', 'place'],
  properties: {
    shelfKey: int32('Where it stands.'),
    place: int32('Counted from the left.'),
    title: textOrNull('On its back.'),
    letters: int64OrNull('In it.'),
    lent: bool('Not there.'),
    readAt: instantOrNull('Last.'),
  },
  navigations: { shelf: navigation('shelves', { shelfKey: 'shelfKey' }, 'books', 'Where it stands.') },
});
const { entitySets } = deriveExposedModel(makeModel('library', [shelves, books]), 'v1.0');
const ROOT = 'https://feed.example/Service';

describe('a row', () => {
  test.each<MetadataLevel>(['none', 'minimal'])('is its chosen properties under metadata=%s', (level) => {
    expect(membersOf(entitySets.get('books')!, ['title', 'lent'], level)).toEqual(['title', 'lent']);
  });

  test('says under metadata=full what it is, where it is, and each type that its JSON does not show', () => {
    const columns = ['place', 'title', 'letters', 'lent', 'readAt'];
    expect(membersOf(entitySets.get('books')!, columns, 'full')).toEqual([
      '@odata.type: #library.book',
      '@odata.id: books(shelfKey={shelfKey},place={place})',
      'place@odata.type: #Int32',
      'place',
      'title',
      'letters@odata.type: #Int64',
      'letters',
      'lent',
      'readAt@odata.type: #DateTimeOffset',
      'readAt',
      'shelf@odata.navigationLink: books(shelfKey={shelfKey},place={place})/shelf',
    ]);
  });

  test('has the short form of its address where its key is one property', () => {
    expect(membersOf(entitySets.get('shelves')!, ['shelfKey'], 'full')).toEqual([
      '@odata.type: #library.shelf',
      '@odata.id: shelves({shelfKey})',
      'shelfKey@odata.type: #Int32',
      'shelfKey',
      'books@odata.navigationLink: shelves({shelfKey})/books',
    ]);
  });

  test('hands on what the client asked for', () => {
    const options = { level: 'minimal', int64AsText: true, omitNulls: true, namespace: 'library' } as const;
    expect(entityTemplate({ columns: new Map(), entitySet: entitySets.get('books')! }, [], options)).toEqual({
      members: [],
      int64AsText: true,
      omitNulls: true,
    });
  });
});

describe('a page', () => {
  const written = (head: Uint8Array, rows: readonly string[], tail: Uint8Array): string =>
    textOf(head) + rows.join(textOf(ROW_SEPARATOR)) + textOf(tail);

  test('begins with its context and ends with its link', () => {
    const context = collectionContext(ROOT, 'books', null);
    const head = encodePageHead({ context, count: 2, int64AsText: false });
    expect(
      written(
        head,
        ['{"a":1}', '{"a":2}'],
        encodePageTail({ kind: 'nextLink', address: 'https://x/?$skiptoken="' }),
      ),
    ).toBe(
      `{"@odata.context":"${ROOT}/$metadata#books","@odata.count":2,"value":[{"a":1},{"a":2}],` +
        '"@odata.nextLink":"https://x/?$skiptoken=\\""}',
    );
  });

  test('is a list alone under metadata=none and at its end', () => {
    const head = encodePageHead({ context: null, count: null, int64AsText: false });
    expect(written(head, [], encodePageTail(null))).toBe('{"value":[]}');
  });

  test('has its count as text where every Int64 is', () => {
    const head = encodePageHead({ context: null, count: 2n ** 53n + 1n, int64AsText: true });
    expect(textOf(head)).toBe('{"@odata.count":"9007199254740993","value":[');
  });
});

describe('an entity', () => {
  test.each([
    ['{"a":1}', '{"@odata.context":"c","a":1}'],
    ['{}', '{"@odata.context":"c"}'],
  ])('%s gets its context first', (row, whole) => {
    expect(textOf(encodeEntity('c', Buffer.from(row)))).toBe(whole);
  });

  test('has none under metadata=none', () => {
    expect(textOf(encodeEntity(null, Buffer.from('{"a":1}')))).toBe('{"a":1}');
  });
});

test.each([
  ['none', '{"value":7}'],
  ['minimal', '{"@odata.context":"c","value":7}'],
  ['full', '{"@odata.context":"c","@odata.type":"#Int64","value":7}'],
] as const)('a value under metadata=%s is %s', (level, whole) => {
  const options = { context: 'c', level, type: 'Edm.Int64' } as const;
  expect(textOf(encodeValue(options, Buffer.from('7')))).toBe(whole);
});

test.each([
  [collectionContext(ROOT, 'books', ['title', 'lent']), '#books(title,lent)'],
  [entityContext(ROOT, 'books', null), '#books/$entity'],
  [entityContext(ROOT, 'books', ['title']), '#books(title)/$entity'],
  [propertyContext(ROOT, 'books', 'shelfKey=1,place=2', 'title'), '#books(shelfKey=1,place=2)/title'],
])('%s is in the form of 4.0', (context, fragment) => {
  expect(context).toBe(`${ROOT}/$metadata${fragment}`);
});

describe('an error', () => {
  test('has its hint twice: once for a client that shows only the message, once for a program', () => {
    const error = new FeedError('request.unknown-property', "No property 'titel' on books.", {
      target: '$filter',
      hint: "Did you mean 'title'?",
      position: 4,
    });
    expect(JSON.parse(textOf(encodeError(error)))).toEqual({
      error: {
        code: 'request.unknown-property',
        message: "No property 'titel' on books. Did you mean 'title'?",
        target: '$filter',
        details: [
          { code: 'hint', message: "Did you mean 'title'?" },
          { code: 'position', message: 'At character 5.', target: '$filter' },
        ],
      },
    });
  });

  test('is short where it has little to say', () => {
    expect(JSON.parse(textOf(encodeError(new FeedError('feed.empty', 'Nothing yet.'))))).toEqual({
      error: { code: 'feed.empty', message: 'Nothing yet.', details: [] },
    });
  });
});

function membersOf(
  entitySet: EntitySet,
  columns: readonly string[],
  level: MetadataLevel,
): readonly string[] {
  const words = { level, int64AsText: false, omitNulls: false, namespace: 'library' };
  return entityTemplate({ columns: entitySet.properties, entitySet }, columns, words).members.map(shown);
}

function shown(member: RowMember): string {
  if (member.kind === 'property' || member.kind === 'nestedCount') return member.name;
  if (member.kind === 'nested') return `${member.name}: {${member.template.members.map(shown).join()}}`;
  if (member.kind === 'object') return `${member.name}: {${member.members.map(shown).join()}}`;
  const parts = (member.value ?? [{ kind: 'text', text: 'null' }]).map((part) =>
    part.kind === 'text' ? part.text : `{${part.property}}`,
  );
  return `${member.name}: ${parts.join('')}`;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
