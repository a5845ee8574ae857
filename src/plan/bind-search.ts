// $search: which rows have which words.
import { searchIndexOf } from '../../schema/derive/search.ts';
import { absurd } from '../base/absurd.ts';
import { FeedError } from '../base/feed-error.ts';
import type { SearchExpression } from '../odata/wanted.ts';
import type { Condition } from './read-plan.ts';
import type { ScopeRow } from './scope.ts';

/**
 * AND, OR and NOT are of rows: the words of an AND may stand in different columns, those of a phrase stand in one.
 * `option` is the one in whose text it stands. Throws `request.not-offered` for collections that are not searched.
 */
export function bindSearch(
  search: SearchExpression,
  { entity, row }: Pick<ScopeRow, 'entity' | 'row'>,
  option = '$search',
): Condition {
  const index = searchIndexOf(entity);
  if (!index) {
    throw new FeedError('request.not-offered', `${entity.name} has no words to search.`, {
      target: option,
      hint: 'Search the collection of the things themselves, or compare text with contains(…) in $filter.',
    });
  }
  const bind = (expression: SearchExpression): Condition => {
    switch (expression.kind) {
      case 'word':
      case 'phrase':
        return { kind: 'search', row, index, words: expression.text };
      case 'and':
        return { kind: 'all', of: expression.of.map(bind) };
      case 'or':
        return { kind: 'any', of: expression.of.map(bind) };
      case 'not':
        return { kind: 'not', of: bind(expression.of) };
      default:
        return absurd(expression);
    }
  };
  return bind(search);
}
