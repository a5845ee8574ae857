// The ZIP file of one person: JSON for each collection, and a page that explains each of them.
import { strToU8, zipSync } from 'fflate';
import type { EdmType, Entity } from '../../../schema/entity.ts';
import type { Generation } from '../../engines/engine.ts';
import type { SubjectRows } from '../../engines/sqlite/privacy/read-subject.ts';
import type { Person } from '../../engines/erasure.ts';

export interface SubjectZipContext {
  readonly person: Person;
  /** What the rows were read from. */
  readonly generation: Generation;
}

/** One person's rows fit in memory: some thousands for each year and device. */
export function subjectZip(subjectRows: readonly SubjectRows[], context: SubjectZipContext): Uint8Array {
  const files = subjectRows
    .filter(({ rows }) => rows.length > 0)
    .map(({ entity, rows }) => [`${entity.name}.json`, strToU8(jsonOf(entity, rows))] as const);
  return zipSync({ 'README.txt': strToU8(readme(subjectRows, context)), ...Object.fromEntries(files) });
}

function jsonOf({ properties }: Entity, rows: SubjectRows['rows']): string {
  const named = rows.map((row) =>
    Object.fromEntries(
      Object.entries(properties).map(([name, { type }]) => [name, valueOf(type, row[name] ?? null)]),
    ),
  );
  return `${JSON.stringify(named, null, 2)}\n`;
}

// JSON readers round numbers beyond 2^53.
function valueOf(type: EdmType, stored: unknown): unknown {
  if (typeof stored === 'bigint') {
    if (type === 'Edm.Boolean') return stored === 1n;
    return Number.isSafeInteger(Number(stored)) ? Number(stored) : String(stored);
  }
  return type === 'Edm.DateTimeOffset' && typeof stored === 'string' ? `${stored}Z` : stored;
}

function readme(subjectRows: readonly SubjectRows[], { person, generation }: SubjectZipContext): string {
  const collections = subjectRows.flatMap(({ entity, rows }) =>
    rows.length === 0 ? [] : ['', ...collectionHelp(entity, rows.length)],
  );
  const empty = subjectRows.filter(({ rows }) => rows.length === 0).map(({ entity }) => entity.name);
  const lines = [
    `What this warehouse holds about the person with the id ${person.id}`,
    '',
    `All days of generation ${generation.id}, which was made on ${generation.dateKey}. Each file holds the rows of one collection`,
    'as JSON; instants are in UTC. Rows about a device are those of the days on which it belonged to the person.',
    ...collections,
    ...(empty.length === 0 ? [] : ['', `Nothing was found in: ${empty.join(', ')}.`]),
  ];
  return `${lines.join('\n')}\n`;
}

function collectionHelp({ name, description, properties }: Entity, rows: number): readonly string[] {
  const columns = Object.entries(properties).map(([each, property]) => `  ${each}: ${property.description}`);
  return [`${name}.json, ${rows} ${rows === 1 ? 'row' : 'rows'}`, description, ...columns];
}
