// What must hold before anyone may see a night, and what must hold of a generation as a whole.
import { quoted } from '../../../schema/derive/ddl.ts';
import { storageOf, type Storage } from '../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY } from '../../../schema/words.ts';
import type { Finding } from '../stage.ts';
import { columns } from './merge/comparison.ts';
import type { Night } from './merge/night.ts';

/** `everything`: every day there is, and not what the night itself says alone. */
interface Look extends Pick<Night, 'database' | 'model' | 'parameters'> {
  readonly everything: boolean;
}

type Check = (look: Look, storages: ReadonlyMap<string, Storage>, storage: Storage) => readonly Finding[];

const CHECKS: readonly Check[] = [findTwins, findDangling, findCrossedSpans, findStraySpans, findMissingRows];

/** Empty when all is well. Of days that are over it held when they were published. */
export function verifyNight(night: Night): readonly Finding[] {
  return [...findFaults({ ...night, everything: false }), ...findDamage(night)];
}

/** As strict with every day that is over as with the last; the file itself is checked elsewhere. */
export function verifyEverything(of: Omit<Look, 'everything'>): readonly Finding[] {
  return findFaults({ ...of, everything: true });
}

/** Uniqueness of keys and absence of nulls are the tables' own constraints. */
function findFaults(look: Look): readonly Finding[] {
  const storages = new Map([...look.model.entities.values()].map((each) => [each.name, storageOf(each)]));
  return [...storages.values()].flatMap((storage) =>
    CHECKS.flatMap((check) => check(look, storages, storage)),
  );
}

/** What navigations lead to must be one row: Power BI refuses a relationship to a column with twins. */
function findTwins(look: Look, storages: ReadonlyMap<string, Storage>, storage: Storage): readonly Finding[] {
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
      look,
      `SELECT count(*) FROM (SELECT 1 FROM ${quoted(name)} WHERE ${present} GROUP BY ${columns(set)} HAVING count(*) > 1)`,
    );
    return found(name, twins, `values of ${words} stand on more than one row`);
  });
}

/** Every key leads to a row: surrogates of dimensions, keys of lookups, days of the calendar. */
function findDangling(
  look: Look,
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
    const value = isStored ? `t.${quoted(own)}` : 't.dateKey';
    const rows = isStored
      ? `${quoted(storage.table)} t WHERE ${looked(look, storage)}`
      : daysOf(look, storage);
    const dangling = count(
      look,
      `SELECT count(*) FROM ${rows} AND ${value} <> ${NOT_AVAILABLE_KEY}
       AND NOT EXISTS (SELECT 1 FROM ${quoted(target.entity.name)} x WHERE x.${quoted(theirs)} = ${value})`,
    );
    return found(entity.name, dangling, `rows have a ${own} that ${target.entity.name} does not know`);
  });
}

/** Spans of one thing follow each other and never cross: so a thing has one row a day. */
function findCrossedSpans(look: Look, _: ReadonlyMap<string, Storage>, storage: Storage): readonly Finding[] {
  if (!storage.spans) return [];
  const thing = columns(storage.identity);
  const frame = storage.entity.lifetime === 'daily' && !look.everything ? 'WHERE period = @period' : '';
  const partition = thing === '' ? '' : `PARTITION BY ${thing}`;
  const crossed = count(
    look,
    `SELECT count(*) FROM (
       SELECT fromKey, toKey, lag(toKey) OVER (${partition} ORDER BY fromKey) AS before FROM ${quoted(storage.table)} ${frame}
     ) WHERE toKey <= fromKey OR before > fromKey`,
  );
  return found(storage.entity.name, crossed, 'spans overlap or end before they begin');
}

/** Spans that are shown by days stay within their month, and only those of the last month still hold. */
function findStraySpans(
  look: Look,
  _: ReadonlyMap<string, Storage>,
  { entity, table }: Storage,
): readonly Finding[] {
  if (entity.lifetime !== 'daily' || !look.everything) return [];
  const cut = 'iif(period % 100 = 12, period + 89, period + 1) * 100 + 1';
  const last = `(SELECT max(period) FROM ${quoted(table)})`;
  const ends = `iif(toKey = @open, period = ${last}, toKey <= ${cut})`;
  const stray = count(
    look,
    `SELECT count(*) FROM ${quoted(table)} WHERE fromKey / 100 <> period OR NOT ${ends}`,
  );
  return found(entity.name, stray, 'spans reach beyond their month');
}

/** Lookups are never empty, nor short of a row that the model has. */
function findMissingRows(
  look: Look,
  _: ReadonlyMap<string, Storage>,
  { entity }: Storage,
): readonly Finding[] {
  const least = entity.rows?.length ?? 0;
  if (least === 0) return [];
  const missing = Math.max(0, least - count(look, `SELECT count(*) FROM ${quoted(entity.name)}`));
  return found(entity.name, missing, 'rows of the lookup are missing');
}

function findDamage({ database }: Night): readonly Finding[] {
  const answer = database.pragma('quick_check(1)', { simple: true });
  return answer === 'ok'
    ? []
    : [{ collection: '', message: `The file is damaged: ${String(answer)}.`, broken: true }];
}

/** The days on which a daily collection has rows, as `t`. */
function daysOf({ everything }: Look, { entity }: Storage): string {
  const some = everything ? 'TRUE' : 't.dateKey = @day';
  return `snapshotDays t WHERE t.collection = '${entity.name}' AND ${some}`;
}

function looked({ everything }: Look, { entity, roles }: Storage): string {
  if (everything) return 'TRUE';
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

function count({ database, parameters }: Look, sql: string): number {
  return database.prepare<[typeof parameters], number>(sql).pluck().get(parameters) ?? 0;
}

function found(collection: string, rows: number, what: string): readonly Finding[] {
  return rows === 0 ? [] : [{ collection, message: `${collection}: ${what} (${rows}).`, broken: true }];
}
