// What every engine promises, as one suite that each engine has to pass.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FeedError } from '../../src/base/feed-error.ts';
import type { Limits } from '../../src/base/limits.ts';
import type { Observation } from '../../src/base/observation.ts';
import type { Engine, PageRequest } from '../../src/engines/engine.ts';
import type { PageStatements, SqlValue, Statement } from '../../src/sql/statement.ts';

export interface Thing {
  readonly key: number;
  readonly name: string | null;
  readonly bytes: bigint | null;
}

export interface OpenOptions {
  readonly workers: number;
  readonly limits: Pick<Limits, 'statementMs' | 'waitMs'>;
  readonly observe: (observation: Observation) => void;
}

/** A warehouse of one collection in the engine's own database, and a few statements in its own SQL. */
export interface Harness {
  /** Publishes the next generation: the first is 1. */
  publish(things: readonly Thing[]): void;
  /** Removes a generation, as a publication does with old ones. */
  removeGeneration(generation: number): void;
  open(options: OpenOptions): Engine;
  readonly statements: {
    /** By key; a row is `{"key":1,"name":"…","bytes":7}`. */
    readonly things: PageStatements;
    readonly count: Statement;
    readonly nothing: Statement;
    /** Yields its bound value. */
    echo(value: SqlValue): Statement;
    /** Never ends by itself, and checks its deadline. */
    readonly runaway: Statement;
    /** Kills the worker that runs it. */
    readonly deadly: Statement;
    readonly mistaken: Statement;
  };
  /** Removes everything. */
  remove(): void;
}

// Three chunks, the last of a single row.
const MANY = 4001;

