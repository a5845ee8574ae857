// What changed between two states of a collection, put onto the earlier, is the later: for random filters and columns.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import fc from 'fast-check';
import { LIMITS } from '../../src/base/limits.ts';
import { SQLITE_DIALECT } from '../../src/engines/sqlite/sqlite-dialect.ts';
import { EARLIER_SCHEMA } from '../../src/engines/sqlite/read/earlier-schema.ts';
import { removedRowTemplate } from '../../src/format/odata/delta-row-templates.ts';
import type { RowTemplate } from '../../src/format/odata/row-template.ts';
import { parseRequest } from '../../src/odata/parse/parse-request.ts';
import type { ParsedRequest } from '../../src/odata/syntax/parsed-request.ts';
import { type ChangesPlan, planChanges } from '../../src/plan/plan-changes.ts';
import { renderChanges } from '../../src/sql/read/render-changes.ts';
import { randomExpressions } from './random-filters.ts';
import { EXPOSED_MODEL, DAYS, entitySetOf, openThings, THINGS, VOCABULARY } from './things.ts';
import { templateOf, walkChunks, walkStatements } from './walk-chunks.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetfeed-things-'));
let before: Database;
let now: Database;
beforeAll(() => {
  before = openThings();
  const path = join(folder, 'earlier.sqlite');
  writeFileSync(path, before.serialize());
  now = openThings();
  // Of each kind of thing some go, some come and some are other than they were; days that are over stay.
  now.exec(`
    ATTACH '${path}' AS ${EARLIER_SCHEMA};
    DELETE FROM things WHERE (dateKey + thingKey) % 5 = 0;
    UPDATE things SET name = NULL, size = size - 1 WHERE (dateKey + thingKey) % 5 = 1;
    UPDATE things SET "on" = NOT "on" WHERE (dateKey + thingKey) % 7 = 2;
    INSERT INTO things SELECT dateKey, thingKey + 100, label, name, number, size, ratio, "on", flag, changed, seen
      FROM ${EARLIER_SCHEMA}.things WHERE thingKey > 6;
    DELETE FROM dailyThingsSpans WHERE fromKey = 20180301 AND thingKey % 5 = 0;
    UPDATE dailyThingsSpans SET name = 'new', ratio = -ratio WHERE fromKey = 20180301 AND thingKey % 3 = 1;
    INSERT INTO snapshotDays VALUES ('dailyThings', 20180302, 201803);
    UPDATE kinds SET title = 'abc', "on" = 0 WHERE kindKey < 0;
    DELETE FROM kinds WHERE kindKey = 1`);
});
afterAll(() => {
  now.close();
  before.close();
  rmSync(folder, { recursive: true });
});

type Row = Record<string, unknown>;

const LAST_DAY = DAYS.at(-1)!;
const startedAt = new Date('2018-03-01T12:00:00Z');

function changesOf(request: ParsedRequest, at = { firstDay: LAST_DAY, startedAt }): ChangesPlan {
  const exposedModels = { 'v1.0': EXPOSED_MODEL, beta: EXPOSED_MODEL };
  const context = { version: 'beta', exposedModels, limits: LIMITS, continuation: null } as const;
  return planChanges(request, at, { ...context, now: new Date('2018-03-02T12:00:00Z') });
}

function walked({ plan, size }: { readonly plan: ChangesPlan; readonly size: number }): readonly Row[] {
  const entitySet = entitySetOf(plan.newer.entity.name);
  const row = withKey(plan.newer.columns);
  const gone = (reason: 'deleted' | 'changed'): RowTemplate =>
    removedRowTemplate(entitySet, reason, '4.01', row);
  const templates = { row, deleted: gone('deleted'), changed: gone('changed') };
  return walkStatements(now, renderChanges(plan, templates, SQLITE_DIALECT), size).rows;
}

const withKey = (names: readonly string[]): RowTemplate => ({
  ...templateOf([...new Set([...THINGS.key, ...names])]),
  int64AsText: true,
});
const keyOf = (row: Row): string => THINGS.key.map((name) => String(row[name])).join('/');
const keyed = (rows: readonly Row[]): Map<string, Row> => new Map(rows.map((row) => [keyOf(row), row]));

