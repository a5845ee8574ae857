// What is said of a name that a collection does not have.
import { FeedError } from '../base/feed-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import type { ScopeRow } from './scope.ts';

/** `option` is the query option in whose text the name stands, `at` where. */
export function unknownProperty(
  { entity, columns, ways }: Pick<ScopeRow, 'entity' | 'columns' | 'ways'>,
  written: string,
  option: string,
  at: number,
): FeedError {
  const hidden = Object.keys(entity.properties).find((name) => name.toLowerCase() === written.toLowerCase());
  const nearest = nearestName([...columns.keys(), ...ways.keys()], written);
  const meant = nearest === null ? '' : ` Did you mean '${nearest}'?`;
  const message = `No property '${written}' on ${entity.name}.`;
  return new FeedError(
    'request.unknown-property',
    hidden === undefined ? message + meant : `${message} It is a property of beta.`,
    {
      target: option,
      position: at,
      hint:
        hidden === undefined
          ? `$metadata lists the properties of ${entity.name}.`
          : `Ask /beta/${entity.name}.`,
    },
  );
}
