// The numbers that keep one request from hurting the others. Each is named in the error that it causes.

export const LIMITS = {
  /** Characters of a query string after `?`. Node's own header limit is 16 KiB. */
  queryCharacters: 16_000,
  /** Levels of parentheses, calls and lambdas in one expression. */
  expressionDepth: 64,
  /** Nodes of one expression tree. */
  expressionNodes: 20_000,
  /** Segments of a path after the collection: each may be a join. */
  pathSteps: 16,
  /** Navigations of one $expand, at all its levels together. */
  expandItems: 40,
  /** Levels of $expand inside $expand. */
  expandDepth: 6,
  /** Rows of one collection that $expand writes into one row; a tenth of them where it lies inside another. */
  expandedRows: 1_000,
  /** Transformations of one $apply, at all its levels together. */
  applySteps: 60,
  /** Levels of transformations inside transformations. */
  applyDepth: 6,
  /** Times that one $apply may read its collection: each branch of a concat and each level of a rollup is one. */
  applyReads: 64,
  /** Words and phrases of one $search. */
  searchTerms: 200,
  /** Navigations that follow each other, or lie inside each other, in one expression: each is a query in a query. */
  rowsInSight: 16,
  /** Parts of one $batch. */
  batchParts: 100,
  /** Bytes of the body that asks for a $batch. */
  batchBodyBytes: 1024 * 1024,
  /** Bytes of all answers of a $batch together; each is held in memory until it is sent. */
  batchBytes: 16 * 1024 * 1024,
  /** Rows of one page unless the client asks for fewer. The vendor's script asks for 10,000 in one answer. */
  pageRows: 50_000,
  /** Bytes after which a page ends and links to the next row. */
  pageBytes: 32 * 1024 * 1024,
  /** Milliseconds after which a page ends and links to the next row. */
  pageMs: 30_000,
  /** Milliseconds after which a statement that has yielded no row is stopped. */
  statementMs: 30_000,
  /** Milliseconds a read waits for a free thread. */
  waitMs: 10_000,
  /** Rows a client may $skip; further pages are reached by nextLink. */
  skipRows: 100_000_000,
} as const;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };
