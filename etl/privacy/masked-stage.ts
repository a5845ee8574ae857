// A stage that lets nothing personal through but what the warehouse keeps: the harvest need not know of it.
import { derivePeople, type People } from '../../schema/derive/people.ts';
import type { Model } from '../../schema/model.ts';
import type { Entity, PersonalKind, Row } from '../../schema/words.ts';
import { subjectHash } from '../../src/base/subject-hash.ts';
import type {
  Redact,
  GenerationBuild,
  StagedRow,
  StagedValue,
  Tombstone,
} from '../../src/engines/generation-build.ts';

export interface MaskedStage {
  /** What it shows of people has their ids as the source spells them, of those of whom it heard this night. */
  readonly stage: GenerationBuild;
  /** Hashes of people who were erased because they had left, and of whom the source tells again. */
  readonly returned: ReadonlySet<string>;
}

/** How the id of a person is written. */
interface Spelling {
  readonly text: string;
  readonly tombstone: Tombstone | undefined;
}

/** What of a collection's rows is personal. */
interface Plan {
  readonly personal: readonly (readonly [name: string, kind: PersonalKind])[];
  /** Properties that name a person by id: the row is theirs. */
  readonly owners: readonly string[];
  /** The property that names a thing which people have. */
  readonly thing: string | null;
  /** Properties that hold the id of a person until the merge puts the key. */
  readonly references: readonly string[];
  readonly isPerson: boolean;
  readonly isThing: boolean;
}

/** Things come before what is told of them, as pages of one list do. */
export function maskedStage(stage: GenerationBuild, model: Model, mask: Redact): MaskedStage {
  const people = derivePeople(model);
  const returned = new Set<string>();
  if (!people) return { stage, returned };
  const spell = speller(stage.tombstones, mask);
  const plans = new Map([...model.entities.values()].map((each) => [each.name, planOf(each, people)]));
  /** Things of people who were erased, as the source calls them. */
  const buriedThings = new Set<string>();

  const treated = (entity: Entity, row: StagedRow): StagedRow => {
    const plan = plans.get(entity.name);
    if (!plan) return row;
    const { values, naturalKey: natural } = row;
    const owners = plan.owners.map((name) => spell.of(values[name])?.tombstone);
    const thing = plan.thing === null ? undefined : values[plan.thing];
    const isBuried = owners.some((each) => each) || (typeof thing === 'string' && buriedThings.has(thing));
    if (isBuried && plan.isThing && natural !== undefined) buriedThings.add(natural);
    const [tombstone] = owners;
    if (plan.isPerson && tombstone && !tombstone.forGood && isTold(plan, values))
      returned.add(tombstone.hash);

    const written: Record<string, StagedValue> = { ...values };
    for (const [name, kind] of plan.personal) {
      const value = values[name];
      if (kind === 'id') written[name] = spell.of(value)?.text ?? value ?? null;
      else if (isBuried && name in values) written[name] = null;
      else if (typeof value === 'string') written[name] = mask(kind, value);
    }
    for (const name of plan.references) written[name] = spell.of(values[name])?.text ?? values[name] ?? null;
    if (natural === undefined) return { values: written };
    return { naturalKey: plan.isPerson ? (spell.of(natural)?.text ?? natural) : natural, values: written };
  };
  const { id } = people;
  function* heard(rows: Iterable<Row>): Generator<Row, void, undefined> {
    for (const row of rows) yield { ...row, [id]: spell.back(row[id] ?? null) };
  }

  return {
    returned,
    stage: {
      ...stage,
      baseRows: (entity) =>
        entity.name === people.entity.name ? heard(stage.baseRows(entity)) : stage.baseRows(entity),
      append: (entity, rows) =>
        stage.append(
          entity,
          rows.map((row) => treated(entity, row)),
        ),
      enrich: (entity, rows) =>
        stage.enrich(
          entity,
          rows.map((row) => treated(entity, row)),
        ),
    },
  };
}

function planOf(entity: Entity, people: People): Plan | undefined {
  const telling = people.tellings.find((each) => each.entity.name === entity.name);
  if (!telling) return undefined;
  const isPerson = entity.name === people.entity.name;
  const names = Object.keys(entity.properties);
  return {
    personal: telling.personal.flatMap((name) => {
      const kind = entity.properties[name]?.personal;
      return kind === undefined ? [] : [[name, kind] as const];
    }),
    owners: isPerson ? [people.id] : telling.columns.map(({ own }) => own),
    thing: telling.thing,
    references: names.filter((name) => entity.properties[name]?.refers === people.entity.name),
    isPerson,
    isThing: entity.name === people.holdings?.things.name,
  };
}

/** Of an owner whom the directory does not know there is nothing but the id. */
function isTold({ personal }: Plan, values: StagedRow['values']): boolean {
  return personal.some(([name, kind]) => kind !== 'id' && typeof values[name] === 'string');
}

function speller(tombstones: readonly Tombstone[], mask: Redact) {
  const byHash = new Map(tombstones.map((each) => [each.hash, each]));
  const spellings = new Map<string, Spelling>();
  const originals = new Map<string, string>();
  const spell = (id: string): Spelling => {
    const masked = mask('id', id) ?? id;
    // Erased before the warehouse began to mask, or since.
    const tombstone =
      byHash.size === 0 ? undefined : (byHash.get(subjectHash(id)) ?? byHash.get(subjectHash(masked)));
    return { text: tombstone?.placeholder ?? masked, tombstone };
  };
  return {
    of(id: StagedValue | undefined): Spelling | undefined {
      if (typeof id !== 'string') return undefined;
      let spelling = spellings.get(id);
      if (!spelling) {
        spellings.set(id, (spelling = spell(id)));
        if (spelling.text !== id) originals.set(spelling.text, id);
      }
      return spelling;
    },
    /** The id as the source spells it, where it was spelled tonight. */
    back: (text: Row[string]): Row[string] =>
      typeof text === 'string' ? (originals.get(text) ?? text) : text,
  };
}
