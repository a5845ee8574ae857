// The demo uses only a folder of its own, and continues only the same demo.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDemoTenant } from '../../src/cli/wiring/demo-tenant.ts';

const TODAY = 20261120;
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'fleetfeed-demo-folder-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const open = (devices = 45, days = 3, seed = 1) =>
  openDemoTenant(data, { devices, nights: days, seed }, TODAY);

describe('the folder of a demo', () => {
  test('is used when it is empty, and has the same tenant the next time', () => {
    const first = open();
    expect(first).toEqual({ devices: 45, seed: 1, firstNight: 20261118 });
    expect(open()).toEqual(first);
  });

  test('is never the warehouse of a real tenant', () => {
    writeFileSync(join(data, 'generation-7.sqlite'), 'real');
    expect(() => open()).toThrow(expect.objectContaining({ code: 'setup.bad-setting', target: '--data' }));
    expect(readdirSync(data)).toEqual(['generation-7.sqlite']);
  });

  test.each<[string, Parameters<typeof open>]>([
    ['of more devices', [46]],
    ['of another seed', [45, 3, 2]],
    ['with a longer history', [45, 4]],
  ])('does not become a demo %s', (_, changed) => {
    open();
    const before = readFileSync(join(data, 'demo.json'), 'utf8');
    expect(() => open(...changed)).toThrow(
      expect.objectContaining({ code: 'setup.bad-setting', target: '--data' }),
    );
    expect(readFileSync(join(data, 'demo.json'), 'utf8')).toBe(before);
  });

  test('continues where less history is wanted than it has', () => {
    const first = open();
    expect(open(45, 2)).toEqual(first);
  });
});
