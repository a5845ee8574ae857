// How the rows of a page or an entity are written, and the context that says so.
import {
  selectList,
  collectionContext,
  deltaContext,
  entityContext,
  referenceContext,
  referencesContext,
} from '../../format/odata/context-url.ts';
import { changedRowTemplate, removedRowTemplate } from '../../format/odata/delta-row-templates.ts';
import { entityTemplate, referenceTemplate, type RowType } from '../../format/odata/entity-template.ts';
import type { RowTemplate } from '../../format/odata/row-template.ts';
import type { ChangeTemplates } from '../../sql/read/render-changes.ts';
import { type Feed, rowKindOf } from '../feed.ts';
import type { NestedLinks } from '../cursor/nested-links.ts';
import type { RequestedChanges, PlannedRead } from './planned-read.ts';

export interface RowTemplates {
  readonly template: RowTemplate;
  /** How rows are written that changes tell of; null where rows are asked for. */
  readonly changes: ChangeTemplates | null;
  /** Null under metadata=none. */
  readonly context: string | null;
}

export function rowTemplates(
  feed: Feed,
  { plan, changes, format, preferences, root }: PlannedRead,
  links: NestedLinks,
): RowTemplates {
  const { metadata: level, ieee754Compatible: int64AsText } = format;
  const { omitNulls } = preferences;
  const options = { level, int64AsText, omitNulls, namespace: feed.model.namespace };
  const kind = rowKindOf(feed, plan.version, plan, links);
  const template =
    plan.form === 'ref' ? referenceTemplate(kind, options) : entityTemplate(kind, plan.columns, options);
  return {
    template,
    changes: changes && changeTemplates(template, kind, changes, plan.columns),
    context: level === 'none' ? null : contextUrlOf({ plan, changes, root }),
  };
}

function changeTemplates(
  template: RowTemplate,
  { entitySet }: RowType,
  { protocolVersion }: RequestedChanges,
  names: readonly string[],
): ChangeTemplates {
  if (!entitySet) throw new TypeError('Changes are of entities.');
  return {
    row: changedRowTemplate(template, entitySet, protocolVersion, names),
    deleted: removedRowTemplate(entitySet, 'deleted', protocolVersion, template),
    changed: removedRowTemplate(entitySet, 'changed', protocolVersion, template),
  };
}

function contextUrlOf({ plan, changes, root }: Pick<PlannedRead, 'plan' | 'changes' | 'root'>): string {
  const isPage = plan.shape === 'page';
  if (plan.form === 'ref') return isPage ? referencesContext(root) : referenceContext(root);
  const collection = changes ? deltaContext : collectionContext;
  const context = isPage ? collection : entityContext;
  return context(root, plan.entity.name, selectList(plan));
}
