// A stage that lets nothing personal through but what the warehouse keeps: the harvest need not know of it.
import { derivePersonalDataMap, type PersonalDataMap } from '../../schema/derive/personal-data-map.ts';
import type { Model } from '../../schema/model.ts';
import type { Entity, PersonalKind, Row } from '../../schema/entity.ts';
import { subjectHash } from '../../src/engines/subject-hash.ts';
import type { Redact, Tombstone } from '../../src/engines/erasure.ts';
import type { StagedRow, StagedValue, Staging } from '../../src/engines/staging.ts';

export interface RedactedStaging {
  /** What it shows of people has their ids as the source spells them, of those of whom it heard this night. */
  readonly staging: Staging;
  /** Hashes of people who were erased because they had left, and of whom the source tells again. */
  readonly returnedHashes: ReadonlySet<string>;
}

/** How the id of a person is written. */
interface WrittenId {
  readonly written: string;
  readonly tombstone: Tombstone | undefined;
}

/** What of a collection's rows is personal. */
interface RedactionPlan {
  readonly personal: readonly (readonly [name: string, kind: PersonalKind])[];
  /** Properties that name a person by id: the row is theirs. */
  readonly ownerProperties: readonly string[];
  /** The property that names a thing which people have. */
  readonly ownedEntityProperty: string | null;
  /** Properties that hold the id of a person until the merge puts the key. */
  readonly personReferences: readonly string[];
  readonly isPerson: boolean;
  readonly isOwnedEntity: boolean;
}

/** Things come before what is told of them, as pages of one list do. */
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
  /** Things of people who were erased, as the source calls them. */
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

/** Of an owner whom the directory does not know there is nothing but the id. */
function hasPersonalValues({ personal }: RedactionPlan, values: StagedRow['values']): boolean {
  return personal.some(([name, kind]) => kind !== 'id' && typeof values[name] === 'string');
}

function personIdWriter(tombstones: readonly Tombstone[], redact: Redact) {
  const byHash = new Map(tombstones.map((each) => [each.hash, each]));
  const writtenIds = new Map<string, WrittenId>();
  const sourceIds = new Map<string, string>();
  const write = (id: string): WrittenId => {
    const masked = redact('id', id) ?? id;
    // Erased before the warehouse began to mask, or since.
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
    /** The id as the source spells it, where it was spelled tonight. */
    sourceIdOf: (text: Row[string]): Row[string] =>
      typeof text === 'string' ? (sourceIds.get(text) ?? text) : text,
  };
}
