// An engine that reads no rows: it records each statement and the query plan that SQLite has for it.
import type { PageStatement } from '../../../sql/statement.ts';
import type { Engine } from '../../engine.ts';
import { listGenerations } from '../generations/generation-files.ts';
import { openReadConnection, type ReadFiles } from './open-read-connection.ts';
import type { StatementGuards } from './register-functions.ts';

export interface ExplainedStatement {
  /** What it is run for. */
  readonly use: string;
  readonly statement: PageStatement;
  /** SQLite's EXPLAIN QUERY PLAN, a step a line, indented by depth. */
  readonly steps: readonly string[];
}

export interface ExplainingEngine extends Engine {
  /** In execution order. */
  readonly explained: readonly ExplainedStatement[];
}

/** Every page is empty and every value 1, so that the caller goes on to its last statement. */
export function openExplainingEngine(dataDir: string, limits: StatementGuards['limits']): ExplainingEngine {
  const generations = listGenerations(dataDir);
  const explained: ExplainedStatement[] = [];
  const pathOf = (generation: number): string => {
    const path = generations.find(({ id }) => id === generation)?.path;
    if (path === undefined) throw new TypeError(`There is no generation ${generation} to explain with.`);
    return path;
  };
  const explain = (use: string, files: ReadFiles, statement: PageStatement): void => {
    explained.push({ use, statement, steps: explainQueryPlan(files, statement, limits) });
  };
  const engine: ExplainingEngine = {
    explained,
    current: () => generations[0] ?? null,
    generation: (id) => generations.find((each) => each.id === id) ?? null,
    async *readPage({ generation, sinceGeneration: since, statements: { first, next } }) {
      const files = { path: pathOf(generation), earlier: since === undefined ? null : pathOf(since) };
      explain('the first rows of a page', files, first);
      if (next !== first) explain('further rows, after the last row before', files, next);
      yield await Promise.resolve({ kind: 'end', after: null } as const);
    },
    readValue(generation, statement) {
      explain('one value', { path: pathOf(generation), earlier: null }, statement);
      return Promise.resolve(1);
    },
    forReader: () => engine,
    close: () => Promise.resolve(),
  };
  return engine;
}

interface QueryPlanStep {
  readonly id: number;
  readonly parent: number;
  readonly detail: string;
}

function explainQueryPlan(
  files: ReadFiles,
  { text, values }: PageStatement,
  limits: StatementGuards['limits'],
): readonly string[] {
  const database = openReadConnection(files, { isStopped: () => false, limits });
  try {
    // The plan does not depend on the values of open parameters.
    const bound = values.map((value) => (typeof value === 'object' ? null : value));
    const steps = database.prepare<unknown[], QueryPlanStep>(`EXPLAIN QUERY PLAN ${text}`).all(...bound);
    const depths = new Map<number, number>();
    return steps.map(({ id, parent, detail }) => {
      const depth = (depths.get(parent) ?? -1) + 1;
      depths.set(id, depth);
      return '  '.repeat(depth) + detail;
    });
  } finally {
    database.close();
  }
}
