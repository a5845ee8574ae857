// Parses JSON with exact integers: those beyond 2^53 become bigint.

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

// The third argument of a reviver (source text of a number) is in Node 22, but not yet in TypeScript's library.
const parseWithReviver = JSON.parse as (text: string, revive: Reviver) => unknown;

const LONG_NUMBER = /[:,[]\s*-?\d{16,}/;

/** Throws SyntaxError as JSON.parse does. The reviver runs only when it is needed, since it makes parsing slower. */
export function parseJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? parseWithReviver(text, reviveExactInteger) : (JSON.parse(text) as unknown);
}

const reviveExactInteger: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
