// What the demo remembers of itself beside its warehouse, and which nights it still has to live through.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, type DateKey } from '../base/date-key.ts';
import { FeedError } from '../base/feed-error.ts';
import type { Settings } from '../settings/settings.ts';

/** What a demo tenant grows from: the same three give the same tenant, night by night. */
export interface DemoTenant {
  readonly devices: number;
  readonly seed: number;
  readonly firstNight: DateKey;
}

const DEMO_FILE = 'demo.json';

export function isDemoFolder(data: string): boolean {
  return existsSync(join(data, DEMO_FILE));
}

type DemoSettings = Pick<Settings, 'data' | 'devices' | 'nights' | 'seed'>;

/**
 * The tenant that lives in the data folder, or a new one whose history ends today. Throws `setup.bad-setting` where the
 * folder holds another tenant, or too short a history to become the one that is wanted.
 */
export function openDemo({ data, devices, nights, seed }: DemoSettings, today: DateKey): DemoTenant {
  const wanted: DemoTenant = { devices, seed, firstNight: addDays(today, 1 - nights) };
  const file = join(data, DEMO_FILE);
  if (!isDemoFolder(data)) {
    if (existsSync(data) && readdirSync(data).some((name) => name.endsWith('.sqlite'))) {
      throw otherFolder(data, 'a warehouse that is not a demo');
    }
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(wanted)}\n`);
    return wanted;
  }
  const kept = JSON.parse(readFileSync(file, 'utf8')) as DemoTenant;
  if (kept.devices !== devices || kept.seed !== seed) {
    throw otherFolder(data, `the demo of ${kept.devices} devices grown from seed ${kept.seed}`);
  }
  if (kept.firstNight > wanted.firstNight) {
    throw otherFolder(
      data,
      `a demo whose first night is ${kept.firstNight}, later than ${wanted.firstNight}`,
    );
  }
  return kept;
}

/** Nights after the last one published, up to today. */
export function nightsToRun(
  { firstNight }: DemoTenant,
  last: DateKey | null,
  today: DateKey,
): readonly DateKey[] {
  const nights: DateKey[] = [];
  for (let night = last === null ? firstNight : addDays(last, 1); night <= today; night = addDays(night, 1)) {
    nights.push(night);
  }
  return nights;
}

function otherFolder(data: string, holds: string): FeedError {
  return new FeedError('setup.bad-setting', `The folder '${data}' holds ${holds}.`, {
    target: '--data',
    hint: 'Choose another with --data, or remove it.',
  });
}
