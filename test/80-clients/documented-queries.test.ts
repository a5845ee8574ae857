// The addresses that the documentation shows, requested as written there.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fileFeed } from '../70-http/file-feed.ts';
import { TODAY } from '../70-http/test-feed.ts';

const PAGES = ['README.md', 'docs/connect.md', 'docs/queries.md', 'docs/changes.md', 'docs/encryption.md'];
const SERVICE = '/ReportingService/DataWarehouseFEService';

const feed = fileFeed();

/** Addresses below the host: those that curl is given. */
const addresses = PAGES.flatMap((page) => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^curl .*"(.+)"/gm)].map(([, address = '']) =>
    address
      .replaceAll('\\$', '$')
      .replace(/^\$FEED/, SERVICE)
      .replace(/^\$BETA/, '/beta')
      .replace('$DAY', String(TODAY))
      .replace('http://127.0.0.1:4004', ''),
  );
});

test('the documentation shows addresses', () => {
  expect(addresses.length).toBeGreaterThan(15);
});

test.each([...new Set(addresses)])('%s is answered', async (address) => {
  const { status, body } = await feed.raw(address);
  expect([status, status === 200 ? '' : String(body)]).toEqual([200, '']);
});
