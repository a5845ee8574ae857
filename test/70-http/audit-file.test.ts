// The files of the audit: lines that cannot be written, old files, and aggregated refusals.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { auditFolder, auditPath, type AuditLine } from '../../src/base/audit-files.ts';
import { midnightOf } from '../../src/base/date-key.ts';
import type { Observation } from '../../src/base/observation.ts';
import type { AnsweredObservation } from '../../src/observe/audit-line.ts';
import { openAudit, type Audit } from '../../src/observe/audit.ts';

const DAY = 20261120;
const NEXT = 20261121;
let dataDir: string;
let now: Date;
let observed: Observation[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'fleetfeed-audit-'));
  now = midnightOf(DAY);
  observed = [];
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function open(options: { readonly isRequired?: boolean; readonly retentionDays?: number } = {}): Audit {
  const clock = { now: () => now };
  return openAudit({
    ...{ dataDir, isRequired: false, retentionDays: 365, clock },
    observe: (seen) => observed.push(seen),
    ...options,
  });
}

function answered(requestId: string, more: Partial<AnsweredObservation> = {}): AnsweredObservation {
  return {
    ...{
      kind: 'request.answered',
      requestId,
      method: 'GET',
      shape: '/v1.0',
      caller: 'key:1',
      role: 'reader',
    },
    ...{ status: 200, rows: 0, bytes: 0, whole: true, milliseconds: 1.6, workerMs: 0.4, steps: {} },
    ...more,
  };
}

const linesOf = (dateKey: number): readonly AuditLine[] =>
  readFileSync(auditPath(dataDir, dateKey), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): AuditLine => JSON.parse(line));

test('each day has a file of its own, which only its owner may read', () => {
  const audit = open();
  audit.observe(answered('a'));
  now = midnightOf(NEXT);
  audit.observe(answered('b'));
  audit.close();
  expect([linesOf(DAY), linesOf(NEXT)].map(([line]) => line?.requestId)).toEqual(['a', 'b']);
  expect(statSync(auditPath(dataDir, DAY)).mode & 0o777).toBe(0o600);
  expect(statSync(auditFolder(dataDir)).mode & 0o777).toBe(0o700);
});

test('files are removed after their retention, and no others', () => {
  mkdirSync(auditFolder(dataDir));
  const others = [20261110, 20261112].map((day) => auditPath(dataDir, day));
  for (const path of [...others, join(auditFolder(dataDir), 'notes.txt')]) writeFileSync(path, '');
  open({ retentionDays: 8 }).observe(answered('a'));
  expect(others.map((path) => existsSync(path))).toEqual([false, true]);
  expect(existsSync(join(auditFolder(dataDir), 'notes.txt'))).toBe(true);
});

test('an incomplete line of a crash is ended before the next line', () => {
  open().observe(answered('a'));
  writeFileSync(auditPath(dataDir, DAY), '{"half', { flag: 'a' });
  open().observe(answered('b'));
  expect(readFileSync(auditPath(dataDir, DAY), 'utf8')).toMatch(/"a".*\n\{"half\n.*"b".*\n$/);
});

test('lines that cannot be written wait, are reported once, and are written as soon as possible', () => {
  const audit = open();
  mkdirSync(auditPath(dataDir, DAY), { recursive: true });
  audit.observe(answered('a'));
  audit.observe(answered('b'));
  expect(observed.map(({ kind }) => kind)).toEqual(['audit.unwritable']);
  expect(audit.requireWritable).not.toThrow();
  rmSync(auditPath(dataDir, DAY), { recursive: true });
  audit.observe(answered('c'));
  expect(linesOf(DAY).map(({ requestId }) => requestId)).toEqual(['a', 'b', 'c']);
  expect(observed.slice(1)).toEqual([{ kind: 'audit.restored', lost: 0 }]);
});

test('of too many waiting lines the oldest are lost, and their number is reported', () => {
  const audit = open();
  mkdirSync(auditPath(dataDir, DAY), { recursive: true });
  for (let each = 0; each < 1003; each += 1) audit.observe(answered(String(each)));
  rmSync(auditPath(dataDir, DAY), { recursive: true });
  audit.observe(answered('last'));
  expect(linesOf(DAY)).toHaveLength(1000);
  expect(observed.at(-1)).toEqual({ kind: 'audit.restored', lost: 4 });
});

test('a required audit refuses requests while its lines cannot be written', () => {
  const audit = open({ isRequired: true });
  expect(audit.requireWritable).not.toThrow();
  now = midnightOf(NEXT);
  mkdirSync(auditPath(dataDir, NEXT));
  audit.observe(answered('a'));
  expect(audit.requireWritable).toThrow('The audit cannot be written');
  rmSync(auditPath(dataDir, NEXT), { recursive: true });
  expect(audit.requireWritable).not.toThrow();
  expect(linesOf(NEXT)).toHaveLength(1);
});

test('a required audit that cannot be written prevents the start', () => {
  writeFileSync(auditFolder(dataDir), '');
  expect(() => open({ isRequired: true })).toThrow('nothing was started');
  expect(() => open()).not.toThrow();
});

test.each([
  ['those not let in', 'denied', { caller: null, role: null, status: 401, code: 'auth.required' }],
  ['those whose budget is used up', 'limited', { status: 429, code: 'limit.budget' }],
] as const)('beyond 600 a minute, %s are one line with their number', (_, decided, denied) => {
  const audit = open();
  for (let each = 0; each < 650; each += 1) audit.observe(answered(String(each), denied));
  audit.observe(answered('read'));
  now = new Date(now.getTime() + 60_000);
  audit.observe(answered('again', denied));
  const lines = linesOf(DAY);
  expect(lines.filter(({ decision }) => decision === decided)).toHaveLength(602);
  expect(lines[601]).toMatchObject({ caller: null, status: denied.status, code: denied.code });
  expect(lines.slice(600).map(({ requests }) => requests)).toEqual([1, 50, 1]);
  expect(lines[600]?.requestId).toBe('read');
});
