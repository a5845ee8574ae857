// The limits that keep one request from hurting the others. Error messages and documentation are made from this table.
import type { ErrorCode } from './error-codes.ts';

interface Limit {
  readonly max: number;
  /** What a request does that exceeds it: the end of a sentence, whose `#` is the number. */
  readonly violation: string;
  /** The nearest request that is allowed. */
  readonly hint: string;
  /** Null where nothing is refused: a page ends and links to the next. */
  readonly code: ErrorCode | null;
}

const NEXT_PAGE = 'Follow @odata.nextLink: nothing is lost.';

export const LIMIT_TABLE = {
  // Node's own limit, for all headers together, is 16 KiB.
  queryCharacters: {
    max: 16_000,
    violation: 'has more than # characters',
    hint: 'Ask in several requests.',
    code: 'limit.query-too-long',
  },
  // Parentheses, calls and lambdas.
  expressionDepth: {
    max: 64,
    violation: 'nests deeper than # levels',
    hint: 'Leave out parentheses that change nothing, ask in several requests, or write deviceKey in (1,2,3).',
    code: 'limit.too-complex',
  },
  // A chain without parentheses is as deep, too; `and` and `or` are not.
  expressionChain: {
    max: 128,
    violation: 'chains more than # operators',
    hint: 'Ask in several requests, or compare with a list: deviceKey in (1,2,3).',
    code: 'limit.too-complex',
  },
  expressionNodes: {
    max: 20_000,
    violation: 'has more than # parts',
    hint: 'Ask in several requests, or compare with a list: deviceKey in (1,2,3).',
    code: 'limit.too-complex',
  },
  // After the collection. Each may be a join.
  pathSteps: {
    max: 16,
    violation: 'goes on for more than # steps',
    hint: 'Name the collection that it leads to.',
    code: 'limit.too-complex',
  },
  // At all levels together.
  expandItems: {
    max: 40,
    violation: 'names more than # navigations',
    hint: 'Ask in several requests.',
    code: 'limit.too-complex',
  },
  // At all levels together, once * and $levels are spelled out.
  expandedItems: {
    max: 100,
    violation: 'stands for more than # navigations',
    hint: 'Name those that are needed, or write fewer $levels.',
    code: 'limit.too-complex',
  },
  expandDepth: {
    max: 6,
    violation: 'nests deeper than # levels',
    hint: 'Ask for the inner rows by their own address.',
    code: 'limit.too-complex',
  },
  // Of one collection inside one row; a tenth of them where it lies inside another. A link leads to the rest.
  expandedRows: {
    max: 1_000,
    violation: 'has more than # rows in one row',
    hint: 'Follow devices@odata.nextLink beside it: nothing is lost.',
    code: null,
  },
  // At all levels together, in one statement. Where a row has more, the pages inside it become smaller.
  expandedInAll: {
    max: 10_000,
    violation: 'writes more than # rows inside rows in one go',
    hint: 'Choose some, $expand=devices($top=10), or read them by their own address: set(key)/devices.',
    code: 'limit.too-complex',
  },
  // At all levels together.
  applySteps: {
    max: 60,
    violation: 'has more than # transformations',
    hint: 'Ask in several requests.',
    code: 'limit.too-complex',
  },
  applyDepth: {
    max: 6,
    violation: 'nests deeper than # levels',
    hint: 'Write transformations one after another, with slashes.',
    code: 'limit.too-complex',
  },
  applyReads: {
    max: 64,
    violation: 'reads its collection more than # times',
    hint: 'Each branch of concat and each level of rollup reads it once: ask in several requests.',
    code: 'limit.too-complex',
  },
  searchTerms: {
    max: 200,
    violation: 'has more than # words and phrases',
    hint: 'Search in several requests.',
    code: 'limit.too-complex',
  },
  // Each is a query in a query.
  rowsInSight: {
    max: 16,
    violation: 'follows more than # navigations inside each other',
    hint: 'Start at the collection that is nearer to what you ask for.',
    code: 'limit.too-complex',
  },
  batchParts: {
    max: 100,
    violation: 'has more than # parts',
    hint: 'Send several batches.',
    code: 'limit.batch-too-large',
  },
  batchBodyBytes: {
    max: 1024 * 1024,
    violation: 'is larger than # bytes',
    hint: 'Send several batches.',
    code: 'limit.body-too-large',
  },
  // Each answer is held in memory until it is sent.
  batchBytes: {
    max: 16 * 1024 * 1024,
    violation: 'would be larger than # bytes with this one',
    hint: 'Ask for fewer rows or columns, with Prefer: odata.maxpagesize, or outside of a batch.',
    code: 'limit.batch-too-large',
  },
  // The vendor's script asks for 10,000 in one answer. A client may ask for fewer, and a setting allow more.
  pageRows: { max: 50_000, violation: 'has more than # rows', hint: NEXT_PAGE, code: null },
  pageBytes: { max: 32 * 1024 * 1024, violation: 'has more than # bytes', hint: NEXT_PAGE, code: null },
  pageMs: { max: 30_000, violation: 'took more than # milliseconds', hint: NEXT_PAGE, code: null },
  statementMs: {
    max: 30_000,
    violation: 'was stopped after # milliseconds without a row',
    hint: 'Filter on dateKey to read fewer days, or compare fewer things.',
    code: 'limit.deadline',
  },
  waitMs: {
    max: 10_000,
    violation: 'found no thread free to read within # milliseconds',
    hint: 'Ask again in a while, or for fewer things at once.',
    code: 'limit.busy',
  },
  skipRows: {
    max: 100_000_000,
    violation: 'is beyond # rows',
    hint: 'Follow @odata.nextLink, which is as fast on the last page as on the first, or narrow $filter.',
    code: 'limit.too-complex',
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMIT_TABLE;
export type Limits = { readonly [Name in LimitName]: number };

export const LIMITS = Object.fromEntries(
  Object.entries(LIMIT_TABLE).map(([name, { max }]) => [name, max]),
) as Limits;
