// The context URL of an answer of rows: it names what they are and which of their properties are there.
import {
  collectionContext,
  deltaContext,
  entityContext,
  referenceContext,
  referencesContext,
  selectList,
} from '../../format/odata/context-url.ts';
import type { PlannedRead } from './planned-read.ts';

/** Null under metadata=none. */
export function rowsContext({ plan, changes, format, root }: PlannedRead): string | null {
  if (format.metadata === 'none') return null;
  const isPage = plan.shape === 'page';
  if (plan.form === 'ref') return isPage ? referencesContext(root) : referenceContext(root);
  const collection = changes ? deltaContext : collectionContext;
  const context = isPage ? collection : entityContext;
  return context(root, plan.entity.name, selectList(plan));
}
