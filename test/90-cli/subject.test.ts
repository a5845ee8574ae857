// The data of one person, exported and erased from the command line.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { profileOf } from '../../schema/privacy-profile.ts';
import { peopleRuns, type TestDevice, type TestPerson } from '../60-etl/people-runs.ts';
import { runProgram } from './run-program.ts';

const { dataDir, runDay, rows, filesWith } = peopleRuns();

const ADELE: TestPerson = { id: '1a7e3c8d-02bb-4f46-a1e5-3b8d9f602244', name: 'adelevance' };
const MEGAN: TestPerson = { id: '0f6d2b7c-91aa-4e35-b0d4-2a7c8e5f1133', name: 'meganbowen' };
const LAPTOP: TestDevice = { id: 'd-1', name: 'laptop', owner: ADELE.id };
const PHONE: TestDevice = { id: 'd-2', name: 'handset', owner: MEGAN.id };

const subject = async (...args: readonly string[]) => {
  const program = runProgram(['subject', ...args, '--data', dataDir()]);
  const { code } = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

async function runThreeDays(): Promise<void> {
  await runDay(20261118, { people: [ADELE, MEGAN], devices: [LAPTOP, PHONE] });
  await runDay(20261119, { people: [ADELE, MEGAN], devices: [LAPTOP, PHONE] });
  await runDay(20261120, {
    people: [ADELE, MEGAN],
    devices: [{ ...LAPTOP, owner: MEGAN.id, name: 'passedon' }, PHONE],
  });
}

describe('subject export', () => {
  test('exports every row about one person, of all days, with descriptions', async () => {
    await runThreeDays();
    const file = join(dataDir(), 'adele.zip');
    const { code, stderr } = await subject('export', 'ADELEVANCE@contoso.com', '--to', file);
    expect([code, stderr.trim()]).toEqual([0, `12 rows of 7 collections are in '${file}'.`]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const files = unzipSync(readFileSync(file));
    const read = (name: string): Record<string, unknown>[] => JSON.parse(strFromU8(files[`${name}.json`]!));
    expect(read('users')).toMatchObject([
      { userId: ADELE.id, displayName: 'adelevance Display', isDeleted: false, intuneLicensed: true },
    ]);
    expect(read('userDeviceAssociations')).toMatchObject([
      {
        isDeleted: true,
        createdDateTimeUTC: '2026-11-18T00:00:00Z',
        endedDateTimeUTC: '2026-11-20T00:00:00Z',
      },
    ]);
    // The laptop on the days on which it was hers, and no later ones.
    expect(read('devicePropertyHistories').map((row) => [row['dateKey'], row['deviceName']])).toEqual([
      [20261118, 'laptop-pc'],
      [20261119, 'laptop-pc'],
    ]);
    const all = Object.values(files).map((bytes) => strFromU8(bytes));
    expect(all.join()).not.toMatch(/meganbowen|handset|passedon/);
    const readme = strFromU8(files['README.txt']!);
    expect(readme).toContain('mamCheckins.json, 3 rows');
    expect(readme).toContain('  displayName: Name as the directory shows it.');
    expect(readme).toMatch(/Nothing was found in: devices, /);
  });

  test('finds a person where everything is masked', async () => {
    await runDay(20261120, { people: [ADELE], devices: [LAPTOP] }, { profile: profileOf('masked') });
    const file = join(dataDir(), 'adele.zip');
    expect(await subject('export', ADELE.id, '--to', file)).toMatchObject({ code: 0 });
    expect(strFromU8(unzipSync(readFileSync(file))['users.json']!)).toMatch(/"displayName": "masked-/);
  });

  test('overwrites no file', async () => {
    await runDay(20261120, { people: [ADELE], devices: [] });
    const file = join(
      dataDir(),
      readdirSync(dataDir()).find((name) => name.startsWith('generation-'))!,
    );
    expect(await subject('export', ADELE.id, '--to', file)).toMatchObject({
      code: 1,
      stderr: `'${file}' exists already. Name a file that does not.\n`,
    });
    expect(rows('SELECT count(*) FROM users')).toEqual([[1]]);
  });
});

describe('subject erase', () => {
  test('erases, says what and what remains to be done, and does not erase twice', async () => {
    await runThreeDays();
    const { code, stdout, stderr } = await subject('erase', 'adelevance.mail@contoso.com', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('devicePropertyHistories: 1\n');
    expect(stderr).toContain('410');
    expect(filesWith('adelevance')).toEqual([]);
    expect(filesWith(ADELE.id)).toEqual([]);
    expect(await subject('erase', ADELE.id, '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is erased already.'),
    });
  });

  test('asks first, and does nothing without an answer', async () => {
    await runDay(20261120, { people: [ADELE], devices: [] });
    expect(await subject('erase', ADELE.id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--yes'),
    });
    expect(filesWith('adelevance').length).toBeGreaterThan(0);
  });
});

describe('a subject that is not one person', () => {
  test('is unknown, or is several', async () => {
    const twin = { ...MEGAN, name: ADELE.name };
    await runDay(20261120, { people: [ADELE, twin], devices: [] });
    expect(await subject('erase', 'nobody@contoso.com', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Nobody in the warehouse is 'nobody@contoso.com'."),
    });
    const { stderr } = await subject('erase', 'adelevance@contoso.com', '--yes');
    expect(stderr).toContain(`'adelevance@contoso.com' fits 2 people.`);
    expect(stderr).toContain(ADELE.id);
    expect(stderr).toContain(MEGAN.id);
    expect(filesWith('adelevance').length).toBeGreaterThan(0);
  });

  test('and an empty folder has none', async () => {
    expect(await subject('export', 'x', '--to', 'x.zip')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing has been published in'),
    });
  });
});
