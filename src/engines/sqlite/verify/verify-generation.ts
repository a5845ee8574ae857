// What must hold before anyone may see a night, and what must hold of a generation as a whole.
import { quoteIdentifier } from '../../../../schema/derive/ddl.ts';
import { storageOf, type Storage } from '../../../../schema/derive/storage.ts';
import { NOT_AVAILABLE_KEY } from '../../../../schema/entity.ts';
import type { VerifyFinding } from '../../generation-build.ts';
import { columnList } from '../sql-columns.ts';
import type { BuildContext } from '../build/build-context.ts';

/** `everything`: every day there is, and not what the night itself says alone. */
interface VerifyScope extends Pick<BuildContext, 'database' | 'model' | 'parameters'> {
  readonly allDays: boolean;
}

type VerifyRule = (
  look: VerifyScope,
  storages: ReadonlyMap<string, Storage>,
  storage: Storage,
) => readonly VerifyFinding[];

const VERIFY_RULES: readonly VerifyRule[] = [
  findDuplicateKeys,
  findBrokenReferences,
  findOverlappingIntervals,
  findRowsOutsidePartition,
  findMissingLookupRows,
];

/** Empty when all is well. Of days that are over it held when they were published. */
export function verifyBuild(context: BuildContext): readonly VerifyFinding[] {
  return [...runRules({ ...context, allDays: false }), ...checkFile(context)];
}

/** As strict with every day that is over as with the last; the file itself is checked elsewhere. */
export function verifyGeneration(scope: Omit<VerifyScope, 'allDays'>): readonly VerifyFinding[] {
  return runRules({ ...scope, allDays: true });
}

/** Uniqueness of keys and absence of nulls are the tables' own constraints. */
function runRules(scope: VerifyScope): readonly VerifyFinding[] {
  const storages = new Map([...scope.model.entities.values()].map((each) => [each.name, storageOf(each)]));
  return [...storages.values()].flatMap((storage) =>
    VERIFY_RULES.flatMap((rule) => rule(scope, storages, storage)),
  );
}

/** What navigations lead to must be one row: Power BI refuses a relationship to a column with twins. */
function findDuplicateKeys(
  scope: VerifyScope,
  storages: ReadonlyMap<string, Storage>,
  storage: Storage,
): readonly VerifyFinding[] {
  if (storage.entity.lifetime !== 'current') return [];
  const { name, key } = storage.entity;
  const surrogate = storage.roles.get('surrogate');
  const targets = [...storages.values()]
    .flatMap(({ entity }) => Object.values(entity.navigations))
    .filter(({ to }) => to === name)
    .map(({ on }) => Object.values(on));
  // A surrogate that is only part of the key, such as an app's among its revisions, may repeat.
  const surrogateColumn = surrogate === undefined || key.includes(surrogate) ? [] : [[surrogate]];
  const sets = new Map(
    [...targets, ...surrogateColumn]
      .filter((set) => !key.every((each) => set.includes(each)))
      .map((set) => [set.join(', '), set]),
  );
  return [...sets].flatMap(([columnNames, set]) => {
    const present = set.map((each) => `${quoteIdentifier(each)} IS NOT NULL`).join(' AND ');
    const duplicates = countRows(
      scope,
      `SELECT count(*) FROM (SELECT 1 FROM ${quoteIdentifier(name)} WHERE ${present} GROUP BY ${columnList(set)} HAVING count(*) > 1)`,
    );
    return brokenFinding(name, duplicates, `values of ${columnNames} stand on more than one row`);
  });
}

/** Every key leads to a row: surrogates of dimensions, keys of lookups, days of the calendar. */
function findBrokenReferences(
  scope: VerifyScope,
  storages: ReadonlyMap<string, Storage>,
  storage: Storage,
): readonly VerifyFinding[] {
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
    const value = isStored ? `t.${quoteIdentifier(own)}` : 't.dateKey';
    const rows = isStored
      ? `${quoteIdentifier(storage.table)} t WHERE ${scopeCondition(scope, storage)}`
      : snapshotDaysSql(scope, storage);
    const broken = countRows(
      scope,
      `SELECT count(*) FROM ${rows} AND ${value} <> ${NOT_AVAILABLE_KEY}
       AND NOT EXISTS (SELECT 1 FROM ${quoteIdentifier(target.entity.name)} x WHERE x.${quoteIdentifier(theirs)} = ${value})`,
    );
    return brokenFinding(entity.name, broken, `rows have a ${own} that ${target.entity.name} does not know`);
  });
}