export function describeEngine(name: string, makeHarness: () => Harness): void {
  describe(name, () => {
    let harness: Harness;
    let engine: Engine;
    let observations: Observation[];
    const never = new AbortController().signal;

    function open(options: Partial<OpenOptions> = {}): Engine {
      const limits = { statementMs: 10_000, waitMs: 10_000 };
      engine = harness.open({ workers: 1, limits, observe: (one) => observations.push(one), ...options });
      return engine;
    }

    function page(request: Partial<PageRequest> = {}, signal = never) {
      return engine.readPage(
        {
          generation: 1,
          statements: harness.statements.things,
          after: null,
          top: null,
          maxRows: 50_000,
          maxBytes: 1e9,
          maxMilliseconds: 60_000,
          ...request,
        },
        signal,
      );
    }

    async function readPage(request: Partial<PageRequest> = {}): Promise<Page> {
      const texts: string[] = [];
      let rows = 0;
      for await (const part of page(request)) {
        if (part.kind === 'end') return { text: texts.join(','), rowCount: rows, after: part.after };
        texts.push(Buffer.from(part.bytes).toString());
        rows += part.rows;
      }
      throw new Error('The page has no end.');
    }

    beforeEach(() => {
      observations = [];
      harness = makeHarness();
    });
    afterEach(async () => {
      await engine.close();
      harness.remove();
    });

    describe('a page', () => {
      test.each([1, 1999, 2000, 2001, 4000, 4001, 4002])(
        'of %i rows and those it links to hold every row once, in order, and then end',
        async (rows) => {
          const count = rows === 1 ? 12 : MANY;
          harness.publish(manyThings(count));
          open({ workers: 2 });
          const pages = [await readPage({ maxRows: rows })];
          while (pages.at(-1)!.after)
            pages.push(await readPage({ maxRows: rows, after: pages.at(-1)!.after }));
          expect(pages.flatMap(keysOf)).toEqual(manyThings(count).map(({ key }) => key));
          expect(pages.map(({ rowCount }) => rowCount)).toEqual(pages.map((each) => keysOf(each).length));
          expect(pages).toHaveLength(Math.ceil(count / rows));
        },
      );

      test('of an empty collection is only its end', async () => {
        harness.publish([]);
        open();
        expect(await readPage()).toEqual({ text: '', rowCount: 0, after: null });
      });

      test('ends by bytes, and the next begins after its last row', async () => {
        harness.publish(manyThings(MANY));
        open();
        const first = await readPage({ maxBytes: 1 });
        expect(first.rowCount).toBeGreaterThan(0);
        expect(first.rowCount).toBeLessThan(MANY);
        const rest = await readPage({ after: first.after });
        expect(first.rowCount + rest.rowCount).toBe(MANY);
      });

      test('ends by time, and the next begins after its last row', async () => {
        harness.publish(manyThings(MANY));
        open();
        const first = await readPage({ maxMilliseconds: 0 });
        expect(first.rowCount).toBeGreaterThan(0);
        expect(first.rowCount).toBeLessThan(MANY);
        const rest = await readPage({ after: first.after });
        expect(first.rowCount + rest.rowCount).toBe(MANY);
      });

      test('ends by time when its reader is slow', async () => {
        harness.publish(manyThings(20_000));
        open();
        let rows = 0;
        for await (const part of page({ maxMilliseconds: 50 })) {
          if (part.kind === 'end') expect(part.after).toEqual([rows]);
          else rows += part.rows;
          await passes(100);
        }
        expect(rows).toBeLessThan(20_000);
      });

      test('that has all the rows that are still wanted has no next page, and does not look for one', async () => {
        harness.publish(manyThings(MANY));
        open();
        const { things, mistaken } = harness.statements;
        const statements = { ...things, next: mistaken };
        expect(await readPage({ top: 10, statements })).toMatchObject({ rowCount: 10, after: null });
        expect(await readPage({ top: 0, statements })).toEqual({ text: '', rowCount: 0, after: null });
        expect(await readPage({ top: 3000, maxRows: 2500 })).toMatchObject({ rowCount: 2500, after: [2500] });
      });

      test('ends before a chunk that meets a limit, so that the rows read so far are not lost', async () => {
        harness.publish(manyThings(MANY));
        open({ limits: { statementMs: 2000, waitMs: 10_000 } });
        const statements = { ...harness.statements.things, next: harness.statements.runaway };
        const { rowCount, after } = await readPage({ statements });
        expect(after).toEqual([rowCount]);
      });

      test('writes values exactly', async () => {
        const names = [
          'O\'Brien says "hi" \\ back/slash',
          'tab\tline\nfeed\u0000nul\u0001\u001f\u007f',
          '東京 部屋 👩‍💻 é e\u0301 \u2028',
          '',
          null,
        ];
        const bytes = [2n ** 53n - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, null];
        const things = names.map((each, index) => ({ key: index, name: each, bytes: bytes[index] ?? null }));
        harness.publish(things);
        open();
        const { text } = await readPage();
        expect(JSON.parse(`[${text}]`).map((row: Thing) => row.name)).toEqual(names);
        expect([...text.matchAll(/"bytes":(-?\d+|null)/g)].map((match) => match[1])).toEqual(
          bytes.map(String),
        );
      });

      test('holds no worker while its reader does something else', async () => {
        harness.publish(manyThings(MANY));
        open({ workers: 1 });
        for await (const part of page()) {
          expect(part).toBeDefined();
          expect(await engine.readValue(1, harness.statements.count, never)).toBe(MANY);
        }
      });

      test('may be abandoned in the middle', async () => {
        harness.publish(manyThings(MANY));
        open();
        for await (const part of page()) {
          expect(part.kind).toBe('rows');
          break;
        }
        expect(await readPage()).toMatchObject({ rowCount: MANY });
      });
    });

    describe('a value', () => {
      test.each([7, 2.5, 2n ** 53n + 1n, 'ä\u0000"', null])('comes as it is: %p', async (value) => {
        harness.publish([]);
        open();
        expect(await engine.readValue(1, harness.statements.echo(value), never)).toEqual(value);
      });

      test('is null where a statement yields no row', async () => {
        harness.publish([]);
        open();
        expect(await engine.readValue(1, harness.statements.nothing, never)).toBeNull();
      });

      test('is a defect, not an error of the reader, when our SQL is wrong', async () => {
        harness.publish([]);
        open();
        const error = await engine.readValue(1, harness.statements.mistaken, never).catch(itself);
        expect(error).toBeInstanceOf(Error);
        expect(error).not.toBeInstanceOf(FeedError);
      });
    });

    describe('stopping', () => {
      test('an abort stops a running statement, and its worker reads on', async () => {
        harness.publish(manyThings(3000));
        open({ workers: 1 });
        await engine.readValue(1, harness.statements.count, never);
        const client = new AbortController();
        const running = engine.readValue(1, harness.statements.runaway, client.signal).catch(itself);
        await passes(100);
        const gone = new Error('The client has gone.');
        client.abort(gone);
        expect(await running).toBe(gone);
        const before = performance.now();
        expect(await engine.readValue(1, harness.statements.count, never)).toBe(3000);
        expect(performance.now() - before).toBeLessThan(1000);
      });

      test('an abort ends a page between two chunks', async () => {
        harness.publish(manyThings(MANY));
        open();
        const client = new AbortController();
        const gone = new Error('The client has gone.');
        const parts = page({}, client.signal)[Symbol.asyncIterator]();
        await parts.next();
        client.abort(gone);
        expect(await parts.next().catch(itself)).toBe(gone);
      });

      test('a signal that has aborted already reads nothing', async () => {
        harness.publish([]);
        open();
        const error = await engine
          .readValue(1, harness.statements.runaway, AbortSignal.abort())
          .catch(itself);
        expect(error).toMatchObject({ name: 'AbortError' });
      });

      test('a statement that runs longer than the limit is stopped, and its worker reads on', async () => {
        harness.publish(manyThings(3000));
        open({ workers: 1, limits: { statementMs: 500, waitMs: 10_000 } });
        await engine.readValue(1, harness.statements.count, never);
        const before = performance.now();
        const error = await engine.readValue(1, harness.statements.runaway, never).catch(itself);
        expect(error).toMatchObject({ name: 'FeedError', code: 'limit.deadline' });
        expect(await engine.readValue(1, harness.statements.count, never)).toBe(3000);
        expect(performance.now() - before).toBeLessThan(1500);
      });

      test('a worker is free within 50 ms of a deadline, and of an abort', async () => {
        harness.publish(manyThings(3000));
        open({ workers: 1, limits: { statementMs: 800, waitMs: 10_000 } });
        await engine.readValue(1, harness.statements.count, never);
        const lags: number[] = [];
        for (const signalOf of [() => never, () => AbortSignal.timeout(100)]) {
          // The best of a few: the machine may be busy.
          const each: number[] = [];
          while (each.length < 4 && !(Math.min(...each) < 50)) {
            await engine.readValue(1, harness.statements.runaway, signalOf()).catch(itself);
            const before = performance.now();
            await engine.readValue(1, harness.statements.count, never);
            each.push(performance.now() - before);
          }
          lags.push(Math.min(...each));
        }
        expect(lags.every((lag) => lag < 50)).toBe(true);
      });

      test('a read that finds no free worker in time is refused with a time to retry after', async () => {
        harness.publish(manyThings(3000));
        open({ workers: 1, limits: { statementMs: 10_000, waitMs: 100 } });
        await engine.readValue(1, harness.statements.count, never);
        const client = new AbortController();
        const running = engine.readValue(1, harness.statements.runaway, client.signal).catch(itself);
        const error = await engine.readValue(1, harness.statements.count, never).catch(itself);
        expect(error).toMatchObject({ code: 'limit.busy', retryAfterSeconds: 1 });
        client.abort();
        await running;
      });

      test('closing takes less than a second, whatever is running', async () => {
        harness.publish(manyThings(3000));
        open({ workers: 1 });
        await engine.readValue(1, harness.statements.count, never);
        const running = engine.readValue(1, harness.statements.runaway, never).catch(itself);
        const waiting = engine.readValue(1, harness.statements.count, never).catch(itself);
        await passes(100);
        const before = performance.now();
        await engine.close();
        // Less than the time after which it would give up on a thread that does not end.
        expect(performance.now() - before).toBeLessThan(700);
        expect(await running).toMatchObject({ code: 'feed.unavailable' });
        expect(await waiting).toMatchObject({ code: 'feed.unavailable' });
        const late = await engine.readValue(1, harness.statements.count, never).catch(itself);
        expect(late).toMatchObject({ code: 'feed.unavailable' });
      });
    });

    test('a worker that dies fails one read and is replaced', async () => {
      harness.publish(manyThings(10));
      open({ workers: 1 });
      const dying = engine.readValue(1, harness.statements.deadly, never).catch(itself);
      const waiting = engine.readValue(1, harness.statements.count, never);
      expect(await dying).toMatchObject({ code: 'feed.unavailable', retryAfterSeconds: 1 });
      expect(await waiting).toBe(10);
      expect(observations.filter(({ kind }) => kind === 'engine.worker-replaced')).toHaveLength(1);
    });

    describe('generations', () => {
      test('there is none before the first run', async () => {
        open();
        expect(engine.current()).toBeNull();
        expect(engine.generation(1)).toBeNull();
        const error = await engine.readValue(1, harness.statements.count, never).catch(itself);
        expect(error).toMatchObject({ code: 'request.generation-gone' });
      });

      test('a new one is noticed within a second, and observed', async () => {
        harness.publish([]);
        open();
        expect(engine.current()).toMatchObject({ id: 1, dateKey: 20260101 });
        expect(engine.current()?.publishedAt).toBe('2026-01-01T00:05:00Z');
        harness.publish([]);
        await passes(1000);
        expect(engine.current()).toMatchObject({ id: 2, dateKey: 20260102 });
        const observed = observations.filter((each) => each.kind === 'engine.generation');
        expect(observed.map(({ generation }) => generation)).toEqual([1, 2]);
      });

      test('pages that began on one stay on it, while others read the next', async () => {
        harness.publish(manyThings(30));
        open();
        const first = await readPage({ maxRows: 20 });
        harness.publish(manyThings(50));
        await passes(1000);
        expect(engine.generation(1)).toMatchObject({ id: 1 });
        const [old, young] = await Promise.all([
          readPage({ maxRows: 20, after: first.after }),
          readPage({ generation: 2, after: first.after }),
        ]);
        expect([old.rowCount, old.after]).toEqual([10, null]);
        expect(young.rowCount).toBe(30);
      });

      test('a read of one that was removed says that it is gone', async () => {
        harness.publish(manyThings(3));
        harness.publish(manyThings(3));
        open();
        await readPage({ generation: 1 });
        harness.removeGeneration(1);
        await passes(1000);
        expect(engine.generation(1)).toBeNull();
        expect(await readPage({ generation: 1 }).catch(itself)).toMatchObject({
          code: 'request.generation-gone',
        });
        expect(await readPage({ generation: 2 })).toMatchObject({ rowCount: 3 });
      });
    });
  });
}

interface Page {
  readonly text: string;
  /** The sum of what the parts say. */
  readonly rowCount: number;
  readonly after: readonly SqlValue[] | null;
}

function manyThings(count: number): readonly Thing[] {
  return Array.from({ length: count }, (_, index) => ({
    key: index + 1,
    name: `thing ${index + 1}`,
    bytes: BigInt(index) * 1_000_003n,
  }));
}

const keysOf = ({ text }: Page): readonly number[] => JSON.parse(`[${text}]`).map(({ key }: Thing) => key);
const itself = (error: unknown): unknown => error;
const passes = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
