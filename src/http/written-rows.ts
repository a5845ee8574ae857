// How the rows of a page or an entity are written, and the context that says so.
import {
  chosenList,
  collectionContext,
  entityContext,
  referenceContext,
  referencesContext,
} from '../format/odata-context.ts';
import { odataRow, reference } from '../format/odata-row.ts';
import type { RowTemplate } from '../format/row-template.ts';
import { type Feed, rowKindOf } from './feed.ts';
import type { NestedLinks } from './nested-links.ts';
import type { Reading } from './reading.ts';

export interface WrittenRows {
  readonly template: RowTemplate;
  /** Null under metadata=none. */
  readonly context: string | null;
}

export function writtenRows(
  feed: Feed,
  { plan, encoding, preferences, root }: Reading,
  links: NestedLinks,
): WrittenRows {
  const { metadata: level, ieee754Compatible: int64AsText } = encoding;
  const { omitNulls } = preferences;
  const words = { level, int64AsText, omitNulls, namespace: feed.model.namespace };
  const kind = rowKindOf(feed, plan.version, plan, links);
  const template = plan.form === 'ref' ? reference(kind, words) : odataRow(kind, plan.columns, words);
  return { template, context: level === 'none' ? null : contextOf(plan, root) };
}

function contextOf(plan: Reading['plan'], root: string): string {
  const isPage = plan.shape === 'page';
  if (plan.form === 'ref') return isPage ? referencesContext(root) : referenceContext(root);
  const context = isPage ? collectionContext : entityContext;
  return context(root, plan.entity.name, chosenList(plan));
}
