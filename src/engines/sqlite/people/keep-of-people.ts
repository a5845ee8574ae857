// What a warehouse keeps of people: written down in every generation, and applied to the past where less is kept.
import type { Database } from 'better-sqlite3';
import { quoted } from '../../../../schema/derive/ddl.ts';
import { derivePeople } from '../../../../schema/derive/people.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import { profileOf, TREATMENTS, type PrivacyProfile, type Treatment } from '../../../../schema/privacy.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../../../../schema/words.ts';
import type { KeptOf } from '../../stage.ts';
import type { Night } from '../merge/night.ts';

/** Null for a warehouse that was never told: it keeps everything. */
export function readPrivacy(database: Database): PrivacyProfile | null {
  const rows = database
    .prepare<[], { kind: PersonalKind; treatment: Treatment }>('SELECT kind, treatment FROM privacy')
    .all();
  if (rows.length === 0) return null;
  return profileOf('full', Object.fromEntries(rows.map(({ kind, treatment }) => [kind, treatment])));
}

/** True where something of the past was masked or dropped. What is no longer there does not come back. */
export function keepOfPeople(night: Night, profile: PrivacyProfile, keptOf: KeptOf): boolean {
  const { database } = night;
  const before = readPrivacy(database) ?? profileOf('full');
  const stricter = PERSONAL_KINDS.filter((kind) => rank(profile[kind]) > rank(before[kind]));
  return database.transaction(() => {
    const write = database.prepare('INSERT OR REPLACE INTO privacy VALUES (?, ?)');
    for (const kind of PERSONAL_KINDS) write.run(kind, profile[kind]);
    return stricter.length > 0 && applyToPast(night, stricter, keptOf);
  })();
}

function rank(treatment: Treatment): number {
  return TREATMENTS.indexOf(treatment);
}

function applyToPast(night: Night, kinds: readonly PersonalKind[], keptOf: KeptOf): boolean {
  const { database, model, parameters } = night;
  const people = derivePeople(model);
  if (!people) return false;
  database.function('kept_of', { deterministic: true }, (kind, value) =>
    typeof value === 'string' ? keptOf(kind as PersonalKind, value) : null,
  );
  let changed = 0;
  for (const { entity, personal } of people.tellings) {
    const { table, roles } = storageOf(entity);
    const columns = personal.flatMap((name) => {
      const kind = entity.properties[name]?.personal;
      return kind !== undefined && kinds.includes(kind) ? [{ name: quoted(name), kind }] : [];
    });
    if (columns.length === 0) continue;
    const modified = roles.get('modified');
    const kept = columns.map(({ name, kind }) => `${name} = kept_of('${kind}', ${name})`);
    if (modified !== undefined) kept.push(`${quoted(modified)} = @now`);
    const told = columns.map(({ name }) => `${name} IS NOT NULL`).join(' OR ');
    changed += database
      .prepare(`UPDATE ${quoted(table)} SET ${kept.join(', ')} WHERE ${told}`)
      .run(parameters).changes;
  }
  if (kinds.includes('id')) {
    // A rollback may have kept what it was before.
    database
      .prepare(`UPDATE OR REPLACE surrogateKeys SET natural = kept_of('id', natural) WHERE entity = ?`)
      .run(people.entity.name);
  }
  return changed > 0;
}
