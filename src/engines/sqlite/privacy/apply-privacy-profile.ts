// The privacy profile of a warehouse: written into every generation, and applied to the past where it became stricter.
import type { Database } from 'better-sqlite3';
import { derivePersonalDataMap } from '../../../../schema/derive/personal-data-map.ts';
import { PERSONAL_KINDS, type PersonalKind } from '../../../../schema/entity.ts';
import {
  profileOf,
  TREATMENTS,
  type PrivacyProfile,
  type Treatment,
} from '../../../../schema/privacy-profile.ts';
import {
  renderPrivacyProfile,
  renderRedactCollection,
  renderRedactNaturalKeys,
  renderWriteTreatment,
} from '../../../sql/build/privacy/privacy-profile.ts';
import type { Redact } from '../../erasure.ts';
import type { BuildContext } from '../build/build-context.ts';
import { execute, executeAll, prepareForRows, readRows } from '../execute-sql.ts';
import { REDACT_FUNCTION, SQLITE_BUILD_DIALECT } from '../sqlite-build-dialect.ts';

/** Null for a warehouse that never had one: it keeps everything. */
export function readPrivacyProfile(database: Database): PrivacyProfile | null {
  const rows = readRows<{ kind: PersonalKind; treatment: Treatment }>(
    database,
    renderPrivacyProfile(SQLITE_BUILD_DIALECT),
  );
  if (rows.length === 0) return null;
  return profileOf('full', Object.fromEntries(rows.map(({ kind, treatment }) => [kind, treatment])));
}

/** True where rows of the past were masked or dropped. A profile that keeps more brings nothing back. */
export function applyPrivacyProfile(context: BuildContext, profile: PrivacyProfile, redact: Redact): boolean {
  const { database } = context;
  const before = readPrivacyProfile(database) ?? profileOf('full');
  const stricter = PERSONAL_KINDS.filter((kind) => strictness(profile[kind]) > strictness(before[kind]));
  return database.transaction(() => {
    const write = prepareForRows(database, renderWriteTreatment(SQLITE_BUILD_DIALECT));
    for (const kind of PERSONAL_KINDS) write.run([kind, profile[kind]]);
    return stricter.length > 0 && redactHistory(context, stricter, redact);
  })();
}

function strictness(treatment: Treatment): number {
  return TREATMENTS.indexOf(treatment);
}

function redactHistory(
  { database, model, parameters }: BuildContext,
  kinds: readonly PersonalKind[],
  redact: Redact,
): boolean {
  const people = derivePersonalDataMap(model);
  if (!people) return false;
  database.function(REDACT_FUNCTION, { deterministic: true }, (kind, value) =>
    typeof value === 'string' ? redact(kind as PersonalKind, value) : null,
  );
  let changed = 0;
  for (const collection of people.collections) {
    const statement = renderRedactCollection(SQLITE_BUILD_DIALECT, collection, kinds, parameters.now);
    if (statement) changed += execute(database, statement);
  }
  if (kinds.includes('id'))
    executeAll(database, renderRedactNaturalKeys(SQLITE_BUILD_DIALECT, people.entity.name));
  return changed > 0;
}
