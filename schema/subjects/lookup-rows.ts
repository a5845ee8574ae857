// Rows of the lookups whose surrogate key equals the number that the source uses.
import { NOT_AVAILABLE_KEY, type Row } from '../entity.ts';

interface LookupColumns<Id extends string, Key extends string, Name extends string> {
  readonly id: Id;
  readonly key: Key;
  readonly name: Name;
}

/**
 * One row for each id → name, after the row for "nothing known".
 * Official reports drop or rename that row by its text, so a lookup can pass the vendor's name for it.
 */
export function lookupRows<Id extends string, Key extends string, Name extends string>(
  columns: LookupColumns<Id, Key, Name>,
  names: Readonly<Record<number, string>>,
  notAvailable = 'Not Available',
): readonly Row<Id | Key | Name>[] {
  const row = (id: number, name: string) =>
    ({ [columns.id]: id, [columns.key]: id, [columns.name]: name }) as Row<Id | Key | Name>;
  return [
    row(NOT_AVAILABLE_KEY, notAvailable),
    ...Object.entries(names).map(([id, name]) => row(Number(id), name)),
  ];
}
