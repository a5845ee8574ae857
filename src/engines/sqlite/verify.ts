// What must hold before anyone may see a night: of days that are over it held when they were published.
import { quoted } from '../../../schema/derive/ddl.ts';
import { storageOf } from '../../../schema/derive/storage.ts';
import type { Storage } from '../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY } from '../../../schema/words.ts';
import type { Finding } from '../stage.ts';
import { columns } from './merge/comparison.ts';
import type { Night } from './merge/night.ts';

type Check = (night: Night, storages: ReadonlyMap<string, Storage>, storage: Storage) => readonly Finding[];

const CHECKS: readonly Check[] = [findTwins, findDangling, findCrossedSpans, findMissingRows];

/** Empty when all is well. Uniqueness of keys and absence of nulls are the tables' own constraints. */
export function verifyNight(night: Night): readonly Finding[] {
  const storages = new Map([...night.model.entities.values()].map((each) => [each.name, storageOf(each)]));
  const findings = [...storages.values()].flatMap((storage) =>
    CHECKS.flatMap((check) => check(night, storages, storage)),
  );
  return [...findings, ...findDamage(night)];
}

/** What navigations lead to must be one row: Power BI refuses a relationship to a column with twins. */
function findTwins(
  night: Night,
  storages: ReadonlyMap<string, Storage>,
  storage: Storage,
): readonly Finding[] {
  if (storage.entity.lifetime !== 'current') return [];
  const { name, key } = storage.entity;
  const surrogate = storage.roles.get('surrogate');
  const targets = [...storages.values()]
    .flatMap(({ entity }) => Object.values(entity.navigations))
    .filter(({ to }) => to === name)
    .map(({ on }) => Object.values(on));
  // A surrogate that is only part of the key, such as an app's among its revisions, may repeat.
  const alone = surrogate === undefined || key.includes(surrogate) ? [] : [[surrogate]];
  const sets = new Map(
    [...targets, ...alone]
      .filter((set) => !key.every((each) => set.includes(each)))
      .map((set) => [set.join(', '), set]),
  );
  return [...sets].flatMap(([words, set]) => {
    const present = set.map((each) => `${quoted(each)} IS NOT NULL`).join(' AND ');
    const twins = count(
      night,
      `SELECT count(*) FROM (SELECT 1 FROM ${quoted(name)} WHERE ${present} GROUP BY ${columns(set)} HAVING count(*) > 1)`,
    );
    return found(name, twins, `values of ${words} stand on more than one row`);
  });
}

/** Every key of the night leads to a row: surrogates of dimensions, keys of lookups, days of the calendar. */
function findDangling(
  night: Night,
  storages: ReadonlyMap<string, Storage>,
  storage: Storage,
): readonly Finding[] {
  const { entity, roles, columns: stored } = storage;
  const references = new Map<string, { readonly target: Storage; readonly theirs: string }>();
  for (const [own, { refers }] of Object.entries(entity.properties)) {
    const target = refers === undefined ? undefined : storages.get(refers);
    const theirs = target?.roles.get('surrogate');
    if (target && theirs !== undefined) references.set(own, { target, theirs });
  }
  for (const { to, on } of Object.values(entity.navigations)) {
    const [[own, theirs] = [], ...more] = Object.entries(on);
    const target = storages.get(to);
    if (own === undefined || theirs === undefined || more.length > 0 || target?.entity.lifetime !== 'current')
      continue;
    // Texts, such as the user id of a device, may name what the directory has forgotten.
    if (entity.properties[own]?.type === 'Edm.Int32') references.set(own, { target, theirs });
  }
  return [...references].flatMap(([own, { target, theirs }]) => {
    const isStored = stored.some((column) => column.name === own);
    if (!isStored && own !== roles.get('day')) return [];
    const value = isStored ? `t.${quoted(own)}` : '@day';
    const dangling = count(
      night,
      `SELECT count(*) FROM ${quoted(storage.table)} t WHERE ${ofThisNight(storage)} AND ${value} <> ${NOT_AVAILABLE_KEY}
       AND NOT EXISTS (SELECT 1 FROM ${quoted(target.entity.name)} x WHERE x.${quoted(theirs)} = ${value})`,
    );
    return found(entity.name, dangling, `rows have a ${own} that ${target.entity.name} does not know`);
  });
}

/** Spans of one thing follow each other and never cross: so a thing has one row a day. */
function findCrossedSpans(
  night: Night,
  _: ReadonlyMap<string, Storage>,
  storage: Storage,
): readonly Finding[] {
  if (!storage.spans) return [];
  const thing = columns(storage.identity);
  const frame = storage.entity.lifetime === 'daily' ? 'WHERE period = @period' : '';
  const partition = thing === '' ? '' : `PARTITION BY ${thing}`;
  const crossed = count(
    night,
    `SELECT count(*) FROM (
       SELECT fromKey, toKey, lag(toKey) OVER (${partition} ORDER BY fromKey) AS before FROM ${quoted(storage.table)} ${frame}
     ) WHERE toKey <= fromKey OR before > fromKey`,
  );
  return found(storage.entity.name, crossed, 'spans overlap or end before they begin');
}

/** Lookups are never empty, nor short of a row that the model has. */
function findMissingRows(
  night: Night,
  _: ReadonlyMap<string, Storage>,
  { entity }: Storage,
): readonly Finding[] {
  const least = entity.rows?.length ?? 0;
  if (least === 0) return [];
  const missing = Math.max(0, least - count(night, `SELECT count(*) FROM ${quoted(entity.name)}`));
  return found(entity.name, missing, 'rows of the lookup are missing');
}

function findDamage({ database }: Night): readonly Finding[] {
  const answer = database.pragma('quick_check(1)', { simple: true });
  return answer === 'ok'
    ? []
    : [{ collection: '', message: `The file is damaged: ${String(answer)}.`, broken: true }];
}

function ofThisNight({ entity, roles }: Storage): string {
  const day = roles.get('day');
  switch (entity.lifetime) {
    case 'current':
      return 'TRUE';
    case 'event':
      return `t.${quoted(day ?? '')} = @day`;
    case 'history':
      return 't.toKey = @open';
    case 'daily':
      return 't.period = @period AND t.toKey = @open';
  }
}

function count({ database, parameters }: Night, sql: string): number {
  return database.prepare<[typeof parameters], number>(sql).pluck().get(parameters) ?? 0;
}

function found(collection: string, rows: number, what: string): readonly Finding[] {
  return rows === 0 ? [] : [{ collection, message: `${collection}: ${what} (${rows}).`, broken: true }];
}
