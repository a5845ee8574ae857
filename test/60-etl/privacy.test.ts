// Erasure and masking: no byte of any file in the data folder holds what was erased or masked.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { newRunRecord } from '../../src/engines/new-run-record.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { profileOf } from '../../schema/privacy-profile.ts';
import { addDays } from '../../src/base/date-key.ts';
import { subjectHash } from '../../src/engines/subject-hash.ts';
import { listGenerations } from '../../src/engines/sqlite/generations/generation-files.ts';
import { findPeople } from '../../src/engines/sqlite/privacy/find-people.ts';
import { openSqliteWarehouse } from '../../src/engines/sqlite/sqlite-warehouse.ts';
import { peopleRuns, type TestDevice, type TestPerson } from './people-runs.ts';

const { dataDir, warehouse, runDay, rows, filesWith } = peopleRuns();

const ADELE: TestPerson = { id: '1a7e3c8d-02bb-4f46-a1e5-3b8d9f602244', name: 'adelevance' };
const MEGAN: TestPerson = { id: '0f6d2b7c-91aa-4e35-b0d4-2a7c8e5f1133', name: 'meganbowen' };
const ADELES: TestDevice = { id: 'd-1', name: 'adelevance', owner: ADELE.id };
const MEGANS: TestDevice = { id: 'd-2', name: 'meganbowen', owner: MEGAN.id };
const BOTH = { people: [ADELE, MEGAN], devices: [ADELES, MEGANS] };

const [FIRST, SECOND, THIRD] = [20261130, 20261201, 20261202];
const NOON = new Date('2026-12-01T12:00:00Z');

/** Adele's two days, across the end of a month. */
async function runTwoDays(): Promise<void> {
  await runDay(FIRST, { ...BOTH, problem: 'The device ADELEVANCE-pc of adelevance@contoso.com is odd.' });
  await runDay(SECOND, BOTH);
}

const keyOf = (id: string): number =>
  Number(rows(`SELECT userKey FROM users WHERE userId = '${id}'`)[0]?.[0]);
const eraseAdele = () => warehouse().erase({ key: keyOf(ADELE.id), id: ADELE.id }, 'admin', NOON);
const counts = () =>
  ['users', 'userHistories', 'devices', 'devicePropertyHistories', 'userDeviceAssociations']
    .concat(['mamApplicationInstances', 'mamCheckins', 'userTermsAndConditionsAcceptances'])
    .map((name) => rows(`SELECT count(*) FROM "${name}"`)[0]?.[0]);

