// How fast the feed reads, against the sqlite3 shell and the obvious program, in one run.
import { LIMITS } from '../../src/base/limits.ts';
import { rmSync } from 'node:fs';
import type { Engine } from '../../src/engines/engine.ts';
import { openSqliteEngine } from '../../src/engines/sqlite/sqlite-engine.ts';
import { interleave, median, pairedRatio, printTable, quantile, type Contender } from './interleave.ts';
import { serveFeed, type ServedFeed } from './serve-feed.ts';
import { buildWarehouse, COLLECTION, type BenchWarehouse, type FleetSize } from './warehouse.ts';
import {
  findShell,
  pullByIterating,
  pullFromEngine,
  pullFromShell,
  pullOverHttp,
  statementsFor,
} from './read-methods.ts';

const EVERY_ROW = { after: null, rows: Infinity };

export async function benchReading(size: FleetSize, rounds: number): Promise<void> {
  const { devices, storedDays, readDays } = size;
  console.log(`Building ${devices} devices × ${storedDays} days; the last ${readDays} of them are read.`);
  const warehouse = buildWarehouse(size);
  const engine = openSqliteEngine({
    dataDir: warehouse.dataDir,
    workers: 2,
    observe: () => undefined,
    limits: LIMITS,
  });
  const day = String(warehouse.lastDay);
  const today = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  const feed = await serveFeed(warehouse.dataDir, today);
  try {
    await benchDays(warehouse, engine, feed, rounds);
    await benchDepth(warehouse, engine, devices, rounds);
    await benchFullPull(feed, devices * storedDays);
  } finally {
    await engine.close();
    await feed.stop();
    rmSync(warehouse.dataDir, { recursive: true });
  }
}

async function benchDays(
  { plainPath, firstDay }: BenchWarehouse,
  engine: Engine,
  feed: ServedFeed,
  rounds: number,
): Promise<void> {
  const query = `$filter=dateKey ge ${firstDay}`;
  const statements = statementsFor(COLLECTION, query);
  const sql = 'SELECT * FROM daily ORDER BY dateKey, deviceKey';
  const { rows, bytes } = await pullFromEngine(engine, statements, EVERY_ROW);
  const { rows: same } = pullByIterating(plainPath, sql);
  if (same !== rows) throw new Error(`The engine reads ${rows} rows where there are ${same}.`);
  const address = `${feed.url}/${COLLECTION}?${encodeURI(query)}`;
  const { bytes: overHttp } = await pullOverHttp(address);
  if (overHttp < bytes) throw new Error(`HTTP brought ${overHttp} bytes where there are ${bytes}.`);

  const version = findShell();
  const shell: Contender = {
    name: `sqlite3 ${version ?? ''} -json`,
    run: () => pullFromShell(plainPath, sql),
  };
  const contenders: readonly Contender[] = [
    { name: 'our engine', run: () => pullFromEngine(engine, statements, EVERY_ROW) },
    { name: 'our feed over HTTP', run: () => pullOverHttp(address) },
    ...(version === null ? [] : [shell]),
    { name: 'iterate() + JSON.stringify', run: () => Promise.resolve(pullByIterating(plainPath, sql)) },
  ];
  const times = await interleave(contenders, rounds);
  const { firstByteMs } = await pullOverHttp(address);
  const against = times.slice(2);
  printTable(
    `${rows} rows as JSON, ${(bytes / 1e6).toFixed(0)} MB; ours from spans, the others from plain daily rows`,
    ['', 'median ms', '1000 rows/s', 'MB/s', ...against.map(({ name }) => `× ${name}`)],
    times.map((each) => [
      each.name,
      median(each.milliseconds).toFixed(0),
      (rows / median(each.milliseconds)).toFixed(0),
      (bytes / 1e3 / median(each.milliseconds)).toFixed(0),
      ...against.map((reference) => pairedRatio(each, reference).toFixed(2)),
    ]),
  );
  if (version === null) console.log('\n  There is no sqlite3 on the PATH: nothing was compared with it.');
  console.log(`\n  First byte of the pull over HTTP after ${firstByteMs.toFixed(1)} ms.`);
}

const PAGE_ROWS = 2000;

async function benchDepth(
  { lastDay }: BenchWarehouse,
  engine: Engine,
  devices: number,
  rounds: number,
): Promise<void> {
  const statements = statementsFor(COLLECTION, '');
  const deepRow = [lastDay, Math.floor(devices / 2)];
  const page = (after: readonly number[] | null) => () =>
    pullFromEngine(engine, statements, { after, rows: PAGE_ROWS });
  const [first, deep] = await interleave(
    [
      { name: 'first', run: page(null) },
      // After a row the statements are those of a continued chain: their `first` would begin anew.
      {
        name: 'deep',
        run: () =>
          pullFromEngine(
            engine,
            { ...statements, first: statements.next },
            { after: deepRow, rows: PAGE_ROWS },
          ),
      },
    ],
    rounds * 10,
  );
  if (!first || !deep) return;
  printTable(
    `A page of ${PAGE_ROWS} rows`,
    ['', 'median ms', '× first'],
    [first, deep].map((each) => [
      each.name,
      median(each.milliseconds).toFixed(1),
      (1 / pairedRatio(each, first)).toFixed(2),
    ]),
  );
}

async function benchFullPull(feed: ServedFeed, rows: number): Promise<void> {
  const small = `${feed.url}/${COLLECTION}?$top=10`;
  const idle: number[] = [];
  while (idle.length < 300) idle.push(await timed(() => pullOverHttp(small)));
  const busy: number[] = [];
  const memoryBefore = feed.memory();
  const before = performance.now();
  const ended = new AbortController();
  const full = pullOverHttp(`${feed.url}/${COLLECTION}`).finally(() => ended.abort());
  while (!ended.signal.aborted) {
    busy.push(await timed(() => pullOverHttp(small)));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { bytes, pages } = await full;
  const seconds = (performance.now() - before) / 1000;
  const memory = feed.memory();
  printTable(
    '$top=10 over HTTP, ms',
    ['', 'p50', 'p99', 'max'],
    [
      ['alone', ...latencies(idle)],
      ['during the full pull', ...latencies(busy)],
    ],
  );
  console.log(
    `\n  The full pull: ${rows} rows, ${(bytes / 1e6).toFixed(0)} MB on ${pages} pages in ${seconds.toFixed(1)} s.`,
  );
  if (memory && memoryBefore) {
    console.log(
      `  Memory of the server: ${memoryBefore.now.toFixed(0)} MB before it, ${memory.peak.toFixed(0)} MB at most.`,
    );
  }
}

const latencies = (values: readonly number[]): readonly string[] =>
  [0.5, 0.99, 1].map((part) => quantile(values, part).toFixed(1));

async function timed(run: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await run();
  return performance.now() - before;
}
