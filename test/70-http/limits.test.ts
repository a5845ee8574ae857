// The table of limits: a request exceeds each, and is refused in the words of the table.
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { LIMIT_TABLE, LIMITS, type LimitName } from '../../src/base/limits.ts';
import { HTTP_STATUS } from '../../src/http/answer-failure.ts';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

interface ErrorAnswer {
  readonly status: number;
  readonly error: { readonly code: string; readonly message: string };
}

/** A request that exceeds a limit, or the test that shows it where no request of a small warehouse can. */
type Reach = { readonly answer: () => Promise<ErrorAnswer> } | { readonly shownBy: string };

const get = (path: string): Reach => ({
  answer: async () => {
    const { status, json } = await feed.get(path);
    return { status, error: json.error };
  },
});
const devices = (option: string, text: string): Reach =>
  get(`/beta/devices?${option}=${encodeURIComponent(text)}`);
const listed = (most: number, text: string, sign = ','): string =>
  Array.from({ length: most + 1 }, () => text).join(sign);
const inside = (most: number, open: string, core: string): string =>
  open.repeat(most + 1) + core + ')'.repeat(most + 1);

function crossed(levels: number, level = 0): string {
  const start = level === 0 ? '' : `v${level - 1}/`;
  const held = level === levels ? `v${level}/isDeleted` : crossed(levels, level + 1);
  return `${start}deviceType/devices/any(v${level}:${held})`;
}

function batchOf(requests: readonly object[], padding = ''): Promise<ErrorAnswer> {
  const headers = { 'Content-Type': 'application/json', Prefer: 'continue-on-error' };
  const body = JSON.stringify({
    requests: requests.map((each, id) => ({ id: `${id}`, method: 'GET', ...each })),
  });
  return new Promise((resolve, reject) => {
    const asking = request(`${feed.base}/beta/$batch`, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const json = JSON.parse(Buffer.concat(chunks).toString());
        const failed = json.responses?.find(({ status }: ErrorAnswer) => status >= 400);
        resolve(
          failed
            ? { status: failed.status, error: failed.body.error }
            : { status: response.statusCode ?? 0, error: json.error },
        );
      });
    });
    asking.on('error', reject);
    asking.end(body + padding);
  });
}

const REACHES: Readonly<Record<LimitName, Reach>> = {
  queryCharacters: devices('$filter', 'a'.repeat(LIMITS.queryCharacters)),
  expressionDepth: devices('$filter', inside(LIMITS.expressionDepth, '(', 'isDeleted')),
  expressionChain: devices('$filter', `${listed(LIMITS.expressionChain, 'deviceKey', ' add ')} gt 1`),
  expressionNodes: { shownBy: '20-odata/parse-expression › a tree has no more parts than the limit' },
  pathSteps: get(`/beta/devices(1)/${listed(LIMITS.pathSteps, 'user', '/')}`),
  expandItems: devices('$expand', listed(LIMITS.expandItems, 'deviceType')),
  expandDepth: devices('$expand', inside(LIMITS.expandDepth, 'deviceType($expand=', 'devices')),
  expandedItems: devices('$expand', '*($levels=3)'),
  expandedRows: {
    shownBy: '40-sql/expand › %s links to the rest where there are more than %d, and says what it was asked',
  },
  expandedInAll: {
    shownBy: '70-http/nested-pages › has smaller pages inside, and never more rows at once than the limit',
  },
  applySteps: devices('$apply', listed(LIMITS.applySteps, 'identity', '/')),
  applyDepth: devices('$apply', inside(LIMITS.applyDepth, 'concat(identity,', 'identity')),
  applyReads: devices('$apply', listed(Math.log2(LIMITS.applyReads), 'concat(identity,identity)', '/')),
  searchTerms: devices('$search', listed(LIMITS.searchTerms, 'a', ' ')),
  // Each level adds two rows.
  rowsInSight: devices('$filter', crossed(LIMITS.rowsInSight / 2)),
  batchParts: {
    answer: () => batchOf(Array.from({ length: LIMITS.batchParts + 1 }, () => ({ url: 'devices' }))),
  },
  batchBodyBytes: { answer: () => batchOf([], ' '.repeat(LIMITS.batchBodyBytes)) },
  batchBytes: {
    answer: () =>
      batchOf(Array.from({ length: LIMITS.batchParts }, () => ({ url: '$metadata?$format=xml' }))),
  },
  pageRows: {
    shownBy: '70-http/serve-read › a next link keeps the options as they were written, and $top spans pages',
  },
  pageBytes: {
    shownBy: '50-engines/engine-conformance › ends by bytes, and the next begins after its last row',
  },
  pageMs: { shownBy: '50-engines/engine-conformance › ends by time, and the next begins after its last row' },
  statementMs: {
    shownBy:
      '50-engines/engine-conformance › a statement that runs longer than the limit is stopped, and its worker reads on',
  },
  waitMs: {
    shownBy:
      '50-engines/engine-conformance › a read that finds no free worker in time is refused with a time to retry after',
  },
  skipRows: devices('$skip', String(LIMITS.skipRows + 1)),
};

describe('a request beyond the limit', () => {
  test.each(Object.entries(REACHES))('%s', async (name, reach) => {
    const { max, hint, code } = LIMIT_TABLE[name as LimitName];
    if ('shownBy' in reach) {
      const [file = '', title = ''] = reach.shownBy.split(' › ');
      const paths = [`../${file}.test.ts`, `../${file}.ts`].map((path) =>
        fileURLToPath(new URL(path, import.meta.url)),
      );
      const texts = paths.flatMap((path) => (existsSync(path) ? [readFileSync(path, 'utf8')] : []));
      expect(texts.join()).toContain(title);
      return;
    }
    const { status, error } = await reach.answer();
    expect([status, error.code]).toEqual([code && HTTP_STATUS[code], code]);
    expect(error.message).toContain(`(limit ${name}`);
    expect(error.message).toContain(String(max));
    expect(error.message).toContain(hint);
  });
});
