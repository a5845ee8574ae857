// JSON whose whole numbers stay exact: those beyond 2^53 become bigint.

type Revive = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

// The third argument of a reviver (source text of a number) is in Node 22, but not yet in TypeScript's library.
const parseWith = JSON.parse as (text: string, revive: Revive) => unknown;

const LONG_NUMBER = /[:,[]\s*-?\d{16,}/;

/** Throws SyntaxError as JSON.parse does. Asking for the source of every number would slow down all the other pages. */
export function parseJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? parseWith(text, exact) : (JSON.parse(text) as unknown);
}

const exact: Revive = (_key, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