describe('someone who is erased', () => {
  test('is in no byte of the folder, and every row is still counted', async () => {
    await runTwoDays();
    writeFileSync(join(dataDir(), 'refused-20261201.sqlite'), 'adelevance');
    writeFileSync(join(dataDir(), 'journal.sqlite.damaged'), 'adelevance');
    expect(filesWith('adelevance').length).toBeGreaterThan(3);
    const before = counts();
    const { generation, rows: changed } = eraseAdele();
    expect(filesWith('adelevance')).toEqual([]);
    expect(filesWith(ADELE.id)).toEqual([]);
    expect(filesWith('meganbowen')).toEqual([`generation-00000${generation.id}-${SECOND}.sqlite`]);
    expect(counts()).toEqual(before);
    expect(Object.fromEntries(changed)).toEqual({
      users: 1,
      userHistories: 1,
      devices: 1,
      devicePropertyHistories: 2,
      mamApplicationInstances: 1,
    });
  });

  test('is in no search index of a run that was quarantined and released later', async () => {
    await runTwoDays();
    const person = { key: keyOf(ADELE.id), id: ADELE.id };
    const build = warehouse().beginBuild(THIRD, NOON);
    build.erasure.erase([person], { at: NOON, forGood: true });
    build.quarantine(newRunRecord({ runId: 'run-3', dateKey: THIRD, outcome: 'refused', startedAt: NOON }));
    warehouse().release(NOON);
    const found = (word: string) =>
      rows(`SELECT count(*) FROM userHistoriesSearch WHERE userHistoriesSearch MATCH '${word}'`);
    expect([found('meganbowen'), found('adelevance')]).toEqual([[[3]], [[0]]]);
  });

  test('is replaced by a placeholder, and the rows of others stay', async () => {
    await runTwoDays();
    eraseAdele();
    const joined = `SELECT u.userId, u.displayName, d.deviceId, d.deviceName, d.serialNumber FROM users u
      JOIN devices d ON d.userId = u.userId AND d.primaryUser = u.userId ORDER BY d.deviceId`;
    const key = rows(`SELECT userKey FROM users WHERE displayName IS NULL`)[0]?.[0];
    const placeholder = `erased-${String(key)}`;
    expect(rows(joined)).toEqual([
      [placeholder, null, 'd-1', null, null],
      [MEGAN.id, 'meganbowen Display', 'd-2', 'meganbowen-pc', 'meganbowen-serial'],
    ]);
    expect(rows(`SELECT DISTINCT userId FROM userHistories WHERE displayName IS NULL`)).toEqual([
      [placeholder],
    ]);
  });

  test('is recorded in the journal and visible to readers, without a name', async () => {
    await runTwoDays();
    const { generation } = eraseAdele();
    const [audit, ...runs] = warehouse().journal.recent(10);
    expect(audit).toMatchObject({
      outcome: 'erasure',
      generation: generation.id,
      reason: `Asked for by admin: the personal data of one person, ${subjectHash(ADELE.id)}.`,
    });
    expect(audit?.steps).toContainEqual(expect.objectContaining({ entity: 'users', changed: 1 }));
    expect(runs.at(-1)?.problems[0]?.message).toBe('The device (erased) of (erased) is odd.');
    expect(rows('SELECT outcome FROM runs WHERE generation = 3')).toEqual([['erasure']]);
    // Readers who load only changes get it; the day that is served stays the same.
    expect(rows(`SELECT rowLastModifiedDateTimeUTC FROM users WHERE displayName IS NULL`)).toEqual([
      ['2026-12-01T12:00:00'],
    ]);
    expect(generation).toMatchObject({ dateKey: SECOND, publishedAt: '2026-12-01T00:00:00Z' });
  });

  test('stays erased while the directory and devices still report them', async () => {
    await runTwoDays();
    eraseAdele();
    const before = rows('SELECT userKey, userId, displayName, isDeleted FROM users ORDER BY userKey');
    await runDay(THIRD, BOTH);
    await runDay(THIRD, { ...BOTH, people: [{ ...ADELE, isListed: false }, MEGAN] });
    expect(filesWith('adelevance')).toEqual([]);
    expect(filesWith(ADELE.id)).toEqual([]);
    expect(rows('SELECT userKey, userId, displayName, isDeleted FROM users ORDER BY userKey')).toEqual(
      before,
    );
    expect(rows(`SELECT count(*) FROM devicePropertyHistories WHERE dateKey = ${THIRD}`)).toEqual([[2]]);
  });

  test('leaves a device that gets another owner, who is reported from then on', async () => {
    await runTwoDays();
    eraseAdele();
    const handedOn = { ...ADELES, name: 'renamed', owner: MEGAN.id };
    await runDay(THIRD, { ...BOTH, devices: [handedOn, MEGANS] });
    expect(rows(`SELECT deviceName, serialNumber FROM devices WHERE deviceId = 'd-1'`)).toEqual([
      ['renamed-pc', 'renamed-serial'],
    ]);
    const named = `SELECT h.dateKey, h.deviceName FROM devicePropertyHistories h
      JOIN devices d ON d.deviceKey = h.deviceKey WHERE d.deviceId = 'd-1' ORDER BY 1`;
    expect(rows(named)).toEqual([
      [FIRST, null],
      [SECOND, null],
      [THIRD, 'renamed-pc'],
    ]);
  });

  test('loses only the days on which a device was theirs', async () => {
    await runDay(FIRST, BOTH);
    await runDay(SECOND, { ...BOTH, devices: [{ ...ADELES, name: 'renamed', owner: MEGAN.id }, MEGANS] });
    eraseAdele();
    const named = `SELECT h.dateKey, h.deviceName FROM devicePropertyHistories h
      JOIN devices d ON d.deviceKey = h.deviceKey WHERE d.deviceId = 'd-1' ORDER BY 1`;
    expect(rows(named)).toEqual([
      [FIRST, null],
      [SECOND, 'renamed-pc'],
    ]);
  });

  test('is in no file after the next run, even if the erasure was killed before it removed the earlier ones', async () => {
    await runTwoDays();
    const [newest] = listGenerations(dataDir());
    const earlier = readFileSync(newest!.path);
    eraseAdele();
    writeFileSync(newest!.path, earlier);
    expect(filesWith('adelevance')).toHaveLength(1);
    await runDay(THIRD, BOTH);
    expect(filesWith('adelevance')).toEqual([]);
  });

  test('is erased again after an older backup is restored', async () => {
    await runTwoDays();
    const backup = mkdtempSync(join(tmpdir(), 'fleetfeed-backup-'));
    const file = join(backup, 'fleet.sqlite');
    copyFileSync(join(dataDir(), `generation-000002-${SECOND}.sqlite`), file);
    try {
      eraseAdele();
      openSqliteWarehouse({ dataDir: dataDir(), model: MODEL }).restore({ file, force: true }, NOON);
      expect(filesWith('adelevance')).toEqual([]);
      expect(filesWith(ADELE.id)).toEqual([]);
      await runDay(THIRD, BOTH);
      expect(filesWith('adelevance')).toEqual([]);
      expect(rows('SELECT count(*) FROM users')).toEqual([[2]]);
    } finally {
      rmSync(backup, { recursive: true });
    }
  });

  test('is redacted in the audit log of what they read, whose lines stay', async () => {
    const readAs = (requestId: string, id: string): string =>
      `${JSON.stringify({
        ...{ requestId, dateKey: FIRST, answeredDateTimeUTC: '2026-11-30T08:00:00Z', caller: `user:${id}` },
        ...{ role: 'reader', decision: 'answered', method: 'GET', shape: 'devices', status: 200, code: null },
        ...{ rowsSent: 1, bytesSent: 1, isWhole: true, costInMilliseconds: 1, durationInMilliseconds: 1 },
        requests: 1,
      })}\n`;
    mkdirSync(join(dataDir(), 'audit'));
    const file = join(dataDir(), 'audit', `reads-${FIRST}.jsonl`);
    // Longer than what is searched at once.
    const many = Array.from({ length: 6000 }, (_, index) => readAs(`r-${index}`, ADELE.id)).join('');
    writeFileSync(file, many + readAs('last', MEGAN.id));
    await runTwoDays();
    expect(rows(`SELECT count(*) FROM reads WHERE caller = 'user:${ADELE.id}'`)).toEqual([[6000]]);
    eraseAdele();
    expect(rows(`SELECT caller = 'user:${MEGAN.id}', count(*) FROM reads GROUP BY 1`)).toEqual([
      [0, 6000],
      [1, 1],
    ]);
    expect(filesWith(ADELE.id)).toEqual([]);
    const left = readFileSync(file, 'utf8');
    expect(left).not.toContain(ADELE.id);
    expect(left).toContain(readAs('last', MEGAN.id));
    expect(left).toHaveLength(many.length + readAs('last', MEGAN.id).length);
  });

  test('is found by a former name, and after that by none', async () => {
    const renamed = { ...ADELE, name: 'adelemiller' };
    await runDay(FIRST, BOTH);
    await runDay(SECOND, { ...BOTH, people: [renamed, MEGAN] });
    const find = (who: string) =>
      findPeople(listGenerations(dataDir())[0]!, MODEL, [who], subjectHash(who)).people.map(({ id }) => id);
    expect(find('adelemiller@contoso.com')).toEqual([ADELE.id]);
    expect(find('adelevance@contoso.com')).toEqual([ADELE.id]);
    eraseAdele();
    expect(filesWith('adelevance')).toEqual([]);
    expect(filesWith('adelemiller')).toEqual([]);
    expect(find('adelevance@contoso.com')).toEqual([]);
    expect(rows('SELECT count(*) FROM userHistories WHERE displayName IS NULL')).toEqual([[2]]);
  });

  test('is a new person under a new id', async () => {
    await runTwoDays();
    eraseAdele();
    await runDay(THIRD, { ...BOTH, people: [{ ...ADELE, id: 'another-id' }, MEGAN] });
    expect(rows(`SELECT userKey, displayName FROM users WHERE NOT isDeleted ORDER BY 1`)).toEqual([
      [keyOf(MEGAN.id), 'meganbowen Display'],
      [keyOf('another-id'), 'adelevance Display'],
    ]);
  });
});

