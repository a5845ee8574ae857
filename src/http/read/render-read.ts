// render: a planned read → the statements that answer it.
import { withSmallerNestedPages } from '../../plan/limit-nested-pages.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import type { Dialect } from '../../sql/dialect.ts';
import { renderChanges } from '../../sql/read/render-changes.ts';
import { renderPage } from '../../sql/read/render-page.ts';
import { renderCount, renderEntity, renderExists, renderValue } from '../../sql/read/render-single.ts';
import type { PageStatements, Statement } from '../../sql/statement.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { Feed } from '../feed.ts';
import type { PlannedRead } from './planned-read.ts';
import type { ExistenceCheck, RenderedRead } from './rendered-read.ts';
import { rowTemplates } from './row-templates.ts';

type RenderContext = Pick<Feed, 'model' | 'exposedModels' | 'dialect'>;

export function renderRead(planned: PlannedRead, context: RenderContext): RenderedRead {
  const { plan, changes } = planned;
  const { dialect } = context;
  const origin = plan.navigationOrigin && existenceCheck(plan.navigationOrigin, dialect);
  if (plan.shape === 'page') {
    const count = plan.count && !changes ? renderCount(plan, dialect) : null;
    return { kind: 'page', origin, count, rows: renderRows(planned, context) };
  }
  const mayBeMissing = plan.shape === 'count' || (plan.shape === 'entity' && origin !== null);
  return {
    kind: 'value',
    origin,
    value: renderSingle(planned, context),
    row: mayBeMissing ? null : existenceCheck(plan, dialect),
  };
}

function existenceCheck(plan: ReadPlan, dialect: Dialect): ExistenceCheck {
  return { statement: renderExists(plan, dialect), entity: plan.entity };
}

function renderRows(planned: PlannedRead, context: RenderContext): PageStatements {
  const { plan, changes } = planned;
  const templates = rowTemplates(planned, context);
  const statements =
    changes && templates.changes
      ? renderChanges(changes.plan, templates.changes, context.dialect)
      : renderPage(plan, templates.row, context.dialect);
  return { ...statements, smaller: () => renderSmaller(planned, (smaller) => renderRows(smaller, context)) };
}

function renderSingle(planned: PlannedRead, context: RenderContext): Statement {
  const { plan, format } = planned;
  const { dialect } = context;
  switch (plan.shape) {
    case 'entity':
      return {
        ...renderEntity(plan, rowTemplates(planned, context).row, dialect),
        smaller: () => renderSmaller(planned, (smaller) => renderSingle(smaller, context)),
      };
    case 'property':
    case 'value':
      return renderValue(plan, { int64AsText: format.ieee754Compatible }, dialect);
    case 'count':
      return renderCount(plan, dialect);
    case 'page':
      throw new TypeError('A page is more than one value.');
    default:
      return assertNever(plan.shape);
  }
}

/** The same read with fewer rows inside each row; null where there cannot be fewer. */
function renderSmaller<Rendered>(
  planned: PlannedRead,
  render: (smaller: PlannedRead) => Rendered,
): Rendered | null {
  const plan = withSmallerNestedPages(planned.plan);
  return plan && render({ ...planned, plan });
}
