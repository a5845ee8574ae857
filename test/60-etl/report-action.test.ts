// Report actions against a real HTTP server that answers as Intune's does: sorted columns, short pages, and no link.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openGraphClient, type GraphAccess } from '../../etl/graph/graph-client.ts';
import { readReportAction } from '../../etl/graph/report-action.ts';
import { openRunContext } from '../../etl/run-context.ts';

const ADDRESS = '/v1.0/deviceManagement/reports/getThingsReport';

interface Question {
  readonly select: readonly string[];
  readonly orderBy: readonly string[];
  readonly skip: number;
  readonly top: number;
}

let server: Server;
let access: GraphAccess;
let questions: Question[];
/** How many rows the report announces, and how many it really has. */
let rows: { readonly announced: number; readonly given: number };

beforeEach(async () => {
  questions = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const question = JSON.parse(Buffer.concat(chunks).toString()) as Question;
      questions.push(question);
      const columns = question.select.toSorted();
      const count = Math.max(0, Math.min(question.top, 50, rows.given - question.skip));
      const values = Array.from({ length: count }, (_, index) =>
        columns.map((name) => `${name} ${question.skip + index}`),
      );
      response.setHeader('content-type', 'application/octet-stream').end(
        JSON.stringify({
          TotalRowCount: rows.announced,
          Schema: columns.map((Column) => ({ Column, PropertyType: 'String' })),
          Values: values,
        }),
      );
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const run = openRunContext({
    runId: 'run-1',
    observe: () => undefined,
    signal: new AbortController().signal,
  });
  const graph = openGraphClient({
    rootUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: { accessToken: () => Promise.resolve('t'), renewToken: () => Promise.resolve('t') },
    run,
    retryPolicy: { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 5, requestTimeoutMs: 2_000 },
  });
  access = { graph, run };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

test('a report is read to its end, in pages that cannot overlap, with cells by column name', async () => {
  rows = { announced: 120, given: 120 };
  const report = await readReportAction(access, ADDRESS, ['Zebra', 'Ant']);
  expect(report).toHaveLength(120);
  expect(report[119]).toEqual({ Zebra: 'Zebra 119', Ant: 'Ant 119' });
  expect(questions.map(({ skip, top, orderBy }) => [skip, top, ...orderBy])).toEqual([
    [0, 50, 'Zebra'],
    [50, 50, 'Zebra'],
    [100, 50, 'Zebra'],
  ]);
});

test('an empty report has no rows', async () => {
  rows = { announced: 0, given: 0 };
  expect(await readReportAction(access, ADDRESS, ['Zebra'])).toEqual([]);
});

test('a report with fewer rows than it announces is not complete', async () => {
  rows = { announced: 120, given: 70 };
  await expect(readReportAction(access, ADDRESS, ['Zebra'])).rejects.toMatchObject({
    code: 'feed.source-unavailable',
    target: 'v1.0/deviceManagement/reports/getThingsReport',
  });
});
