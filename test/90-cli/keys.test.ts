// API keys from the command line: shown once, listed without their secret, refused as soon as they are revoked.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from './run-program.ts';

let parent: string;
let data: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'keys-'));
  // The folder is empty: keys may be made before the first run.
  data = join(parent, 'data');
});
afterAll(() => rmSync(parent, { recursive: true }));

const keys = async (...args: readonly string[]) => {
  const program = runProgram(['keys', ...args], { FLEETFEED_DATA: data, FLEETFEED_TODAY: '2026-11-20' });
  const { code } = await program.ended;
  return { code, stdout: program.stdout().trim(), stderr: program.stderr().trim() };
};

describe('keys', () => {
  test('are shown once, stored as hashes in a file that only its owner reads, and listed by id', async () => {
    const { code, stdout, stderr } = await keys('add', 'Power BI of finance', '--key-days', '30');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ff_[0-9a-f]{12}_[\w-]{43}$/);
    expect(stderr).toContain('until 2026-12-20');
    expect(readFileSync(join(data, 'keys.json'), 'utf8')).not.toContain(stdout.slice(-43));
    expect(statSync(join(data, 'keys.json')).mode & 0o077).toBe(0);
    expect(statSync(data).mode & 0o077).toBe(0);
    const list = await keys('list');
    expect(list.stdout).toContain(`${stdout.slice(3, 15)}  reader    until 2026-12-20`);
    expect(list.stdout).toContain('Power BI of finance');
    expect(list.stdout).not.toContain(stdout.slice(-43));
  });

  test('are revoked by id, and then listed as revoked', async () => {
    const { stdout } = await keys('add', 'leaked', '--key-role', 'analyst');
    const id = stdout.slice(3, 15);
    expect((await keys('revoke', id)).code).toBe(0);
    expect((await keys('list')).stdout).toMatch(new RegExp(`${id}  analyst   revoked 2026-11-20`));
  });

  test.each([
    [['revoke', 'nonsense'], "There is no key 'nonsense'."],
    [['add', 'x', '--key-role', 'raeder'], "Did you mean 'reader'?"],
  ])('%j ends with 1 and says what would be right', async (words, sentence) => {
    const { code, stdout, stderr } = await keys(...words);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
  });
});
