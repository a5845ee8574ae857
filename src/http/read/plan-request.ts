// plan: a parsed read, the model and the generations → PlannedRead. Nothing is read yet.
import { negotiateFormat } from '../../odata/headers/negotiate-format.ts';
import { type Advice, adviceFor } from '../../plan/advice.ts';
import { limitNestedPages } from '../../plan/limit-nested-pages.ts';
import { canTrackChanges } from '../../plan/plan-changes.ts';
import { planRead } from '../../plan/plan-read.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import { startsInKeyOrder } from '../../sql/read/key-order.ts';
import { cursorScopeOf, decodeCursor, deltaScopeOf } from '../cursor/paging-cursor.ts';
import type { Feed } from '../feed.ts';
import { findGeneration, requireGeneration } from './find-generation.ts';
import type { ParsedRead } from './parsed-read.ts';
import { planRequestedChanges } from './plan-requested-changes.ts';
import type { PlannedRead } from './planned-read.ts';

/**
 * Throws as planRead and planRequestedChanges do, `request.bad-skiptoken`, `request.not-acceptable`, and, once the request
 * is known to be right, `request.generation-gone` and `feed.empty`.
 */
export function planRequest(
  parsed: ParsedRead,
  {
    engine,
    exposedModels,
    indexedColumns,
    clock,
    limits,
  }: Pick<Feed, 'engine' | 'exposedModels' | 'indexedColumns' | 'clock' | 'limits'>,
): PlannedRead {
  const { resource, options, version, preferences } = parsed;
  const cursorScope = cursorScopeOf(parsed);
  const deltaScope = deltaScopeOf(parsed);
  const continuation = decodeCursor(options.skiptoken, cursorScope);
  // Pages that are read across midnight keep the day of the first one, as they keep its generation.
  const startedAt = continuation ? new Date(continuation.startedAt) : clock.now();
  const found = findGeneration(engine, continuation?.generation ?? null);

  const context = { version, exposedModels, now: startedAt, limits, continuation };
  const changes =
    options.deltatoken === null || version === 'v1.0'
      ? null
      : planRequestedChanges(parsed, options.deltatoken, { engine, found, deltaScope }, context);
  const plan = changes?.plan.newer ?? planRead(parsed, context);
  const format = formatOf(parsed, plan);
  const generation = requireGeneration(found);

  const tracksChanges = continuation
    ? continuation.tracksChanges
    : preferences.trackChanges && canTrackChanges(parsed, plan);
  return {
    resource,
    plan: limitNestedPages(plan, preferences.maxPageSize ?? Infinity),
    changes,
    format,
    preferences,
    advice: changes ? [] : adviceOf(plan, indexedColumns),
    generation,
    root: parsed.root,
    paging: {
      address: parsed.address,
      query: parsed.query,
      startedAt,
      rowsServed: continuation?.served ?? 0,
      cursorScope,
      deltaScope: tracksChanges || changes ? deltaScope : null,
    },
  };
}

// A count and a raw value are plain text, whatever format is asked for.
function formatOf({ accept, options }: ParsedRead, { shape }: ReadPlan): PlannedRead['format'] {
  const isPlainText = shape === 'count' || shape === 'value';
  return isPlainText ? negotiateFormat(undefined, null) : negotiateFormat(accept, options.format);
}

function adviceOf(plan: ReadPlan, indexedColumns: Feed['indexedColumns']): readonly Advice[] {
  if (plan.version !== 'beta' || plan.shape !== 'page') return [];
  return adviceFor({ plan, needsFullSort: needsFullSort(plan, indexedColumns) });
}

/** Whether no index has the rows even in the order of the first term. */
function needsFullSort(plan: ReadPlan, indexedColumns: Feed['indexedColumns']): boolean {
  const by = plan.order[0]?.by;
  const isIndexed = by?.kind === 'property' && indexedColumns.get(plan.entity.name)?.has(by.property);
  return isIndexed !== true && !startsInKeyOrder(plan);
}
