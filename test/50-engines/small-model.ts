// A small model: a collection of each lifetime, every role and every kind of reference. And how tests look into a file.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeModel } from '../../schema/model.ts';
import {
  entity,
  instant,
  instantOrNull,
  int32,
  int32OrNull,
  int64OrNull,
  navigation,
  text,
  textOrNull,
  bool,
} from '../../schema/entity.ts';
import type { StagedRow } from '../../src/engines/staging.ts';
import { listGenerationFiles } from '../../src/engines/sqlite/generations/generation-files.ts';

export const colours = entity({
  name: 'colours',
  singular: 'colour',
  lifetime: 'current',
  description: 'A lookup whose rows are fixed.',
  key: ['colourId'],
  properties: { colourId: int32('Id.'), colourKey: int32('Key.'), colourName: text('Name.') },
  rows: [
    { colourId: -1, colourKey: -1, colourName: 'Not Available' },
    { colourId: 1, colourKey: 1, colourName: 'Red' },
    { colourId: 2, colourKey: 2, colourName: 'Green' },
  ],
});

export const groups = entity({
  name: 'groups',
  singular: 'group',
  lifetime: 'current',
  description: 'Harvested, but for the row that stands for no group.',
  key: ['groupId'],
  properties: {
    groupId: text('Id.'),
    groupKey: int32('Key.', { role: 'surrogate' }),
    groupName: text('Name.'),
    isDeleted: bool('Gone.', { role: 'deleted' }),
    modified: instant('Written.', { role: 'modified' }),
  },
  rows: [
    {
      groupId: '0000',
      groupKey: -1,
      groupName: 'None',
      isDeleted: false,
      modified: '2016-01-01T00:00:00',
    },
  ],
});

export const things = entity({
  name: 'things',
  singular: 'thing',
  lifetime: 'current',
  description: 'A dimension with every role that a latest state can have.',
  key: ['thingKey'],
  properties: {
    thingKey: int32('Key.', { role: 'surrogate' }),
    thingId: text('Id.'),
    thingName: textOrNull('Name.'),
    bytes: int64OrNull('Bytes.'),
    colourKey: int32('Colour.'),
    groupKey: int32('Group.', { refers: 'groups' }),
    parentKey: int32OrNull('Parent.', { refers: 'things' }),
    isDeleted: bool('Gone.', { role: 'deleted' }),
    deletedAt: instantOrNull('Gone since.', { role: 'deletedAt' }),
    firstSeen: instant('Seen since.', { role: 'start' }),
    seenUntil: instant('Seen until.', { role: 'end' }),
    isCurrent: bool('There.', { role: 'current' }),
    modified: instant('Written.', { role: 'modified' }),
  },
  navigations: { colour: navigation('colours', { colourKey: 'colourKey' }, 'things', 'Colour.') },
});

export const thingHistories = entity({
  name: 'thingHistories',
  singular: 'thingHistory',
  lifetime: 'history',
  description: 'The states of things.',
  key: ['thingKey', 'startDay'],
  properties: {
    thingKey: int32('Thing.', { refers: 'things' }),
    startDay: int32('Start.', { role: 'startDay' }),
    thingName: textOrNull('Name.'),
    isDeleted: bool('Gone.', { role: 'deleted' }),
    start: instant('Start.', { role: 'start' }),
    end: instant('End.', { role: 'end' }),
    isCurrent: bool('In force.', { role: 'current' }),
  },
});

export const thingDays = entity({
  name: 'thingDays',
  singular: 'thingDay',
  lifetime: 'daily',
  description: 'A thing on a day.',
  key: ['dateKey', 'thingKey'],
  properties: {
    dateKey: int32('Day.', { role: 'day' }),
    thingKey: int32('Thing.', { refers: 'things' }),
    thingName: textOrNull('Name.'),
    colourKey: int32('Colour.'),
  },
  navigations: { colour: navigation('colours', { colourKey: 'colourKey' }, 'thingDays', 'Colour.') },
});

export const colourCounts = entity({
  name: 'colourCounts',
  singular: 'colourCount',
  lifetime: 'event',
  description: 'Things by colour on a day.',
  key: ['dateKey', 'colourKey'],
  properties: {
    dateKey: int32('Day.', { role: 'day' }),
    colourKey: int32('Colour.'),
    count: int32('How many.'),
  },
});

export const smallModel = makeModel('Small', [
  colours,
  groups,
  things,
  thingHistories,
  thingDays,
  colourCounts,
]);

/** Runs with a directory, and removes it afterwards. */
export function withDataDir<T>(use: (dataDir: string) => T): T {
  const dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-stage-'));
  try {
    return use(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Rows of a query against the newest published file. */
export function select(dataDir: string, sql: string, ...values: unknown[]): Record<string, unknown>[] {
  const database = new Database(listGenerationFiles(dataDir)[0]!.path, { readonly: true });
  try {
    return database.prepare<unknown[], Record<string, unknown>>(sql).all(...values);
  } finally {
    database.close();
  }
}

/** Texts that only the search indexes have, or only the rows. There must be none. */
export function orphanedTexts(dataDir: string): Record<string, unknown>[] {
  const difference = (collection: string): string => {
    const rows = `SELECT thingName FROM ${collection}Spans WHERE thingName IS NOT NULL`;
    const index = `SELECT text FROM ${collection}Search`;
    return `SELECT * FROM (${rows} EXCEPT ${index}) UNION SELECT * FROM (${index} EXCEPT ${rows})`;
  };
  return ['thingDays', 'thingHistories'].flatMap((collection) => select(dataDir, difference(collection)));
}

/** A harvested thing. */
export function thing(naturalKey: string, values: StagedRow['values'] = {}): StagedRow {
  const defaults = {
    thingId: naturalKey,
    thingName: naturalKey,
    bytes: null,
    colourKey: 1,
    groupKey: null,
    parentKey: null,
  };
  return { naturalKey, values: { ...defaults, ...values } };
}