describe('someone who left the directory', () => {
  const withoutAdele = { people: [MEGAN], devices: [MEGANS] };
  const leftAdele = { people: [MEGAN], devices: [ADELES, MEGANS] };

  test('is erased as part of a run, as many days later as the settings say', async () => {
    const privacy = { eraseLeaversAfterDays: 2 };
    await runDay(FIRST, BOTH, privacy);
    await runDay(SECOND, leftAdele, privacy);
    await runDay(THIRD, leftAdele, privacy);
    expect(rows(`SELECT displayName FROM users WHERE isDeleted`)).toEqual([['adelevance Display']]);
    await runDay(addDays(SECOND, 2), leftAdele, privacy);
    expect(rows(`SELECT displayName FROM users WHERE isDeleted`)).toEqual([[null]]);
    expect(warehouse().journal.recent(1)).toMatchObject([
      { outcome: 'published', reason: 'One person who had left was erased, 2 days after.' },
    ]);
    // Published generations do not change: later runs remove them.
    await runDay(addDays(SECOND, 3), leftAdele, privacy);
    await runDay(addDays(SECOND, 4), leftAdele, privacy);
    expect(filesWith('adelevance')).toEqual([]);
    expect(warehouse().journal.recent(1)[0]?.reason).toBeNull();
  });

  test('is kept when the setting is never, and erased in the same run when it is 0', async () => {
    await runDay(FIRST, BOTH);
    await runDay(SECOND, withoutAdele, { eraseLeaversAfterDays: null });
    expect(rows(`SELECT displayName FROM users WHERE isDeleted`)).toEqual([['adelevance Display']]);
    await runDay(THIRD, withoutAdele, { eraseLeaversAfterDays: 0 });
    expect(rows(`SELECT displayName FROM users WHERE isDeleted`)).toEqual([[null]]);
  });

  test('is erased again after a rollback to a generation before it', async () => {
    await runDay(FIRST, BOTH);
    await runDay(SECOND, withoutAdele);
    await runDay(THIRD, withoutAdele, { eraseLeaversAfterDays: 1 });
    warehouse().rollback(null, NOON);
    expect(rows(`SELECT displayName FROM users WHERE isDeleted`)).toEqual([['adelevance Display']]);
    await runDay(THIRD, withoutAdele, { eraseLeaversAfterDays: 1 });
    expect(rows(`SELECT displayName FROM users WHERE isDeleted`)).toEqual([[null]]);
    expect(rows('SELECT count(*) FROM users')).toEqual([[2]]);
  });

  test('and returns is a new person after one run', async () => {
    const privacy = { eraseLeaversAfterDays: 0 };
    await runDay(FIRST, BOTH, privacy);
    await runDay(SECOND, withoutAdele, privacy);
    await runDay(THIRD, BOTH, privacy);
    await runDay(addDays(THIRD, 1), BOTH, privacy);
    const people = 'SELECT userId, displayName, isDeleted FROM users WHERE userKey <> -1 ORDER BY userKey';
    expect(rows(people)).toEqual([
      [MEGAN.id, 'meganbowen Display', 0],
      [expect.stringMatching(/^erased-\d+$/), null, 1],
      [ADELE.id, 'adelevance Display', 0],
    ]);
  });
});

