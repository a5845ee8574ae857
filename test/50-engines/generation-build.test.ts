// A generation is built in a separate file until it is published: whole or not at all, one at a time, and without blocking readers.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { makeModel, type Model } from '../../schema/model.ts';
import { dates } from '../../schema/subjects/dates.ts';
import { runProblems, runSteps, runs } from '../../schema/subjects/runs.ts';
import {
  entity,
  int32,
  text,
  textOrNull,
  type Entity,
  type Property,
  type Row,
} from '../../schema/entity.ts';
import { BUILD_FILE, generationFileName } from '../../src/engines/sqlite/generations/generation-files.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import type { Warehouse } from '../../src/engines/warehouse.ts';
import { select, smallModel, thing, thingDays, things, withDataDir } from './small-model.ts';

const noon = new Date('2026-01-01T12:00:00Z');
const warehouseIn = (dataDir: string): Warehouse => openSqliteWarehouse({ dataDir, model: smallModel });

function publish(warehouse: Warehouse, day: number, naturalKeys: readonly string[]): void {
  const build = warehouse.beginBuild(day, noon);
  build.staging.append(
    things,
    naturalKeys.map((naturalKey) => thing(naturalKey)),
  );
  build.merge(things, 'complete');
  build.publish();
}

describe('publishing', () => {
  test('makes one complete file without a journal beside it, under the next number', () => {
    withDataDir((dataDir) => {
      const warehouse = warehouseIn(dataDir);
      expect(warehouse.current()).toBeNull();
      publish(warehouse, 20260101, ['a']);
      publish(warehouse, 20260101, ['a']);
      expect(warehouse.current()).toEqual({ id: 2, dateKey: 20260101, publishedAt: '2026-01-01T12:00:00Z' });
      expect(readdirSync(dataDir).sort()).toEqual([
        generationFileName(1, 20260101),
        generationFileName(2, 20260101),
        'journal.sqlite',
        'night.lock',
      ]);
      expect(select(dataDir, 'SELECT * FROM generation')).toEqual([
        { id: 2, dateKey: 20260101, publishedAtUTC: '2026-01-01T12:00:00' },
      ]);
    });
  });

  test('never changes a published file, and keeps the last three', () => {
    withDataDir((dataDir) => {
      const warehouse = warehouseIn(dataDir);
      publish(warehouse, 20260101, ['a']);
      publish(warehouse, 20260102, ['a', 'b']);
      const file = join(dataDir, generationFileName(2, 20260102));
      const bytes = readFileSync(file);
      publish(warehouse, 20260103, ['b']);
      publish(warehouse, 20260104, []);
      expect(readFileSync(file).equals(bytes)).toBe(true);
      expect(readdirSync(dataDir).filter((name) => name.startsWith('generation'))).toHaveLength(3);
    });
  });

  test('never removes the file before the newest, whatever the setting says', () => {
    withDataDir((dataDir) => {
      const warehouse = openSqliteWarehouse({ dataDir, model: smallModel, keepGenerations: 0 });
      for (const day of [20260101, 20260102, 20260103]) publish(warehouse, day, ['a']);
      expect(readdirSync(dataDir).filter((name) => name.startsWith('generation'))).toEqual([
        generationFileName(2, 20260102),
        generationFileName(3, 20260103),
      ]);
    });
  });

  test('a build is not visible before it is published, and leaves nothing when it is discarded', () => {
    withDataDir((dataDir) => {
      const warehouse = warehouseIn(dataDir);
      publish(warehouse, 20260101, ['a']);
      const build = warehouse.beginBuild(20260102, noon);
      build.staging.append(things, [thing('b')]);
      build.merge(things, 'complete');
      expect(warehouse.current()).toMatchObject({ id: 1 });
      build.discard();
      expect(readdirSync(dataDir).sort()).toEqual([
        generationFileName(1, 20260101),
        'journal.sqlite',
        'night.lock',
      ]);
    });
  });
});

