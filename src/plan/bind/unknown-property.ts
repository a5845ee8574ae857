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
  const isBetaProperty = Object.entries(entity.properties).some(
    ([name, { beta }]) => beta === true && name.toLowerCase() === written.toLowerCase(),
  );
  const names = [...columns.keys(), ...navigations.keys()];
  const message = `No property '${written}' on ${entity.name}.`;
  return new FeedError(
    'request.unknown-property',
    isBetaProperty ? `${message} It is a property of beta.` : withSuggestion(message, names, written),
    {
      target: option,
      position: at,
      hint: isBetaProperty
        ? `Ask /beta/${entity.name}.`
        : `$metadata lists the properties of ${entity.name}.`,
    },
  );
}
