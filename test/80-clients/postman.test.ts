// Postman's own runner sends a collection to a real feed and judges the answers by the collection's scripts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openClientProject, type ClientProject } from './client-project.ts';

const COLLECTION = fileURLToPath(new URL('postman-collection.json', import.meta.url));

interface Named {
  readonly name: string;
}

let workshop: ClientProject;
beforeAll(async () => {
  workshop = await openClientProject();
});
afterAll(() => workshop.close());

test('every request of the collection runs, and no assertion fails', async () => {
  const report = join(workshop.folder, 'report.json');
  await workshop.runTool(
    'newman/bin/newman.js',
    ...['run', COLLECTION, '--env-var', `base=${workshop.feed.base}`],
    // What failed is in the report, by name.
    ...['--suppress-exit-code', '--reporters', 'json', '--reporter-json-export', report],
  );

  const { run } = JSON.parse(readFileSync(report, 'utf8'));
  expect(
    run.failures.map(({ source, error }: { source: Named; error: Error & { test: string } }) => [
      source.name,
      error.test,
      error.message,
    ]),
  ).toEqual([]);
  const { item } = JSON.parse(readFileSync(COLLECTION, 'utf8'));
  const ran = run.executions.map((execution: { item: Named }) => execution.item.name);
  expect([...new Set(ran)]).toEqual(item.map(({ name }: Named) => name));
  // Each asserts what is common to all answers, and something of its own.
  expect(run.stats.assertions.total).toBeGreaterThan(2 * item.length);
});