describe('beginning a build', () => {
  test('is refused until the build before it has ended', () => {
    withDataDir((dataDir) => {
      const build = warehouseIn(dataDir).beginBuild(20260101, noon);
      expect(() => warehouseIn(dataDir).beginBuild(20260101, noon)).toThrow(
        expect.objectContaining({ code: 'feed.night-running' }),
      );
      build.discard();
      warehouseIn(dataDir).beginBuild(20260101, noon).discard();
    });
  });

  test('is possible after a process was killed, and removes the files that it left', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-stage-'));
    const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const child = spawn(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      '--input-type=module',
      '--eval',
      `import { openSqliteWarehouse } from ${source('../../src/engines/sqlite/sqlite-warehouse.ts')};
       import { smallModel } from ${source('./small-model.ts')};
       const warehouse = openSqliteWarehouse({ dataDir: ${JSON.stringify(dataDir)}, model: smallModel });
       const build = warehouse.beginBuild(20260101, new Date(${noon.getTime()}));
       console.log('begun');
       setInterval(() => build.staging.dateKey, 1000); // Without a reference the build is collected, and its lock with it.`,
    ]);
    try {
      await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('exit', () => reject(new Error('The other process ended early.')));
        child.stderr.on('data', (text: Buffer) => reject(new Error(text.toString())));
      });
      child.removeAllListeners('exit');
      expect(() => warehouseIn(dataDir).beginBuild(20260101, noon)).toThrow('Another run is under way');
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      expect(readdirSync(dataDir)).toContain(BUILD_FILE);
      publish(warehouseIn(dataDir), 20260101, ['a']);
      expect(readdirSync(dataDir).sort()).toEqual([
        generationFileName(1, 20260101),
        'journal.sqlite',
        'night.lock',
      ]);
    } finally {
      child.kill('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('is refused for a day before the newest published one, and releases its lock', () => {
    withDataDir((dataDir) => {
      const warehouse = warehouseIn(dataDir);
      publish(warehouse, 20260102, ['a']);
      expect(() => warehouse.beginBuild(20260101, noon)).toThrow(
        expect.objectContaining({ code: 'feed.night-refused', message: expect.stringContaining('20260102') }),
      );
      publish(warehouse, 20260102, ['a']);
    });
  });

  test('skips a damaged file, and does not use its number again', () => {
    withDataDir((dataDir) => {
      const warehouse = warehouseIn(dataDir);
      publish(warehouse, 20260101, ['a']);
      writeFileSync(join(dataDir, generationFileName(2, 20260102)), 'not a database');
      publish(warehouse, 20260103, ['a', 'b']);
      expect(warehouse.current()).toMatchObject({ id: 3 });
      expect(select(dataDir, 'SELECT thingId, thingKey FROM things').map(Object.values)).toEqual([
        ['a', 1],
        ['b', 2],
      ]);
    });
  });

  test('fills the calendar from 2016 to five years ahead of the day', () => {
    withDataDir((dataDir) => {
      const warehouse = openSqliteWarehouse({ dataDir, model: makeModel('Days', [dates]) });
      const ends = () => Object.values(select(dataDir, 'SELECT min(dateKey), max(dateKey) FROM dates')[0]!);
      warehouse.beginBuild(20260228, noon).publish();
      expect(ends()).toEqual([20160101, 20310228]);
      warehouse.beginBuild(20260301, noon).publish();
      expect(ends()).toEqual([20160101, 20310301]);
    });
  });
});

