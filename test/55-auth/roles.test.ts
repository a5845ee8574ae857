// Roles in a file: what it may contain, how it changes the built-in roles, and how mistakes are reported.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readRoles } from '../../src/auth/read-roles.ts';
import { allRoles, roleNamed, BUILT_IN_ROLES, type Roles } from '../../src/auth/roles.ts';
import { FeedError } from '../../src/base/feed-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-roles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'roles.json');
const nameable = {
  collections: ['dates', 'devices', 'users'],
  personalKinds: ['upn', 'serial', 'deviceName'],
};

function read(text: string): Roles {
  writeFileSync(path, text);
  return readRoles(path, nameable);
}

test('roles of the file come first, then the built-in ones that it does not replace', () => {
  const roles = read(
    `{"helpdesk": {"collections": ["device*", "users"], "personal": ["serial"]},
      "reader": {"collections": ["dates"]},
      "twin": {"collections": ["*"], "personal": "all", "metrics": true}}`,
  );
  expect([...roles.keys()]).toEqual(['helpdesk', 'reader', 'twin', 'analyst', 'auditor', 'operator']);
  expect(roles.get('helpdesk')).toEqual({
    name: 'helpdesk',
    collections: ['device*', 'users'],
    personal: ['serial'],
  });
  expect(roles.get('twin')).toEqual({ ...BUILT_IN_ROLES.analyst, name: 'twin' });
  expect(roles.get('reader')).toEqual({ name: 'reader', collections: ['dates'], personal: 'none' });
});

describe('a mistake is reported with its place and what would be right', () => {
  const role = (more: string): string => `{"helpdesk": {"collections": ["*"]${more}}}`;
  test.each([
    ['', 'is not JSON', undefined],
    ['[]', 'is not an object of roles', undefined],
    ['{"Help desk": {}}', "role 'Help desk' has a name", 'lower-case letters'],
    ['{"none": {"collections": ["*"]}}', "role 'none' has a name", 'the name none is reserved'],
    ['{"constructor": []}', "role 'constructor' is not an object", 'collections, personal and metrics'],
    ['{"__proto__": {"collections": ["*"]}}', "role '__proto__' has a name", undefined],
    ['{"helpdesk": {"collection": ["*"]}}', "unknown 'collection'", "Did you mean 'collections'?"],
    ['{"helpdesk": {}}', 'does not list', '["*"]'],
    ['{"helpdesk": {"collections": []}}', 'does not list', '["*"]'],
    ['{"helpdesk": {"collections": [1]}}', 'does not list', '["*"]'],
    ['{"helpdesk": {"collections": ["device"]}}', "a collection 'device'", "Did you mean 'devices'?"],
    ['{"helpdesk": {"collections": ["xyz*"]}}', "a collection 'xyz*'", 'There is dates, devices, users.'],
    [role(',"personal": true'), 'neither "all", "none" nor a list', undefined],
    [role(',"metrics": "yes"'), "'metrics' that is neither true nor false", undefined],
    [role(',"personal": ["serials"]'), "kind of columns 'serials'", "Did you mean 'serial'?"],
    [role(',"personal": ["all"]'), "kind of columns 'all'", 'There is upn, serial, deviceName.'],
  ])('%s: %s', (text, message, hint) => {
    const thrown = thrownBy(() => read(text));
    expect(thrown.code).toBe('setup.bad-setting');
    expect(thrown.message).toContain(path);
    expect(thrown.message).toContain(message);
    if (hint !== undefined) expect(thrown.hint).toContain(hint);
  });

  test('a file that is not there', () => {
    expect(thrownBy(() => readRoles(join(folder, 'nowhere.json'), nameable)).message).toMatch(
      /does not exist/,
    );
  });
});

test('a role is found in any case; for an unknown name the nearest is suggested', () => {
  expect(roleNamed(allRoles([]), 'Analyst', '--usual-role').name).toBe('analyst');
  const thrown = thrownBy(() => roleNamed(allRoles([]), 'analist', '--usual-role'));
  expect([thrown.target, thrown.hint]).toEqual(['--usual-role', "Did you mean 'analyst'?"]);
});

function thrownBy(work: () => unknown): FeedError {
  try {
    work();
  } catch (error) {
    if (error instanceof FeedError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}
