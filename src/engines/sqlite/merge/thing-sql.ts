// What a thing is like, in SQL over what was brought: as its row tells, else as a supplement does, else as it was known.
import { quoted } from '../../../../schema/derive/ddl.ts';
import { type Storage, SPAN_COLUMNS } from '../../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY } from '../../../../schema/words.ts';
import { same } from './comparison.ts';
import { isTold, stagedIdentity } from './staged-value.ts';
import type { Brought } from './staging.ts';

/** A property that is another thing's key, where `s` has the natural text of that thing. */
export interface Reference {
  readonly name: string;
  /** Of the joined surrogateKeys. */
  readonly alias: string;
  readonly target: string;
  /** Staged column with the natural text. */
  readonly from: string;
}

/** The thing's own key is one of them. */
export function referencesOf({ entity, roles, sourced }: Storage): readonly Reference[] {
  const own = roles.get('surrogate');
  return [
    ...(own === undefined ? [] : [{ name: own, alias: 'own', target: entity.name, from: 'natural' }]),
    ...sourced.flatMap((name, index) => {
      const target = entity.properties[name]?.refers;
      return target === undefined ? [] : [{ name, alias: `k${index}`, target, from: quoted(name) }];
    }),
  ];
}

export function referenceJoins(references: readonly Reference[]): readonly string[] {
  return references.map(
    ({ alias, target, from }) =>
      `LEFT JOIN surrogateKeys ${alias} ON ${alias}.entity = '${target}' AND ${alias}.natural = s.${from}`,
  );
}

/** As the row itself has it. */
export function valueOf({ entity }: Storage, references: readonly Reference[], name: string): string {
  if (name === SPAN_COLUMNS.period && !(name in entity.properties)) return '@period';
  const property = entity.properties[name];
  if (property?.role === 'day') return '@day';
  if (property?.role === 'deleted') return '0';
  const reference = references.find((each) => each.name === name);
  if (!reference) return `s.${quoted(name)}`;
  return property?.nullable
    ? `${reference.alias}.key`
    : `ifnull(${reference.alias}.key, ${NOT_AVAILABLE_KEY})`;
}

/**
 * `known` is what the warehouse has of the thing `n`: the row, or the span that still holds. No span is carried over yet,
 * so those that hold are in the newest frame.
 */
export function knownJoin({ entity, identity, spans, table }: Storage): string {
  const on = [
    same(
      identity.filter((name) => name in entity.properties),
      'known',
      'n',
    ),
    ...(spans ? ['known.toKey = @open'] : []),
    ...(entity.lifetime === 'daily' ? [`known.period = (SELECT max(period) FROM ${quoted(table)})`] : []),
  ];
  return `LEFT JOIN ${quoted(table)} known ON ${on.join(' AND ')}`;
}

/** `x` is what a supplement tells of it. */
export function supplementJoins(storage: Storage, { supplement }: Brought): readonly string[] {
  return supplement === null
    ? []
    : [`LEFT JOIN ${supplement} x ON ${same(stagedIdentity(storage), 'x', 's')}`];
}

/** What the row tells, else what a supplement does, else what was known. */
export function filled(storage: Storage, name: string, told: string, { supplement }: Brought): string {
  const column = quoted(name);
  // Where no supplement speaks of the thing, its columns are null, as if that were told.
  const speaks = stagedIdentity(storage).map((each) => `x.${quoted(each)} IS NOT NULL`);
  const supplemented =
    supplement === null ? '' : `WHEN ${[...speaks, isTold(`x.${column}`)].join(' AND ')} THEN x.${column}`;
  return `CASE WHEN ${isTold(`s.${column}`)} THEN ${told} ${supplemented} ELSE known.${column} END`;
}
