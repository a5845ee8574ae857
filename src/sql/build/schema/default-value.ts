// The value that rows of the past get in a column that the model gained.
import type { Column } from '../../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY, type Entity } from '../../../../schema/entity.ts';
import { integerConstant, textConstant, type Fragment } from '../../fragment.ts';
import { STORED_TRUE } from '../columns.ts';

/** Of a column that is never null; `midnight` is a canonical instant. */
export function defaultValue(
  { properties, navigations }: Entity,
  { name, type }: Column,
  midnight: string,
): Fragment {
  const property = properties[name];
  if (property?.role === 'current') return STORED_TRUE;
  if (property?.role === 'end') return textConstant('9999-12-31T00:00:00');
  if (property?.type === 'Edm.DateTimeOffset') return textConstant(midnight);
  const isForeignKey = Object.values(navigations).some(({ on }) => name in on);
  if (type === 'INTEGER' && (isForeignKey || property?.refers !== undefined))
    return integerConstant(NOT_AVAILABLE_KEY);
  return type === 'TEXT' ? textConstant('') : integerConstant(0);
}
