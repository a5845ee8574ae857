// Settings → the clock of a command: the machine's, or one that is stopped on the day of --today.
import { fixedClock, systemClock, type Clock } from '../../base/clock.ts';
import { midnightOf } from '../../base/date-key.ts';
import type { Settings } from '../../settings/settings.ts';

export function clockOf({ today }: Pick<Settings, 'today'>): Clock {
  return today === null ? systemClock : fixedClock(midnightOf(today));
}
