// The merge of collections that keep the latest state only: things that vanish stay, marked.
import { quoted } from '../../../../schema/derive/ddl.ts';
import type { Storage } from '../../../../schema/derive/storage.ts';
import type { Entity, Role } from '../../../../schema/words.ts';
import type { Completeness } from '../../stage.ts';
import { columns, differ, same } from './comparison.ts';
import type { Effect, Night, Sight } from './night.ts';

type RoleValues = Readonly<Partial<Record<Role, string>>>;

/** How a row says that its thing is there, and that it is gone. */
const HERE: RoleValues = { deleted: '0', deletedAt: 'NULL', end: `'9999-12-31T00:00:00'`, current: '1' };
const GONE: RoleValues = { deleted: '1', deletedAt: '@midnight', end: '@midnight', current: '0' };
const WRITTEN: RoleValues = { modified: '@now' };
const BORN: RoleValues = { ...HERE, ...WRITTEN, start: '@midnight' };

export function mergeCurrent(
  night: Night,
  storage: Storage,
  { things, news }: Sight,
  completeness: Completeness,
): Effect {
  const { database, parameters } = night;
  const { entity, identity, attributes } = storage;
  const table = quoted(storage.table);
  const run = (sql: string): number => database.prepare(sql).run(parameters).changes;

  const here = hereOf(storage, 't');
  const said = attributes.map((name) => `${quoted(name)} = r.${quoted(name)}`);
  const back = [...roleValues(storage, HERE), ...roleValues(storage, WRITTEN)].map(
    ({ name, sql }) => `${name} = ${sql}`,
  );
  const elsewhere = here.length === 0 ? '' : ` OR NOT (${here.join(' AND ')})`;
  const changed =
    said.length + here.length === 0
      ? 0
      : run(
          `UPDATE ${table} AS t SET ${[...said, ...back].join(', ')} FROM ${news} r
           WHERE ${same(identity, 't', 'r')} AND (${differ(attributes, 't', 'r')}${elsewhere})`,
        );

  const names = Object.keys(entity.properties);
  const born = names.map((name) => {
    const role = entity.properties[name]?.role;
    return (role === undefined ? undefined : BORN[role]) ?? `r.${quoted(name)}`;
  });
  const inserted = run(
    `INSERT INTO ${table} (${columns(names)}) SELECT ${born.join(', ')} FROM ${news} r
     WHERE NOT EXISTS (SELECT 1 FROM ${table} t WHERE ${same(identity, 't', 'r')})`,
  );

  const gone = [...roleValues(storage, GONE), ...roleValues(storage, WRITTEN)].map(
    ({ name, sql }) => `${name} = ${sql}`,
  );
  const unseen = `NOT EXISTS (SELECT 1 FROM ${things} r WHERE ${same(identity, 't', 'r')})`;
  const reason = completeness === 'complete' ? unseen : superseded(entity, news, unseen);
  const deleted =
    reason === null || here.length === 0
      ? 0
      : run(`UPDATE ${table} AS t SET ${gone.join(', ')} WHERE ${here.join(' AND ')} AND ${reason}`);
  return { inserted, changed, deleted };
}

/** What is read as gone from a harvest that did not see everything: versions of which it saw another one. */
function superseded({ versionsOf }: Entity, news: string, unseen: string): string | null {
  if (versionsOf === undefined) return null;
  return `${unseen} AND EXISTS (SELECT 1 FROM ${news} r WHERE ${same([versionsOf], 't', 'r')})`;
}

/** What is true of a row whose thing is there. */
export function hereOf(storage: Storage, alias: string): readonly string[] {
  if (storage.entity.lifetime !== 'current') return [];
  return roleValues(storage, HERE).map(({ name, sql }) => `${alias}.${name} IS ${sql}`);
}

function roleValues({ roles }: Storage, values: RoleValues): readonly { name: string; sql: string }[] {
  return [...roles].flatMap(([role, name]) => {
    const sql = values[role];
    return sql === undefined ? [] : [{ name: quoted(name), sql }];
  });
}
