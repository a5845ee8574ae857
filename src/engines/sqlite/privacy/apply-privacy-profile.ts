// What a warehouse keeps of people: written down in every generation, and applied to the past where less is kept.
import type { Database } from 'better-sqlite3';
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { derivePersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import { storageOf } from '../../../../schema/derive/storage.ts';
import {
  profileOf,
  TREATMENTS,
  type PrivacyProfile,
  type Treatment,
} from '../../../../schema/privacy-profile.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../../../../schema/entity.ts';
import type { Redact } from '../../erasure.ts';
import type { BuildContext } from '../build/build-context.ts';

/** Null for a warehouse that was never told: it keeps everything. */
export function readPrivacyProfile(database: Database): PrivacyProfile | null {
  const rows = database
    .prepare<[], { kind: PersonalKind; treatment: Treatment }>('SELECT kind, treatment FROM privacy')
    .all();
  if (rows.length === 0) return null;
  return profileOf('full', Object.fromEntries(rows.map(({ kind, treatment }) => [kind, treatment])));
}

/** True where something of the past was masked or dropped. What is no longer there does not come back. */
export function applyPrivacyProfile(context: BuildContext, profile: PrivacyProfile, redact: Redact): boolean {
  const { database } = context;
  const before = readPrivacyProfile(database) ?? profileOf('full');
  const stricter = PERSONAL_KINDS.filter((kind) => strictness(profile[kind]) > strictness(before[kind]));
  return database.transaction(() => {
    const write = database.prepare('INSERT OR REPLACE INTO privacy VALUES (?, ?)');
    for (const kind of PERSONAL_KINDS) write.run(kind, profile[kind]);
    return stricter.length > 0 && redactHistory(context, stricter, redact);
  })();
}

function strictness(treatment: Treatment): number {
  return TREATMENTS.indexOf(treatment);
}

function redactHistory(context: BuildContext, kinds: readonly PersonalKind[], redact: Redact): boolean {
  const { database, model, parameters } = context;
  const people = derivePersonalDataMap(model);
  if (!people) return false;
  database.function('kept_of', { deterministic: true }, (kind, value) =>
    typeof value === 'string' ? redact(kind as PersonalKind, value) : null,
  );
  let changed = 0;
  for (const { entity, personalProperties: personal } of people.collections) {
    const { table, roles } = storageOf(entity);
    const columns = personal.flatMap((name) => {
      const kind = entity.properties[name]?.personal;
      return kind !== undefined && kinds.includes(kind) ? [{ name: quoteIdentifier(name), kind }] : [];
    });
    if (columns.length === 0) continue;
    const modified = roles.get('modified');
    const assignments = columns.map(({ name, kind }) => `${name} = kept_of('${kind}', ${name})`);
    if (modified !== undefined) assignments.push(`${quoteIdentifier(modified)} = @now`);
    const hasValue = columns.map(({ name }) => `${name} IS NOT NULL`).join(' OR ');
    changed += database
      .prepare(`UPDATE ${quoteIdentifier(table)} SET ${assignments.join(', ')} WHERE ${hasValue}`)
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
