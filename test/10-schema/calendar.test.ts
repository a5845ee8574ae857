// The calendar on known days, and around the New Year, where weeks are short.
import { describe, expect, test } from '@jest/globals';
import { calendarRows } from '../../schema/calendar-rows.ts';
import { dates } from '../../schema/subjects/dates.ts';

const calendar = calendarRows(2016, 20311231);
const byDay = new Map(calendar.map((row) => [row.dateKey, row]));

describe('the calendar', () => {
  test('has every day once, in order, and every column of dates', () => {
    expect(calendar).toHaveLength(16 * 365 + 4);
    expect(byDay.size).toBe(calendar.length);
    expect(calendar[0]!.dateKey).toBe(20160101);
    expect(calendar.at(-1)!.dateKey).toBe(20311231);
    expect(calendar.every((row, index) => index === 0 || row.dateKey > calendar[index - 1]!.dateKey)).toBe(
      true,
    );
    expect(Object.keys(calendar[0]!)).toEqual(Object.keys(dates.properties));
  });

  test('is empty when it would end before it begins', () => {
    expect(calendarRows(2026, 20251231)).toEqual([]);
    expect(calendarRows(2026, 20260101)).toHaveLength(1);
  });

  // weekday (1 = Sunday), day of year, US week, quarter
  test.each([
    [20160101, 6, 1, 1, 1],
    [20160102, 7, 2, 1, 1],
    [20160103, 1, 3, 2, 1],
    [20160229, 2, 60, 10, 1],
    [20161231, 7, 366, 53, 4],
    [20170101, 1, 1, 1, 1],
    [20171231, 1, 365, 53, 4],
    [20180101, 2, 1, 1, 1],
    [20180221, 4, 52, 8, 1],
    [20220101, 7, 1, 1, 1],
    [20221231, 7, 365, 53, 4],
    [20261120, 6, 324, 47, 4],
    [20281231, 1, 366, 54, 4],
  ])('%i', (dateKey, dayOfWeek, dayOfYear, weekOfYear, calendarQuarter) => {
    expect(byDay.get(dateKey)).toEqual({
      dateKey,
      fullDate: String(dateKey).replace(/(....)(..)(..)/, '$1-$2-$3T00:00:00'),
      dayOfWeek,
      dayOfMonth: dateKey % 100,
      dayOfYear,
      weekOfYear,
      monthOfYear: Math.trunc(dateKey / 100) % 100,
      calendarQuarter,
      calendarYear: Math.trunc(dateKey / 10_000),
    });
  });

  test('a week ends on Saturday, and at New Year', () => {
    for (const [index, row] of calendar.entries()) {
      const before = calendar[index - 1];
      if (!before) continue;
      const begins = row.dayOfWeek === 1 || row.dayOfYear === 1;
      expect([row.dateKey, row.weekOfYear !== before.weekOfYear]).toEqual([row.dateKey, begins]);
    }
  });
});