function expectToAddUp(request: ParsedRequest, since: number, size: number): readonly Row[] {
  const plan = changesOf(request, { firstDay: since, startedAt });
  const template = withKey(plan.newer.columns);
  const earlier = keyed(walkChunks(before, plan.earlier, 1000, template).rows);
  const later = keyed(walkChunks(now, plan.newer, 1000, template).rows);
  const changes = walked({ plan, size });
  const copy = new Map(earlier);
  for (const change of changes) {
    const removed = '@removed' in change;
    // No change repeats what a client has already, and none comes twice.
    expect(
      removed ? !copy.has(keyOf(change)) : JSON.stringify(copy.get(keyOf(change))) === JSON.stringify(change),
    ).toBe(false);
    if (removed) copy.delete(keyOf(change));
    else copy.set(keyOf(change), change);
  }
  expect([...copy].toSorted()).toEqual([...later].toSorted());
  return changes;
}

const { condition } = randomExpressions(VOCABULARY);
const columns = fc.uniqueArray(fc.constantFrom(...Object.keys(THINGS.properties)), { minLength: 1 });

describe.each([
  // Of things, days that are over change here, so that all of them must be looked at.
  ['things', 0],
  ['dailyThings', LAST_DAY],
])('changes of %s', (collection, since) => {
  test('lead from the earlier rows to the later ones, for any request', () => {
    fc.assert(
      fc.property(
        fc.option(condition, { nil: null }),
        columns,
        fc.integer({ min: 1, max: 60 }),
        (filter, names, size) => {
          const parsed = parseRequest(`/${collection}`, `$select=${names.join()}`, LIMITS);
          expectToAddUp({ ...parsed, options: { ...parsed.options, filter } }, since, size);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    "$filter=kind/title eq 'abc'",
    '$filter=kind/on',
    '$filter=kind ne null&$select=label',
    '$filter=kind/things/any(t:t/size eq 7)',
    '$compute=size add 1 as more&$select=more',
    '$compute=kind/title as title&$filter=title ne null&$select=title',
    '$orderby=label desc&$filter=on',
  ])('lead there where other rows have their say: %s', (options) => {
    const query = collection === 'things' ? options : options.replace('kind/things', 'kind/dailyThings');
    const changes = expectToAddUp(parseRequest(`/${collection}`, encodeURI(query), LIMITS), since, 7);
    expect(changes.length).toBeGreaterThan(0);
  });
});

test('a removed row says whether it is deleted or only outside the request', () => {
  const changes = expectToAddUp(
    parseRequest('/things', '$filter=dateKey eq 20180301 and on', LIMITS),
    0,
    100,
  );
  const reasons = changes.flatMap((row) => ('@removed' in row ? [(row['@removed'] as Row)['reason']] : []));
  expect(new Set(reasons)).toEqual(new Set(['deleted', 'changed']));
  const ids = changes.flatMap((row) => ('@removed' in row ? [row['@id']] : []));
  expect(ids[0]).toMatch(/^things\(dateKey=20180301,thingKey=-?\d+\)$/);
});

test.each([
  ['is bounded where days that are over stay as they are', '', true],
  ['is not where other rows have their say', '$filter=kind/on', false],
  ['is not where the time has its say', '$filter=seen lt now()', false],
])('reading of days %s', (_, options, isBounded) => {
  const { newer: plan } = changesOf(parseRequest('/dailyThings', encodeURI(options), LIMITS));
  const { where } = plan;
  const bound = where?.kind === 'all' ? where.of[0] : where;
  expect(bound?.kind === 'compare' && bound.operator === 'ge').toBe(isBounded);
});

test('a chunk begins where the last one ended, in both states, and finds each row in the other by its key', () => {
  const plan = changesOf(parseRequest('/things', '', LIMITS), { firstDay: 0, startedAt });
  const row = templateOf(['label']);
  const { next } = renderChanges(plan, { row, deleted: row, changed: row }, SQLITE_DIALECT);
  const steps = now
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${next.text}`)
    .all(...next.values.map(() => 1))
    .map(({ detail }) => detail);
  expect(steps.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
  expect(
    steps.filter((detail) => /^SEARCH r0 USING PRIMARY KEY \(dateKey=\? AND thingKey>\?\)/.test(detail)),
  ).toHaveLength(2);
  expect(steps.filter((detail) => /^SCAN (?!\()/.test(detail))).toEqual(['SCAN r0']);
});

test.each(['$top=3', '$skip=3', '$expand=kind', '$apply=filter(on)'])('%s cannot be followed', (options) => {
  expect(() => changesOf(parseRequest('/things', encodeURI(options), LIMITS))).toThrow(/cannot be followed/);
});
