// The rows of `dates`, which are computed and have no source.
import type { SourcedName } from './entity.ts';
import type { dates } from './subjects/dates.ts';

export type CalendarRow = Readonly<Record<SourcedName<(typeof dates)['properties']>, number | string>>;

const DAY_MS = 86_400_000;

/** Every day from 1 January of a year to the day `toDay` (yyyymmdd), both included, in UTC and in order. */
export function calendarRows(fromYear: number, toDay: number): readonly CalendarRow[] {
  const first = Date.UTC(fromYear, 0, 1);
  const last = Date.UTC(Math.trunc(toDay / 10_000), (Math.trunc(toDay / 100) % 100) - 1, toDay % 100);
  const count = Math.max(0, Math.round((last - first) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) => calendarRow(new Date(first + index * DAY_MS)));
}

function calendarRow(midnight: Date): CalendarRow {
  const year = midnight.getUTCFullYear();
  const month = midnight.getUTCMonth() + 1;
  const day = midnight.getUTCDate();
  const newYear = new Date(Date.UTC(year, 0, 1));
  const dayOfYear = Math.round((midnight.getTime() - newYear.getTime()) / DAY_MS) + 1;
  return {
    dateKey: year * 10_000 + month * 100 + day,
    fullDate: midnight.toISOString().slice(0, '2016-01-01T00:00:00'.length),
    dayOfWeek: midnight.getUTCDay() + 1,
    dayOfMonth: day,
    dayOfYear,
    // Weeks begin on Sunday and 1 January is in week 1, so a leap year that begins on a Saturday has 54.
    weekOfYear: Math.floor((dayOfYear - 1 + newYear.getUTCDay()) / 7) + 1,
    monthOfYear: month,
    calendarQuarter: Math.ceil(month / 3),
    calendarYear: year,
  };
}
