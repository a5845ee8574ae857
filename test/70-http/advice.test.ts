// Advice on the wire: a header for everyone on beta, an annotation for those who ask.
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../src/base/limits.ts';
import { deriveExposedModel } from '../../schema/derive/exposed-model.ts';
import { MODEL } from '../../schema/fleetfeed-model.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { openExplainingEngine } from '../../src/engines/sqlite/read/explaining-engine.ts';
import { parseTarget } from '../../src/http/request/feed-request.ts';
import { makeFeed } from '../../src/http/feed.ts';
import { serveRead } from '../../src/http/read/serve-read.ts';
import { startStopwatch } from '../../src/http/request/stopwatch.ts';
import { DEFAULT_SETTINGS } from '../../src/settings/settings.ts';
import { VISIBLE_MODEL, TODAY } from './test-feed.ts';
import { fileFeed } from './file-feed.ts';

const feed = fileFeed();

interface Judged {
  /** Whether an answer says that its order has no index. */
  readonly isAdvised: boolean;
  /** Whether SQLite sorts all rows for it. */
  readonly sorts: boolean;
}

function judge(): (path: string) => Promise<Judged> {
  const engine = openExplainingEngine(feed.data, LIMITS);
  const settings = { ...DEFAULT_SETTINGS, data: feed.data };
  const clock = fixedClock(midnightOf(TODAY));
  const explaining = makeFeed({
    model: MODEL,
    engine,
    dialect: SQLITE_DIALECT,
    clock,
    limits: LIMITS,
    observe: () => undefined,
    settings,
  });
  const { signal } = new AbortController();
  return async (path) => {
    const before = engine.explained.length;
    const parsed = parseTarget(path.replaceAll(' ', '%20'), feed.base);
    const request = { ...parsed, headers: {}, contentEncoding: 'identity', wantsBody: true, signal } as const;
    const { headers } = await serveRead(explaining, request, startStopwatch());
    const steps = engine.explained[before]?.steps ?? [];
    return {
      isAdvised: headers['Fleetfeed-Advice']?.includes('unindexed-sort') ?? false,
      // `FOR LAST TERM OF ORDER BY` sorts only rows that are equal so far.
      sorts: steps.some((step) => step.includes('USE TEMP B-TREE FOR ORDER BY')),
    };
  };
}

const HISTORY = '/beta/devicePropertyHistories?$orderby=deviceName&$top=2';

describe('advice beside an answer', () => {
  test('is a header on beta, and changes nothing else', async () => {
    const { headers, json } = await feed.get(HISTORY);
    expect(headers.get('fleetfeed-advice')).toBe('no-days, unindexed-sort');
    expect(headers.get('preference-applied')).toBeNull();
    expect(Object.keys(json)).toEqual(['@odata.context', 'value']);
  });

  test('is an annotation before the rows for clients that ask for it, and the preference is confirmed', async () => {
    const prefer = 'odata.include-annotations="fleetfeed.*"';
    const { headers, json } = await feed.get(HISTORY, { prefer });
    expect(headers.get('preference-applied')).toBe(prefer);
    expect(Object.keys(json)).toEqual(['@odata.context', '@fleetfeed.advice', 'value']);
    expect(json['@fleetfeed.advice']).toEqual([
      {
        code: 'no-days',
        message: 'devicePropertyHistories is read from its first night to its last.',
        help: expect.stringContaining('maxhistorydays'),
      },
      expect.objectContaining({ code: 'unindexed-sort' }),
    ]);
    expect(json.value).toHaveLength(2);
  });

  test('a good query gets no header and an empty list', async () => {
    const { headers, json } = await feed.get('/beta/deviceTypes', { prefer: 'include-annotations="*"' });
    expect(headers.get('fleetfeed-advice')).toBeNull();
    expect(json['@fleetfeed.advice']).toEqual([]);
  });

  test('v1.0 answers as its contract has it', async () => {
    const { headers, text } = await feed.get('/v1.0/devices', { prefer: 'include-annotations="*"' });
    expect(headers.get('fleetfeed-advice')).toBeNull();
    expect(headers.get('preference-applied')).toBeNull();
    expect(text).not.toContain('fleetfeed.advice');
  });

  test('an order is called unindexed where SQLite sorts all rows for it, and nowhere else', async () => {
    const judged = judge();
    for (const { entity, properties } of deriveExposedModel(VISIBLE_MODEL, 'beta').entitySets.values()) {
      // Sorting a lookup takes no time.
      if (entity.rows) continue;
      const [first = ''] = entity.key;
      const others = [...properties.keys()].filter((name) => !entity.key.includes(name));
      // Only the latest state has indexes besides its key.
      const some = entity.lifetime === 'current' ? others : others.slice(0, 1);
      for (const order of [
        first,
        entity.key.join(' desc,'),
        `${first} desc,${others[0] ?? first}`,
        ...some,
      ]) {
        const { isAdvised, sorts } = await judged(`/beta/${entity.name}?$orderby=${order}`);
        expect([entity.name, order, isAdvised]).toEqual([entity.name, order, sorts]);
      }
    }
  });
});