describe('a model that grew', () => {
  const lookup = (rows: readonly Row<'kindId' | 'kindName'>[]): Entity =>
    entity({
      name: 'kinds',
      singular: 'kind',
      lifetime: 'current',
      description: 'Kinds.',
      key: ['kindId'],
      properties: { kindId: int32('Id.'), kindName: text('Name.') },
      rows,
    });
  const dailyEntity = (name: string, more: Partial<Entity['properties']>) =>
    entity({
      name,
      singular: `${name}Row`,
      lifetime: 'daily',
      description: 'Days.',
      key: ['dateKey', 'thingId'],
      properties: {
        dateKey: int32('Day.', { role: 'day' }),
        thingId: text('Id.'),
        ...(more as Entity['properties']),
      },
    });
  const before = makeModel('Before', [lookup([{ kindId: 1, kindName: 'One' }]), dailyEntity('nights', {})]);
  const grown = dailyEntity('nights', { note: textOrNull('Note.'), level: int32('Level.') });
  const after = makeModel('After', [
    lookup([
      { kindId: 1, kindName: 'Uno' },
      { kindId: 2, kindName: 'Due' },
    ]),
    grown,
    dailyEntity('others', {}),
  ]);

  test('gains columns, collections and lookup rows, and keeps past rows', () => {
    withDataDir((dataDir) => {
      const old = before.entities.get('nights')!;
      const first = openSqliteWarehouse({ dataDir, model: before }).beginBuild(20260101, noon);
      first.staging.append(old, [{ values: { thingId: 'a' } }]);
      first.merge(old, 'complete');
      first.publish();
      const second = openSqliteWarehouse({ dataDir, model: after }).beginBuild(20260102, noon);
      second.staging.append(grown, [{ values: { thingId: 'a', note: 'n', level: 7 } }]);
      second.merge(grown, 'complete');
      expect(second.verify()).toEqual([]);
      second.publish();
      expect(select(dataDir, 'SELECT * FROM nights').map(Object.values)).toEqual([
        [20260101, 'a', null, 0],
        [20260102, 'a', 'n', 7],
      ]);
      expect(select(dataDir, 'SELECT * FROM kinds').map(Object.values)).toEqual([
        [1, 'Uno'],
        [2, 'Due'],
      ]);
      expect(select(dataDir, 'SELECT * FROM others')).toEqual([]);
    });
  });

  test('is migrated without a run: same rows, same day, same moment, and only once', () => {
    withDataDir((dataDir) => {
      const old = before.entities.get('nights')!;
      const first = openSqliteWarehouse({ dataDir, model: before }).beginBuild(20260101, noon);
      first.staging.append(old, [{ values: { thingId: 'a' } }]);
      first.merge(old, 'complete');
      const published = first.publish();
      expect(openSqliteWarehouse({ dataDir, model: before }).migrateToModel()).toBeNull();
      const warehouse = openSqliteWarehouse({ dataDir, model: after });
      expect(warehouse.migrateToModel()).toEqual({ ...published, id: 2 });
      expect(warehouse.migrateToModel()).toBeNull();
      expect(select(dataDir, 'SELECT * FROM nights').map(Object.values)).toEqual([[20260101, 'a', null, 0]]);
      expect(select(dataDir, 'SELECT * FROM others')).toEqual([]);
    });
  });

  test('replaces the run tables of older releases', () => {
    withDataDir((dataDir) => {
      openSqliteWarehouse({ dataDir, model: before }).beginBuild(20260101, noon).publish();
      const former = new Database(join(dataDir, generationFileName(1, 20260101)));
      for (const name of ['runs', 'runSteps', 'runProblems']) {
        former.exec(
          `CREATE TABLE ${name} (run TEXT PRIMARY KEY, verdict TEXT NOT NULL) STRICT, WITHOUT ROWID`,
        );
      }
      former.close();
      const journalled = makeModel('Journalled', [
        ...before.entities.values(),
        dates,
        runs,
        runSteps,
        runProblems,
      ]);
      openSqliteWarehouse({ dataDir, model: journalled }).migrateToModel();
      expect(select(dataDir, 'SELECT runId, outcome FROM runs')).toEqual([]);
    });
  });

  const modelOf = (lifetime: Entity['lifetime']): Model => {
    const byLifetime: Readonly<Record<Entity['lifetime'], Property>> = {
      current: int32('Day.'),
      event: int32('Day.', { role: 'day' }),
      daily: int32('Day.', { role: 'day' }),
      history: int32('Day.', { role: 'startDay' }),
    };
    const visits = entity({
      name: 'visits',
      singular: 'visit',
      lifetime,
      description: 'Visits.',
      key: ['dateKey', 'thingId'],
      properties: { dateKey: byLifetime[lifetime], thingId: text('Id.') },
    });
    return makeModel('Living', [visits]);
  };

  const lifetimes = ['current', 'event', 'daily', 'history'] as const;
  test.each(lifetimes.flatMap((from) => lifetimes.map((to) => [from, to] as const)))(
    'may turn a collection that is still empty from %s into %s',
    (from, to) => {
      withDataDir((dataDir) => {
        openSqliteWarehouse({ dataDir, model: modelOf(from) })
          .beginBuild(20260101, noon)
          .publish();
        const visits = modelOf(to).entities.get('visits')!;
        const build = openSqliteWarehouse({ dataDir, model: modelOf(to) }).beginBuild(20260102, noon);
        const extraValues = to === 'current' ? { dateKey: 20260102 } : {};
        build.staging.append(visits, [{ values: { thingId: 'a', ...extraValues } }]);
        build.merge(visits, 'complete');
        expect(build.verify()).toEqual([]);
        build.publish();
        expect(select(dataDir, 'SELECT * FROM visits')).toEqual([{ dateKey: 20260102, thingId: 'a' }]);
      });
    },
  );

  test('is refused where a collection with rows changed its lifetime', () => {
    withDataDir((dataDir) => {
      const [model, other] = [modelOf('event'), modelOf('daily')];
      const build = openSqliteWarehouse({ dataDir, model }).beginBuild(20260101, noon);
      const visits = model.entities.get('visits')!;
      build.staging.append(visits, [{ values: { thingId: 'a' } }]);
      build.merge(visits, 'complete');
      build.publish();
      expect(() => openSqliteWarehouse({ dataDir, model: other }).beginBuild(20260102, noon)).toThrow(
        expect.objectContaining({ code: 'feed.night-refused', target: 'visits' }),
      );
    });
  });

  test('is refused where it changed the type of a stored column', () => {
    withDataDir((dataDir) => {
      const build = openSqliteWarehouse({ dataDir, model: after }).beginBuild(20260101, noon);
      build.staging.append(grown, [{ values: { thingId: 'a', note: 'n', level: 7 } }]);
      build.merge(grown, 'complete');
      build.publish();
      const changed = makeModel('Changed', [
        dailyEntity('nights', { note: int32('Note.'), level: int32('Level.') }),
      ]);
      expect(() => openSqliteWarehouse({ dataDir, model: changed }).beginBuild(20260102, noon)).toThrow(
        expect.objectContaining({ code: 'feed.night-refused', target: 'nightsSpans.note' }),
      );
      expect(() => openSqliteWarehouse({ dataDir, model: before }).beginBuild(20260102, noon)).toThrow(
        expect.objectContaining({ target: 'nightsSpans.level' }),
      );
    });
  });
});

