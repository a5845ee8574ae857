// A small collection with every type and every kind of null, for what SQL and JavaScript must agree on.
import { LIMITS } from '../../src/base/limits.ts';
import Database from 'better-sqlite3';
import { deriveExposedModel, type EntitySet } from '../../schema/derive/exposed-model.ts';
import { SQLITE_BUILD_DIALECT } from '../../src/engines/sqlite/sqlite-build-dialect.ts';
import { definitionText, deriveDdl } from '../../src/sql/build/schema/derive-ddl.ts';
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
  boolOrNull,
  type Property,
  type Row,
} from '../../schema/entity.ts';
import { OPEN_END, monthPartitionOf } from '../../src/base/date-key.ts';
import { registerFunctions } from '../../src/engines/sqlite/read/register-functions.ts';
import { type Scope, scopeOfEntitySet } from '../../src/plan/bind/scope.ts';
import type { Vocabulary } from './random-filters.ts';

const ratio = { type: 'Edm.Double', nullable: true, description: 'A fraction.' } as const satisfies Property;

const PROPERTIES = {
  dateKey: int32('A day.', { role: 'day' }),
  thingKey: int32('Which thing.'),
  label: text('A text that is always there.'),
  name: textOrNull('A text that may be missing.'),
  number: int32OrNull('A small whole number.'),
  size: int64OrNull('A large whole number.'),
  ratio,
  on: bool('A truth that is always there.'),
  flag: boolOrNull('A truth that may be missing.'),
  changed: instant('An instant that is always there.'),
  seen: instantOrNull('An instant that may be missing.'),
};

const THING_DEFINITION = {
  singular: 'thing',
  description: 'Things.',
  key: ['dateKey', 'thingKey'],
  properties: PROPERTIES,
} as const;

const kindNavigation = (inverse: string) => ({
  kind: navigation('kinds', { number: 'kindKey' }, inverse, 'What it is, where that is known.'),
});

export const THINGS = entity({
  ...THING_DEFINITION,
  name: 'things',
  lifetime: 'event',
  navigations: kindNavigation('things'),
});
/** The same things as spans of days, behind a view. */
export const DAILY_THINGS = entity({
  ...THING_DEFINITION,
  name: 'dailyThings',
  singular: 'dailyThing',
  lifetime: 'daily',
  navigations: kindNavigation('dailyThings'),
});

/** What some things are, each under another kind. */
const KINDS = entity({
  name: 'kinds',
  singular: 'kind',
  lifetime: 'current',
  description: 'Kinds of things.',
  key: ['kindKey'],
  properties: {
    kindKey: int32('Its key.'),
    title: textOrNull('What it is called.'),
    on: bool('Named as in things, so that a query must say which row it means.'),
    parentKey: int32OrNull('The kind above.'),
  },
  navigations: { parent: navigation('kinds', { parentKey: 'kindKey' }, 'children', 'The kind above.') },
});

/** Things of the kinds -3, 2 and 3 dangle, and the kind 9 has no things. */
export const KIND_ROWS = [
  { kindKey: -2, title: 'Ärger', on: true, parentKey: null },
  { kindKey: -1, title: null, on: false, parentKey: -2 },
  { kindKey: 0, title: 'ab', on: true, parentKey: -1 },
  { kindKey: 1, title: 'abc', on: false, parentKey: 7 },
  { kindKey: 9, title: '', on: true, parentKey: 0 },
] as const;

const MODEL = makeModel('Test', [THINGS, DAILY_THINGS, KINDS]);
export const EXPOSED_MODEL = deriveExposedModel(MODEL, 'beta');

export function entitySetOf(name: string): EntitySet {
  return EXPOSED_MODEL.entitySets.get(name)!;
}

/** What an expression about a thing is bound in. */
export function thingScope(): Scope {
  const context = {
    exposedModel: EXPOSED_MODEL,
    aliases: new Map(),
    now: new Date(0),
    limits: LIMITS,
    option: '$filter',
  };
  return scopeOfEntitySet(entitySetOf('things'), context);
}

