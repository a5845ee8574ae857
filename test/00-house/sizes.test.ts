// Files and folders stay so small that a newcomer reads one in a sitting.
import { describe, expect, test } from '@jest/globals';
import { sourceFiles } from './source-files.ts';

const MAX_LINES = 300;
const MAX_FILES = 20;

/** What one looks things up in, and does not read from top to bottom. File → what it is a table of. */
const TABLES: Readonly<Record<string, string>> = {
  'fixtures/tenant/edge-cases/edge-case-devices.ts': 'The devices of the tenant, one after the other.',
  'fixtures/tenant/policies.ts': 'The policies of the tenant, one after the other.',
};

const files = sourceFiles(['schema', 'src', 'etl', 'fixtures']);

describe('the house', () => {
  test('has no file of more than 300 lines that is not a table', () => {
    const long = files
      .filter(({ path, text }) => text.split('\n').length > MAX_LINES && !(path in TABLES))
      .map(({ path }) => path);
    expect(long).toEqual([]);
  });

  test('has no folder of more than 20 files', () => {
    const counts = new Map<string, number>();
    for (const { path } of files) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
  });
});