describe('verification', () => {
  test('finds broken references', () => {
    withDataDir((dataDir) => {
      const build = warehouseIn(dataDir).beginBuild(20260101, noon);
      build.staging.append(things, [thing('a', { colourKey: 77 }), thing('b', { colourKey: -1 })]);
      build.staging.append(thingDays, [{ values: { thingKey: 'a', thingName: null, colourKey: 78 } }]);
      build.merge(things, 'complete');
      build.merge(thingDays, 'complete');
      expect(build.verify()).toEqual([
        {
          collection: 'things',
          message: 'things: rows have a colourKey that colours does not know (1).',
          isBroken: true,
        },
        {
          collection: 'thingDays',
          message: 'thingDays: rows have a colourKey that colours does not know (1).',
          isBroken: true,
        },
      ]);
      build.discard();
    });
  });

  test.each([
    [
      'UPDATE colours SET colourKey = 1 WHERE colourId = 2',
      'colours: values of colourKey stand on more than one row (1).',
    ],
    [
      'DELETE FROM surrogateKeys; DELETE FROM things',
      'thingDays: rows have a thingKey that things does not know (1).',
    ],
    [
      `INSERT INTO thingDaysSpans VALUES (202601, 1, 20260105, 20260107, NULL, 1)`,
      'thingDays: validity intervals overlap or end before they begin (1).',
    ],
    [
      'UPDATE thingDaysSpans SET toKey = fromKey',
      'thingDays: validity intervals overlap or end before they begin (1).',
    ],
  ])('finds the damage of %s', (damage, message) => {
    withDataDir((dataDir) => {
      const build = warehouseIn(dataDir).beginBuild(20260101, noon);
      build.staging.append(things, [thing('a')]);
      build.staging.append(thingDays, [{ values: { thingKey: 'a', thingName: null, colourKey: 1 } }]);
      build.merge(things, 'complete');
      build.merge(thingDays, 'complete');
      const database = new Database(join(dataDir, BUILD_FILE));
      database.exec(damage);
      database.close();
      expect(build.verify().map((each) => each.message)).toContain(message);
      build.discard();
    });
  });
});