const TEXTS = [
  "O'Neil",
  '"quoted"',
  '日本語テスト',
  '😀 smile',
  'Ärger',
  'ärger',
  'a%b_c',
  'ab',
  'abc',
  '',
  ' pad ',
  '\\',
  '\uffff',
  '\u{10ffff}',
];
const INSTANTS = [
  '2018-02-21T23:18:51.3277273',
  '2018-02-21T23:18:51.3277272',
  '2018-02-21T23:18:51',
  '2016-01-01T00:00:00',
  '9999-12-31T00:00:00',
];
const SIZES = [9007199254740991n, 9007199254740992n, 9007199254740993n, -9007199254740993n, 0n, 7n];
const RATIOS = [0.5, -0.5, 2, 1e300, 0.1, 2.5, -2.5];

export const VOCABULARY: Vocabulary = {
  texts: ['name', 'label'],
  wholes: ['number', 'size', 'thingKey', 'dateKey'],
  measures: ['number', 'size'],
  fractions: ['ratio'],
  truths: ['on', 'flag'],
  instants: ['changed', 'seen'],
  samples: {
    texts: TEXTS,
    wholes: SIZES,
    fractions: RATIOS,
    instants: INSTANTS,
    days: ['2018-02-21', '2016-01-01'],
  },
  conditions: [],
};

export const DAYS = [20180219, 20180220, 20180221, 20180301];

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length]!;
/** Every so many rows the value is missing. */
const sometimes = <T>(value: T, index: number, every: number): T | null =>
  index % every === 0 ? null : value;

/** Twelve things on each of four days. */
export const ROWS: readonly Row[] = DAYS.flatMap((dateKey, day) =>
  Array.from({ length: 12 }, (_, thing): Row => {
    const index = day * 12 + thing;
    return {
      dateKey,
      thingKey: thing - 2,
      label: pick(TEXTS, index * 5 + 1),
      name: sometimes(pick(TEXTS, index), index, 4),
      number: sometimes(BigInt((index % 7) - 3), index, 5),
      size: sometimes(pick(SIZES, index), index, 6),
      ratio: sometimes(pick(RATIOS, index), index, 3),
      on: index % 2 === 0,
      flag: sometimes(index % 4 < 2, index, 7),
      changed: pick(INSTANTS, index),
      seen: sometimes(pick(INSTANTS, index * 3 + 1), index, 4),
    };
  }),
);

/** A database with both collections; of the daily one every day is a span, since something always changed. */
export function openThings(): Database.Database {
  const database = new Database(':memory:');
  for (const definition of deriveDdl(SQLITE_BUILD_DIALECT, MODEL)) database.exec(definitionText(definition));
  registerFunctions(database, { isStopped: () => false, limits: LIMITS });
  const stored = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);
  const insert = (table: string, row: Record<string, unknown>): void => {
    const names = Object.keys(row);
    const places = names.map(() => '?').join();
    const columns = names.map((name) => `"${name}"`).join();
    database
      .prepare(`INSERT INTO "${table}" (${columns}) VALUES (${places})`)
      .run(...Object.values(row).map(stored));
  };
  for (const dateKey of DAYS) {
    for (const collection of ['dailyThings', 'others']) {
      insert('snapshotDays', { collection, dateKey, period: monthPartitionOf(dateKey) });
    }
  }
  for (const row of KIND_ROWS) insert('kinds', row);
  for (const row of ROWS) {
    insert('things', row);
    const { dateKey, ...rest } = row;
    const next = DAYS[DAYS.indexOf(Number(dateKey)) + 1] ?? OPEN_END;
    const period = monthPartitionOf(Number(dateKey));
    insert('dailyThingsSpans', { ...rest, period, fromKey: dateKey, toKey: next });
  }
  return database;
}
