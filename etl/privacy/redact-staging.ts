// A staging that redacts personal values before they are written, so that the harvest need not do it.
import { derivePersonalDataMap, type PersonalDataMap } from '../../schema/derive/personal-data-map.ts';
import type { Model } from '../../schema/model.ts';
import type { Entity, PersonalKind, Row } from '../../schema/entity.ts';
import { subjectHash } from '../../src/engines/subject-hash.ts';
import type { Redact, Tombstone } from '../../src/engines/erasure.ts';
import type { StagedRow, StagedValue, Staging } from '../../src/engines/staging.ts';

export interface RedactedStaging {
  /** Its `baseRows` have the ids of people as the source spells them, for those that were appended in this run. */
  readonly staging: Staging;
  /** Hashes of people who were erased because they had left, and whom the source lists again. */
  readonly returnedHashes: ReadonlySet<string>;
}

/** How the id of a person is written. */
interface WrittenId {
  readonly written: string;
  readonly tombstone: Tombstone | undefined;
}

/** What is personal in the rows of a collection. */
interface RedactionPlan {
  readonly personal: readonly (readonly [name: string, kind: PersonalKind])[];
  /** Properties with the id of the person whom the row belongs to. */
  readonly ownerProperties: readonly string[];
  /** The property with the id of something that belongs to a person, such as a device. */
  readonly ownedEntityProperty: string | null;
  /** Properties that hold the id of a person until the merge replaces it with the key. */
  readonly personReferences: readonly string[];
  readonly isPerson: boolean;
  readonly isOwnedEntity: boolean;
}

/** Rows of an owned entity, such as a device, must be appended before the rows that refer to it. */
export function redactStaging(
  staging: Staging,
  model: Model,
  tombstones: readonly Tombstone[],
  redact: Redact,
): RedactedStaging {
  const people = derivePersonalDataMap(model);
  const returnedHashes = new Set<string>();
  if (!people) return { staging, returnedHashes };
  const personIds = personIdWriter(tombstones, redact);
  const plans = new Map([...model.entities.values()].map((each) => [each.name, redactionPlan(each, people)]));
  /** Natural keys of what belongs to erased people. */
  const erasedOwnedKeys = new Set<string>();

  const redactRow = (entity: Entity, row: StagedRow): StagedRow => {
    const plan = plans.get(entity.name);
    if (!plan) return row;
    const { values, naturalKey } = row;
    const owners = plan.ownerProperties.map((name) => personIds.writtenIdOf(values[name])?.tombstone);
    const ownedKey = plan.ownedEntityProperty === null ? undefined : values[plan.ownedEntityProperty];
    const isErased =
      owners.some((each) => each) || (typeof ownedKey === 'string' && erasedOwnedKeys.has(ownedKey));
    if (isErased && plan.isOwnedEntity && naturalKey !== undefined) erasedOwnedKeys.add(naturalKey);
    const [tombstone] = owners;
    if (plan.isPerson && tombstone && !tombstone.forGood && hasPersonalValues(plan, values))
      returnedHashes.add(tombstone.hash);

    const redacted: Record<string, StagedValue> = { ...values };
    for (const [name, kind] of plan.personal) {
      const value = values[name];
      if (kind === 'id') redacted[name] = personIds.writtenIdOf(value)?.written ?? value ?? null;
      else if (isErased && name in values) redacted[name] = null;
      else if (typeof value === 'string') redacted[name] = redact(kind, value);
    }
    for (const name of plan.personReferences)
      redacted[name] = personIds.writtenIdOf(values[name])?.written ?? values[name] ?? null;
    if (naturalKey === undefined) return { values: redacted };
    return {
      naturalKey: plan.isPerson ? (personIds.writtenIdOf(naturalKey)?.written ?? naturalKey) : naturalKey,
      values: redacted,
    };
  };
  const { id } = people;
  function* withSourceIds(rows: Iterable<Row>): Generator<Row, void, undefined> {
    for (const row of rows) yield { ...row, [id]: personIds.sourceIdOf(row[id] ?? null) };
  }

  return {
    returnedHashes,
    staging: {
      ...staging,
      baseRows: (entity) =>
        entity.name === people.entity.name
          ? withSourceIds(staging.baseRows(entity))
          : staging.baseRows(entity),
      append: (entity, rows) =>
        staging.append(
          entity,
          rows.map((row) => redactRow(entity, row)),
        ),
      enrich: (entity, rows) =>
        staging.enrich(
          entity,
          rows.map((row) => redactRow(entity, row)),
        ),
    },
  };
}

function redactionPlan(entity: Entity, people: PersonalDataMap): RedactionPlan | undefined {
  const personalData = people.collections.find((each) => each.entity.name === entity.name);
  if (!personalData) return undefined;
  const isPerson = entity.name === people.entity.name;
  const names = Object.keys(entity.properties);
  return {
    personal: personalData.personalProperties.flatMap((name) => {
      const kind = entity.properties[name]?.personal;
      return kind === undefined ? [] : [[name, kind] as const];
    }),
    ownerProperties: isPerson ? [people.id] : personalData.personColumns.map(({ own }) => own),
    ownedEntityProperty: personalData.ownedColumn,
    personReferences: names.filter((name) => entity.properties[name]?.refers === people.entity.name),
    isPerson,
    isOwnedEntity: entity.name === people.ownership?.owned.name,
  };
}

/** False for an owner of a device who is not in the directory: only the id is known. */
function hasPersonalValues({ personal }: RedactionPlan, values: StagedRow['values']): boolean {
  return personal.some(([name, kind]) => kind !== 'id' && typeof values[name] === 'string');
}

function personIdWriter(tombstones: readonly Tombstone[], redact: Redact) {
  const byHash = new Map(tombstones.map((each) => [each.hash, each]));
  const writtenIds = new Map<string, WrittenId>();
  const sourceIds = new Map<string, string>();
  const write = (id: string): WrittenId => {
    const masked = redact('id', id) ?? id;
    // Erased before the warehouse began to mask, or after.
    const tombstone =
      byHash.size === 0 ? undefined : (byHash.get(subjectHash(id)) ?? byHash.get(subjectHash(masked)));
    return { written: tombstone?.placeholder ?? masked, tombstone };
  };
  return {
    writtenIdOf(id: StagedValue | undefined): WrittenId | undefined {
      if (typeof id !== 'string') return undefined;
      let written = writtenIds.get(id);
      if (!written) {
        writtenIds.set(id, (written = write(id)));
        if (written.written !== id) sourceIds.set(written.written, id);
      }
      return written;
    },
    /** The id as the source spells it, if it was written in this run. */
    sourceIdOf: (text: Row[string]): Row[string] =>
      typeof text === 'string' ? (sourceIds.get(text) ?? text) : text,
  };
}
