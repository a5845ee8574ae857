// For how long the days of the collections are kept: the rules as an admin writes them, and what they say.

/** For ever, as long as the hosted feed does, or so many days, that of the night among them; 2 at least. */
export type Keeping = 'forever' | 'vendor' | number;

export interface Retention {
  readonly usual: Keeping;
  /** By collection, where it is other than usual. */
  readonly of: ReadonlyMap<string, Keeping>;
}

export const KEEP_FOREVER: Retention = { usual: 'forever', of: new Map() };

/** Reads rules such as `vendor` and `devicePropertyHistories=400d`. Null where one cannot be read, or is said twice. */
export function parseRetention(rules: readonly string[]): Retention | null {
  const keepings = new Map<string, Keeping>();
  for (const rule of rules) {
    const [, collection = '', written = ''] = /^(?:(\w+)\s*=)?\s*(\w+)$/.exec(rule) ?? [];
    const keeping = keepingOf(written);
    if (keeping === null || keepings.has(collection)) return null;
    keepings.set(collection, keeping);
  }
  const usual = keepings.get('') ?? KEEP_FOREVER.usual;
  keepings.delete('');
  return { usual, of: keepings };
}

function keepingOf(written: string): Keeping | null {
  if (written === 'forever' || written === 'vendor') return written;
  const days = Number(/^(\d{1,5})d$/.exec(written)?.[1]);
  return days >= 2 ? days : null;
}
