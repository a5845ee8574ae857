// The few phrases of SQL that every merge is made of.
import { quoteIdentifier } from '../../../schema/derive/ddl.ts';

/** `t."a", t."b"` */
export function columnList(names: readonly string[], alias?: string): string {
  return names
    .map((name) => (alias === undefined ? quoteIdentifier(name) : `${alias}.${quoteIdentifier(name)}`))
    .join(', ');
}

/** True where both rows have the same identity. */
export function columnsEqual(identity: readonly string[], left: string, right: string): string {
  return identity
    .map((name) => `${left}.${quoteIdentifier(name)} = ${right}.${quoteIdentifier(name)}`)
    .join(' AND ');
}

/** True where the rows differ. IS NOT treats two nulls as equal. */
export function columnsDiffer(attributes: readonly string[], left: string, right: string): string {
  if (attributes.length === 0) return 'FALSE';
  return `(${attributes.map((name) => `${left}.${quoteIdentifier(name)} IS NOT ${right}.${quoteIdentifier(name)}`).join(' OR ')})`;
}
