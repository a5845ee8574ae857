// The numbers that keep one request from hurting the others: one table, from which errors and documentation are told.
import type { ErrorCode } from './error-codes.ts';

interface Limit {
  readonly most: number;
  /** What goes beyond it, in a sentence whose `#` is the number. */
  readonly fault: string;
  /** The nearest that is allowed. */
  readonly instead: string;
  /** Null where nothing is refused: a page ends and links to the next. */
  readonly code: ErrorCode | null;
}

const NEXT_PAGE = 'Follow @odata.nextLink: nothing is lost.';

export const LIMIT_TABLE = {
  // Node's own limit, for all headers together, is 16 KiB.
  queryCharacters: {
    most: 16_000,
    fault: 'has more than # characters',
    instead: 'Ask in several requests.',
    code: 'limit.query-too-long',
  },
  // Parentheses, calls and lambdas.
  expressionDepth: {
    most: 64,
    fault: 'nests deeper than # levels',
    instead:
      'Leave out parentheses that change nothing, ask in several requests, or write deviceKey in (1,2,3).',
    code: 'limit.too-complex',
  },
  // A chain without parentheses is as deep, too; `and` and `or` are not.
  expressionChain: {
    most: 128,
    fault: 'chains more than # operators',
    instead: 'Ask in several requests, or compare with a list: deviceKey in (1,2,3).',
    code: 'limit.too-complex',
  },
  expressionNodes: {
    most: 20_000,
    fault: 'has more than # parts',
    instead: 'Ask in several requests, or compare with a list: deviceKey in (1,2,3).',
    code: 'limit.too-complex',
  },
  // After the collection. Each may be a join.
  pathSteps: {
    most: 16,
    fault: 'goes on for more than # steps',
    instead: 'Name the collection that it leads to.',
    code: 'limit.too-complex',
  },
  // At all levels together.
  expandItems: {
    most: 40,
    fault: 'names more than # navigations',
    instead: 'Ask in several requests.',
    code: 'limit.too-complex',
  },
  // At all levels together, once * and $levels are spelled out.
  expandedItems: {
    most: 100,
    fault: 'stands for more than # navigations',
    instead: 'Name those that are needed, or write fewer $levels.',
    code: 'limit.too-complex',
  },
  expandDepth: {
    most: 6,
    fault: 'nests deeper than # levels',
    instead: 'Ask for the inner rows by their own address.',
    code: 'limit.too-complex',
  },
  // Of one collection inside one row; a tenth of them where it lies inside another. A link leads to the rest.
  expandedRows: {
    most: 1_000,
    fault: 'has more than # rows in one row',
    instead: 'Follow devices@odata.nextLink beside it: nothing is lost.',
    code: null,
  },
  // At all levels together, in one go. Where a row has more, the pages inside it become smaller.
  expandedInAll: {
    most: 10_000,
    fault: 'writes more than # rows inside rows in one go',
    instead: 'Choose some, $expand=devices($top=10), or read them by their own address: set(key)/devices.',
    code: 'limit.too-complex',
  },
  // At all levels together.
  applySteps: {
    most: 60,
    fault: 'has more than # transformations',
    instead: 'Ask in several requests.',
    code: 'limit.too-complex',
  },
  applyDepth: {
    most: 6,
    fault: 'nests deeper than # levels',
    instead: 'Write transformations one after another, with slashes.',
    code: 'limit.too-complex',
  },
  applyReads: {
    most: 64,
    fault: 'reads its collection more than # times',
    instead: 'Each branch of concat and each level of rollup reads it once: ask in several requests.',
    code: 'limit.too-complex',
  },
  searchTerms: {
    most: 200,
    fault: 'has more than # words and phrases',
    instead: 'Search in several requests.',
    code: 'limit.too-complex',
  },
  // Each is a query in a query.
  rowsInSight: {
    most: 16,
    fault: 'follows more than # navigations inside each other',
    instead: 'Start at the collection that is nearer to what you ask for.',
    code: 'limit.too-complex',
  },
  batchParts: {
    most: 100,
    fault: 'has more than # parts',
    instead: 'Send several batches.',
    code: 'limit.batch-too-large',
  },
  batchBodyBytes: {
    most: 1024 * 1024,
    fault: 'is larger than # bytes',
    instead: 'Send several batches.',
    code: 'limit.body-too-large',
  },
  // Each answer is held in memory until it is sent.
  batchBytes: {
    most: 16 * 1024 * 1024,
    fault: 'would be larger than # bytes with this one',
    instead: 'Ask for fewer rows or columns, with Prefer: odata.maxpagesize, or outside of a batch.',
    code: 'limit.batch-too-large',
  },
  // The vendor's script asks for 10,000 in one answer. A client may ask for fewer, and a setting allow more.
  pageRows: { most: 50_000, fault: 'has more than # rows', instead: NEXT_PAGE, code: null },
  pageBytes: { most: 32 * 1024 * 1024, fault: 'has more than # bytes', instead: NEXT_PAGE, code: null },
  pageMs: { most: 30_000, fault: 'took more than # milliseconds', instead: NEXT_PAGE, code: null },
  statementMs: {
    most: 30_000,
    fault: 'was stopped after # milliseconds without a row',
    instead: 'Filter on dateKey to read fewer days, or compare fewer things.',
    code: 'limit.deadline',
  },
  waitMs: {
    most: 10_000,
    fault: 'found no thread free to read within # milliseconds',
    instead: 'Ask again in a while, or for fewer things at once.',
    code: 'limit.busy',
  },
  skipRows: {
    most: 100_000_000,
    fault: 'is beyond # rows',
    instead: 'Follow @odata.nextLink, which is as fast on the last page as on the first, or narrow $filter.',
    code: 'limit.too-complex',
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMIT_TABLE;
export type Limits = { readonly [Name in LimitName]: number };

export const LIMITS = Object.fromEntries(
  Object.entries(LIMIT_TABLE).map(([name, { most }]) => [name, most]),
) as Limits;
