// The error for a name that a collection does not have.
import { FeedError } from '../../base/feed-error.ts';
import { withSuggestion } from '../../base/did-you-mean.ts';
import type { ScopeRow } from './scope.ts';

/** `option` is the query option that contains the name, `at` its position. */
export function unknownProperty(
  { entity, columns, navigations }: Pick<ScopeRow, 'entity' | 'columns' | 'navigations'>,
  written: string,
  option: string,
  at: number,
): FeedError {
  const betaProperty = Object.keys(entity.properties).find(
    (name) => name.toLowerCase() === written.toLowerCase(),
  );
  const names = [...columns.keys(), ...navigations.keys()];
  const message = `No property '${written}' on ${entity.name}.`;
  return new FeedError(
    'request.unknown-property',
    betaProperty === undefined
      ? withSuggestion(message, names, written)
      : `${message} It is a property of beta.`,
    {
      target: option,
      position: at,
      hint:
        betaProperty === undefined
          ? `$metadata lists the properties of ${entity.name}.`
          : `Ask /beta/${entity.name}.`,
    },
  );
}
