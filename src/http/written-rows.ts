// How the rows of a page or an entity are written, and the context that says so.
import {
  chosenList,
  collectionContext,
  deltaContext,
  entityContext,
  referenceContext,
  referencesContext,
} from '../format/odata-context.ts';
import { changedRow, removedRow } from '../format/odata-removed.ts';
import { odataRow, reference, type RowKind } from '../format/odata-row.ts';
import type { RowTemplate } from '../format/row-template.ts';
import type { ChangeTemplates } from '../sql/render-changes.ts';
import { type Feed, rowKindOf } from './feed.ts';
import type { NestedLinks } from './nested-links.ts';
import type { ChangesAsked, Reading } from './reading.ts';

export interface WrittenRows {
  readonly template: RowTemplate;
  /** How rows are written that changes tell of; null where rows are asked for. */
  readonly changes: ChangeTemplates | null;
  /** Null under metadata=none. */
  readonly context: string | null;
}

export function writtenRows(
  feed: Feed,
  { plan, changes, encoding, preferences, root }: Reading,
  links: NestedLinks,
): WrittenRows {
  const { metadata: level, ieee754Compatible: int64AsText } = encoding;
  const { omitNulls } = preferences;
  const words = { level, int64AsText, omitNulls, namespace: feed.model.namespace };
  const kind = rowKindOf(feed, plan.version, plan, links);
  const template = plan.form === 'ref' ? reference(kind, words) : odataRow(kind, plan.columns, words);
  return {
    template,
    changes: changes && changeTemplates(template, kind, changes, plan.columns),
    context: level === 'none' ? null : contextOf({ plan, changes, root }),
  };
}

function changeTemplates(
  template: RowTemplate,
  { listing }: RowKind,
  { speaks }: ChangesAsked,
  names: readonly string[],
): ChangeTemplates {
  if (!listing) throw new TypeError('Changes are of entities.');
  return {
    row: changedRow(template, listing, speaks, names),
    deleted: removedRow(listing, 'deleted', speaks, template),
    changed: removedRow(listing, 'changed', speaks, template),
  };
}

function contextOf({ plan, changes, root }: Pick<Reading, 'plan' | 'changes' | 'root'>): string {
  const isPage = plan.shape === 'page';
  if (plan.form === 'ref') return isPage ? referencesContext(root) : referenceContext(root);
  const collection = changes ? deltaContext : collectionContext;
  const context = isPage ? collection : entityContext;
  return context(root, plan.entity.name, chosenList(plan));
}
