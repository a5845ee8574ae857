// The key in an address, checked against the key of the collection.
import { findName } from '../../../schema/derive/exposed-model.ts';
import type { Entity } from '../../../schema/entity.ts';
import { FeedError } from '../../base/feed-error.ts';
import { printLiteral } from '../../odata/print/print-literal.ts';
import type { KeyPart } from '../../odata/syntax/parsed-request.ts';
import { columnScalar, compareColumn } from '../bind/column-scalar.ts';
import { literalAs } from '../bind/literal-value.ts';
import { describeType, exampleLiteral } from '../bind/type-family.ts';
import type { Condition, RowId } from '../relational-algebra.ts';

export interface BoundKey {
  readonly conditions: readonly Condition[];
  /** As the feed would write it: `(dateKey=20261120,deviceKey=7)`. */
  readonly text: string;
}

/**
 * `devices(7)`, `devices(deviceKey=7)`, `devicePropertyHistories(dateKey=20261120,deviceKey=7)` in any order.
 * Throws `request.bad-key` saying what would be right.
 */
export function bindKey(parts: readonly KeyPart[], entity: Entity, row: RowId): BoundKey {
  const singleKeyProperty = entity.key.length === 1 ? entity.key[0] : undefined;
  const given = new Map<string, KeyPart>();
  for (const part of parts) {
    const name =
      part.name === null
        ? singleKeyProperty
        : findName(new Map(entity.key.map((each) => [each, each])), part.name);
    if (name === undefined || name === null || given.has(name)) throw badKey(entity, 'names other parts');
    given.set(name, part);
  }
  const bound = entity.key.map((name) => {
    const part = given.get(name);
    const property = entity.properties[name];
    if (!part || !property) throw badKey(entity, `lacks ${name}`);
    const value = literalAs(part.literal, property.type);
    if (value === null || value === undefined) {
      throw badKey(
        entity,
        `has ${printLiteral(part.literal)} where ${name} is ${describeType(property.type)}`,
      );
    }
    return {
      condition: compareColumn(columnScalar(row, name, property), 'eq', value),
      text: `${singleKeyProperty === undefined ? `${name}=` : ''}${printLiteral(part.literal)}`,
    };
  });
  return {
    conditions: bound.map(({ condition }) => condition),
    text: `(${bound.map(({ text }) => text).join(',')})`,
  };
}

function badKey(entity: Entity, problem: string): FeedError {
  const example = entity.key.map((name) => {
    const value = exampleLiteral(entity.properties[name]?.type ?? 'Edm.Int32', name);
    return entity.key.length === 1 ? value : `${name}=${value}`;
  });
  return new FeedError('request.bad-key', `The key ${problem}: it does not fit ${entity.name}.`, {
    target: entity.name,
    hint: `Write ${entity.name}(${example.join(',')}).`,
  });
}
