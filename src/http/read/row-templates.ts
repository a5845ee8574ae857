// How the rows of a page or an entity are written, and the context that says so.
import {
  chosenList,
  collectionContext,
  deltaContext,
  entityContext,
  referenceContext,
  referencesContext,
} from '../../format/odata-context.ts';
import { changedRow, removedRow } from '../../format/odata-removed.ts';
import { odataRow, reference, type RowKind } from '../../format/odata-row.ts';
import type { RowTemplate } from '../../format/row-template.ts';
import type { ChangeTemplates } from '../../sql/render-changes.ts';
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
  const template = plan.form === 'ref' ? reference(kind, options) : odataRow(kind, plan.columns, options);
  return {
    template,
    changes: changes && changeTemplates(template, kind, changes, plan.columns),
    context: level === 'none' ? null : contextUrlOf({ plan, changes, root }),
  };
}

function changeTemplates(
  template: RowTemplate,
  { listing }: RowKind,
  { protocolVersion }: RequestedChanges,
  names: readonly string[],
): ChangeTemplates {
  if (!listing) throw new TypeError('Changes are of entities.');
  return {
    row: changedRow(template, listing, protocolVersion, names),
    deleted: removedRow(listing, 'deleted', protocolVersion, template),
    changed: removedRow(listing, 'changed', protocolVersion, template),
  };
}

function contextUrlOf({ plan, changes, root }: Pick<PlannedRead, 'plan' | 'changes' | 'root'>): string {
  const isPage = plan.shape === 'page';
  if (plan.form === 'ref') return isPage ? referencesContext(root) : referenceContext(root);
  const collection = changes ? deltaContext : collectionContext;
  const context = isPage ? collection : entityContext;
  return context(root, plan.entity.name, chosenList(plan));
}
