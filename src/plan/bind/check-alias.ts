// An alias of $compute or $apply must not have the name of anything else.
import { findName } from '../../../schema/derive/exposed-model.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { Scope } from './scope.ts';

/**
 * `taken` are names besides those of the row and of its collection. A reader would mistake the value for the property
 * that $metadata declares. Throws `request.malformed-expression`.
 */
export function checkAlias(
  { as, at }: { readonly as: string; readonly at: number },
  taken: ReadonlyMap<string, unknown>,
  { it, exposedModel, option }: Scope,
): void {
  const declared = exposedModel.entitySets.get(it.entity.name);
  const names = [taken, it.columns, it.navigations, declared?.properties, declared?.navigations];
  const other = names.flatMap((each) => (each ? (findName(each, as) ?? []) : []))[0];
  if (other === undefined) return;
  const message = `The name '${as}' is taken${other === as ? '' : ` by '${other}'`}.`;
  throw new FeedError('request.malformed-expression', message, {
    target: option,
    position: at,
    hint: 'Choose a name after as that is not used yet, in any case.',
  });
}
