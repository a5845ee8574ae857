// Binds $search to the search indexes.
import { searchedNavigations, searchIndexOf } from '../../../schema/derive/search-index.ts';
import { assertNever } from '../../base/assert-never.ts';
import { FeedError } from '../../base/feed-error.ts';
import type { SearchExpression } from '../../odata/syntax/search-expression.ts';
import { joinNavigation } from './bind-path.ts';
import type { Condition } from '../relational-algebra.ts';
import type { Scope, ScopeRow } from './scope.ts';

/**
 * AND, OR and NOT combine rows: the words of an AND may be in different columns, those of a phrase are in one.
 * Throws `request.not-offered` for collections that have no words.
 */
export function bindSearch(search: SearchExpression, scope: Scope): Condition {
  const conditionFor = searchScope(scope);
  const bind = (expression: SearchExpression): Condition => {
    switch (expression.kind) {
      case 'word':
      case 'phrase':
        return conditionFor(expression.text);
      case 'and':
        return { kind: 'all', of: expression.of.map(bind) };
      case 'or':
        return { kind: 'any', of: expression.of.map(bind) };
      case 'not':
        return { kind: 'not', of: bind(expression.of) };
      default:
        return assertNever(expression);
    }
  };
  return bind(search);
}

/** Finds adjacent words in a column of the row, or of a related row that it can be found by. */
function searchScope(scope: Scope): (words: string) => Condition {
  const { it, exposedModel, option } = scope;
  const { entity } = it;
  const entitySet = exposedModel.entitySets.get(entity.name);
  const own = searchRow(it);
  const related = (entitySet ? searchedNavigations(entitySet, exposedModel) : []).flatMap((each) => {
    const { join, end } = joinNavigation(it, each, scope.nextRow, scope);
    const found = searchRow(end);
    return found ? [(words: string): Condition => ({ kind: 'inSubquery', join, where: found(words) })] : [];
  });
  const all = own ? [own, ...related] : related;
  const [first] = all;
  if (!first) {
    throw new FeedError(
      'request.not-offered',
      `${entity.name} has no text to search, and neither have its related rows.`,
      {
        target: option,
        hint: 'Search a collection with names in it, such as devices, users or policies.',
      },
    );
  }
  return all.length === 1 ? first : (words) => ({ kind: 'any', of: all.map((found) => found(words)) });
}

function searchRow({ entity, row }: ScopeRow): ((words: string) => Condition) | null {
  const index = searchIndexOf(entity);
  return index && ((words) => ({ kind: 'search', row, index, words }));
}
