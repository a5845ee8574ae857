// The calendar: one row a day, so that reports can slice every fact by week, month, quarter and year.
import { entity, instant, int32 } from '../entity.ts';

export const dates = entity({
  name: 'dates',
  singular: 'date',
  lifetime: 'current',
  description:
    'The calendar, one row for each UTC day from 1 January 2016 to five years ahead. Every fact joins it by dateKey.',
  key: ['dateKey'],
  properties: {
    dateKey: int32('The day as a number, yyyymmdd: 20261120 is 20 November 2026.'),
    fullDate: instant('Midnight UTC at which the day begins; mark this column as the date of a date table.'),
    dayOfWeek: int32('Day of the week, counted from Sunday: 1 is Sunday, 7 is Saturday.'),
    dayOfMonth: int32('Day of the month, 1 to 31.'),
    dayOfYear: int32('Day of the year, 1 to 365, or 366 in a leap year.'),
    weekOfYear: int32(
      'Week of the year as counted in the United States: weeks begin on Sunday and week 1 holds 1 January. Up to 53, rarely 54; not the ISO week.',
    ),
    monthOfYear: int32('Month of the year, 1 to 12.'),
    calendarQuarter: int32('Quarter of the calendar year, 1 to 4.'),
    calendarYear: int32('Calendar year, four digits.'),
  },
});
