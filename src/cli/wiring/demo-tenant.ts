// The file in which the demo keeps what its tenant grows from, and the days that are still to be simulated.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, type DateKey } from '../../base/date-key.ts';
import { FeedError } from '../../base/feed-error.ts';

/** What a demo tenant grows from: the same three values give the same tenant on every day. */
export interface DemoTenant {
  readonly devices: number;
  readonly seed: number;
  readonly firstNight: DateKey;
}

const DEMO_FILE = 'demo.json';

export function isDemoFolder(data: string): boolean {
  return existsSync(join(data, DEMO_FILE));
}

/** `nights` is the number of days of history, today included. */
export interface RequestedDemo {
  readonly devices: number;
  readonly nights: number;
  readonly seed: number;
}

/**
 * The demo of the data folder, or a new one whose history ends today. Throws `setup.bad-setting` where the folder holds
 * something else, or a demo whose history begins too late.
 */
export function openDemoTenant(
  data: string,
  { devices, nights, seed }: RequestedDemo,
  today: DateKey,
): DemoTenant {
  const requested: DemoTenant = { devices, seed, firstNight: addDays(today, 1 - nights) };
  const file = join(data, DEMO_FILE);
  if (!isDemoFolder(data)) {
    if (existsSync(data) && readdirSync(data).some((name) => name.endsWith('.sqlite'))) {
      throw wrongFolder(data, 'a warehouse that is not a demo');
    }
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(requested)}\n`);
    return requested;
  }
  const existing = JSON.parse(readFileSync(file, 'utf8')) as DemoTenant;
  if (existing.devices !== devices || existing.seed !== seed) {
    throw wrongFolder(data, `a demo of ${existing.devices} devices with seed ${existing.seed}`);
  }
  if (existing.firstNight > requested.firstNight) {
    throw wrongFolder(
      data,
      `a demo whose history begins on ${existing.firstNight}, later than ${requested.firstNight}`,
    );
  }
  return existing;
}

/** The days after the last one published, up to today. */
export function daysToSimulate(
  { firstNight }: DemoTenant,
  last: DateKey | null,
  today: DateKey,
): readonly DateKey[] {
  const days: DateKey[] = [];
  for (let day = last === null ? firstNight : addDays(last, 1); day <= today; day = addDays(day, 1)) {
    days.push(day);
  }
  return days;
}

function wrongFolder(data: string, holds: string): FeedError {
  return new FeedError('setup.bad-setting', `The folder '${data}' holds ${holds}.`, {
    target: '--data',
    hint: 'Choose another with --data, or remove it.',
  });
}