describe('a warehouse that masks', () => {
  const privacyOf = (...options: Parameters<typeof profileOf>) => ({ profile: profileOf(...options) });
  const PERSONAL = ['adelevance', 'meganbowen', ADELE.id, MEGAN.id];

  test.each(['masked', 'dropped'] as const)(
    'holds nothing personal in its bytes when it is %s',
    async (how) => {
      await runDay(FIRST, BOTH, privacyOf(how));
      await runDay(SECOND, BOTH, privacyOf(how));
      // Only here does the id of an app instance hold the id of a person.
      for (const text of PERSONAL.slice(0, 2)) expect(filesWith(text)).toEqual([]);
      expect(rows('SELECT userId FROM users WHERE userKey > 0').flat().join()).not.toContain(ADELE.id);
      expect(rows('SELECT count(*) FROM userHistories')).toEqual([[2]]);
      const named = rows('SELECT DISTINCT displayName FROM users').flat();
      expect(named.every((each) => (how === 'dropped' ? each === null : /^masked-/.test(String(each))))).toBe(
        true,
      );
    },
  );

  test('still joins by value, and recognizes people', async () => {
    await runDay(FIRST, BOTH, privacyOf('masked'));
    const keys = rows('SELECT userKey FROM users ORDER BY 1');
    await runDay(SECOND, BOTH, privacyOf('masked'));
    expect(rows('SELECT userKey FROM users ORDER BY 1')).toEqual(keys);
    const joined = 'SELECT count(*) FROM users u JOIN devices d ON d.userId = u.userId';
    expect(rows(joined)).toEqual([[2]]);
  });

  test('treats each kind of personal data as the setting says', async () => {
    await runDay(FIRST, BOTH, privacyOf('full', { serial: 'dropped', upn: 'masked' }));
    const one = `SELECT serialNumber, deviceName FROM devices WHERE deviceId = 'd-1'`;
    expect(rows(one)).toEqual([[null, 'adelevance-pc']]);
    expect(filesWith('adelevance-serial')).toEqual([]);
    expect(filesWith('adelevance@contoso')).toEqual([]);
  });

  test('masks past rows as well when masking begins later, and people keep their keys', async () => {
    await runDay(FIRST, BOTH);
    const keys = rows('SELECT userKey FROM users ORDER BY 1');
    await runDay(SECOND, BOTH, privacyOf('masked', { serial: 'dropped' }));
    expect(filesWith('adelevance')).toEqual([`generation-000001-${FIRST}.sqlite`]);
    expect(rows('SELECT userKey FROM users ORDER BY 1')).toEqual(keys);
    expect(rows('SELECT count(*) FROM userHistories')).toEqual([[2]]);
    // Switched off again: ids stay masked, so that everybody keeps their key.
    await runDay(THIRD, BOTH);
    expect(rows('SELECT userKey FROM users ORDER BY 1')).toEqual(keys);
    expect(rows(`SELECT deviceName FROM devices WHERE deviceId = 'd-1'`)).toEqual([['adelevance-pc']]);
    expect(rows(`SELECT count(*) FROM users WHERE userId LIKE 'masked-%'`)).toEqual([[2]]);
  });

  test('keeps its tombstones, whenever masking began', async () => {
    await runTwoDays();
    eraseAdele();
    await runDay(THIRD, BOTH, privacyOf('masked'));
    await runDay(addDays(THIRD, 1), BOTH, privacyOf('masked'));
    expect(rows('SELECT count(*) FROM users WHERE displayName IS NULL')).toEqual([[1]]);
    expect(rows('SELECT count(*) FROM users')).toEqual([[2]]);
  });

  test('refuses to run without its secret', async () => {
    await runDay(FIRST, BOTH, privacyOf('masked'));
    rmSync(join(dataDir(), 'privacy.key'));
    await expect(runDay(SECOND, BOTH, privacyOf('masked'))).rejects.toThrow('secret');
    expect(existsSync(join(dataDir(), 'privacy.key'))).toBe(false);
  });
});
