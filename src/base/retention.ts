// How long the days of each collection are kept: the rules as an admin writes them, parsed.

/** For ever, as long as in the hosted feed, or a number of days that includes the current one; at least 2. */
export type RetentionPeriod = 'forever' | 'vendor' | number;

export interface Retention {
  readonly defaultPeriod: RetentionPeriod;
  /** Collections whose period is not the default one. */
  readonly byCollection: ReadonlyMap<string, RetentionPeriod>;
}

export const KEEP_FOREVER: Retention = { defaultPeriod: 'forever', byCollection: new Map() };

/** Reads rules such as `vendor` and `devicePropertyHistories=400d`. Null where one cannot be parsed, or is given twice. */
export function parseRetention(rules: readonly string[]): Retention | null {
  const periods = new Map<string, RetentionPeriod>();
  for (const rule of rules) {
    const [, collection = '', written = ''] = /^(?:(\w+)\s*=)?\s*(\w+)$/.exec(rule) ?? [];
    const period = parsePeriod(written);
    if (period === null || periods.has(collection)) return null;
    periods.set(collection, period);
  }
  const defaultPeriod = periods.get('') ?? KEEP_FOREVER.defaultPeriod;
  periods.delete('');
  return { defaultPeriod, byCollection: periods };
}

function parsePeriod(written: string): RetentionPeriod | null {
  if (written === 'forever' || written === 'vendor') return written;
  const days = Number(/^(\d{1,5})d$/.exec(written)?.[1]);
  return days >= 2 ? days : null;
}
