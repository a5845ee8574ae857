// How old what is served is.

const HOUR_MS = 3_600_000;

/** Zero for what was published later than `now`, such as the snapshot of a day that `--today` named. */
export function ageHours(publishedAt: string, now: Date): number {
  return Math.max(0, (now.getTime() - Date.parse(publishedAt)) / HOUR_MS);
}
