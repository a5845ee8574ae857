// For how long the days of the collections are kept: the rules as an admin writes them, and what they say.

/** For ever, as long as the hosted feed does, or so many days, that of the night among them; 2 at least. */
export type RetentionPeriod = 'forever' | 'vendor' | number;

export interface Retention {
  readonly defaultPeriod: RetentionPeriod;
  /** By collection, where it is other than usual. */
  readonly byCollection: ReadonlyMap<string, RetentionPeriod>;
}

export const KEEP_FOREVER: Retention = { defaultPeriod: 'forever', byCollection: new Map() };

/** Reads rules such as `vendor` and `devicePropertyHistories=400d`. Null where one cannot be read, or is said twice. */
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