/** Spans of one thing follow each other and never cross: so a thing has one row a day. */
function findOverlappingIntervals(
  scope: VerifyScope,
  _: ReadonlyMap<string, Storage>,
  storage: Storage,
): readonly VerifyFinding[] {
  if (!storage.storesIntervals) return [];
  const identityColumns = columnList(storage.identity);
  const where = storage.entity.lifetime === 'daily' && !scope.allDays ? 'WHERE period = @period' : '';
  const partition = identityColumns === '' ? '' : `PARTITION BY ${identityColumns}`;
  const overlapping = countRows(
    scope,
    `SELECT count(*) FROM (
       SELECT fromKey, toKey, lag(toKey) OVER (${partition} ORDER BY fromKey) AS before FROM ${quoteIdentifier(storage.table)} ${where}
     ) WHERE toKey <= fromKey OR before > fromKey`,
  );
  return brokenFinding(storage.entity.name, overlapping, 'spans overlap or end before they begin');
}

/** Spans that are shown by days stay within their month, and only those of the last month still hold. */
function findRowsOutsidePartition(
  scope: VerifyScope,
  _: ReadonlyMap<string, Storage>,
  { entity, table }: Storage,
): readonly VerifyFinding[] {
  if (entity.lifetime !== 'daily' || !scope.allDays) return [];
  const endOfPeriod = 'iif(period % 100 = 12, period + 89, period + 1) * 100 + 1';
  const last = `(SELECT max(period) FROM ${quoteIdentifier(table)})`;
  const ends = `iif(toKey = @open, period = ${last}, toKey <= ${endOfPeriod})`;
  const outside = countRows(
    scope,
    `SELECT count(*) FROM ${quoteIdentifier(table)} WHERE fromKey / 100 <> period OR NOT ${ends}`,
  );
  return brokenFinding(entity.name, outside, 'spans reach beyond their month');
}

/** Lookups are never empty, nor short of a row that the model has. */
function findMissingLookupRows(
  scope: VerifyScope,
  _: ReadonlyMap<string, Storage>,
  { entity }: Storage,
): readonly VerifyFinding[] {
  const expected = entity.rows?.length ?? 0;
  if (expected === 0) return [];
  const missing = Math.max(
    0,
    expected - countRows(scope, `SELECT count(*) FROM ${quoteIdentifier(entity.name)}`),
  );
  return brokenFinding(entity.name, missing, 'rows of the lookup are missing');
}

function checkFile({ database }: BuildContext): readonly VerifyFinding[] {
  const answer = database.pragma('quick_check(1)', { simple: true });
  return answer === 'ok'
    ? []
    : [{ collection: '', message: `The file is damaged: ${String(answer)}.`, isBroken: true }];
}

/** The days on which a daily collection has rows, as `t`. */
function snapshotDaysSql({ allDays }: VerifyScope, { entity }: Storage): string {
  const some = allDays ? 'TRUE' : 't.dateKey = @day';
  return `snapshotDays t WHERE t.collection = '${entity.name}' AND ${some}`;
}

function scopeCondition({ allDays }: VerifyScope, { entity, roles }: Storage): string {
  if (allDays) return 'TRUE';
  const day = roles.get('day');
  switch (entity.lifetime) {
    case 'current':
      return 'TRUE';
    case 'event':
      return `t.${quoteIdentifier(day ?? '')} = @day`;
    case 'history':
      return 't.toKey = @open';
    case 'daily':
      return 't.period = @period AND t.toKey = @open';
  }
}

function countRows({ database, parameters }: VerifyScope, sql: string): number {
  return database.prepare<[typeof parameters], number>(sql).pluck().get(parameters) ?? 0;
}

function brokenFinding(collection: string, rows: number, problem: string): readonly VerifyFinding[] {
  return rows === 0 ? [] : [{ collection, message: `${collection}: ${problem} (${rows}).`, isBroken: true }];
}
