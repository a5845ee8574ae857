// Finds the key of the lookup row for a member of one of Graph's enums. A new member gets a new row.
import { NOT_AVAILABLE_KEY, type Entity, type Row } from '../../schema/entity.ts';
import type { Staging } from '../../src/engines/staging.ts';

/** A lookup entity, and how Graph spells its members. */
export interface Lookup {
  readonly entity: Entity;
  readonly properties: { readonly id: string; readonly key: string; readonly name: string };
  /** Members whose row has another name: member → key. All others match the name of a row, ignoring case. */
  readonly aliases?: Readonly<Record<string, number>>;
}

/**
 * The key for a member as Graph sent it. A missing member, or Graph's `unknownFutureValue`, gets the row for "not
 * available".
 */
export type KeyOf = (lookup: Lookup, member: unknown) => number;

/** Added rows have keys above Intune's own numbers. */
const FIRST_ADDED_KEY = 100_000;

/** Calls `onNewMember` for each row that is added. Later runs find the row by its name, so its key stays the same. */
export function makeKeyOf(staging: Staging, onNewMember: (lookup: Lookup, member: string) => void): KeyOf {
  const keysByLookup = new Map<Lookup, Map<string, number>>();

  return (lookup, member) => {
    const name = memberName(member);
    if (name === null) return NOT_AVAILABLE_KEY;
    let keys = keysByLookup.get(lookup);
    if (!keys) keysByLookup.set(lookup, (keys = lookupKeys(lookup, staging.baseRows(lookup.entity))));
    const known = keys.get(name.toLowerCase());
    if (known !== undefined) return known;
    const key = Math.max(FIRST_ADDED_KEY - 1, ...keys.values()) + 1;
    keys.set(name.toLowerCase(), key);
    staging.append(lookup.entity, [{ values: addedRow(lookup, key, name) }]);
    onNewMember(lookup, name);
    return key;
  };
}

function memberName(member: unknown): string | null {
  if (typeof member === 'number') return String(member);
  if (typeof member !== 'string' || member.trim() === '' || member === 'unknownFutureValue') return null;
  return member.trim();
}

function lookupKeys(
  { entity, properties: columns, aliases = {} }: Lookup,
  existing: Iterable<Row>,
): Map<string, number> {
  const keys = new Map<string, number>();
  for (const row of [...(entity.rows ?? []), ...existing]) {
    const [name, key] = [row[columns.name], Number(row[columns.key])];
    if (key === NOT_AVAILABLE_KEY) continue;
    if (typeof name === 'string') keys.set(name.toLowerCase(), key);
    // Reports write some enums as numbers.
    keys.set(String(key), key);
  }
  for (const [member, key] of Object.entries(aliases)) keys.set(member.toLowerCase(), key);
  return keys;
}

function addedRow({ entity, properties: columns }: Lookup, key: number, name: string): Row {
  const id = entity.properties[columns.id]?.type === 'Edm.String' ? String(key) : key;
  return { [columns.id]: id, [columns.key]: key, [columns.name]: name };
}
