// The addresses that the documentation shows, requested as written there.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fileFeed } from '../70-http/file-feed.ts';

const PAGES = ['README.md', 'docs/connect.md', 'docs/queries.md', 'docs/changes.md', 'docs/encryption.md'];
const SERVICE = '/ReportingService/DataWarehouseFEService';

const feed = fileFeed();

/** Addresses below the host: those that curl is given, and lines of a code block that begin with `/beta/`. */
const addresses = PAGES.flatMap((page) => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const curled = [...text.matchAll(/^curl .*"(.+)"/gm)].map(([, address = '']) =>
    address
      .replaceAll('\\$', '$')
      .replace(/^\$FEED/, SERVICE)
      .replace(/^\$BETA/, '/beta')
      .replace('http://127.0.0.1:4004', ''),
  );
  const bare = [...text.matchAll(/^\/beta\/.+$/gm)].map(([address]) => address.replaceAll(' ', '%20'));
  return [...curled, ...bare];
});

test('the documentation shows addresses', () => {
  expect(addresses.length).toBeGreaterThan(15);
});

test.each([...new Set(addresses)])('%s is answered', async (address) => {
  const { status, body } = await feed.raw(address);
  expect([status, status === 200 ? '' : String(body)]).toEqual([200, '']);
});
