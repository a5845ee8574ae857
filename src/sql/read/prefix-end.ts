// Texts with a common prefix are a range: its upper end.

const LAST_CODE_POINT = 0x10ffff;

/**
 * The least text, by code points, that is greater than every text starting with the prefix; null where there is none.
 * `ab` → `ac`
 */
export function prefixEnd(prefix: string): string | null {
  const points = Array.from(prefix, (letter) => letter.codePointAt(0) ?? 0);
  // Lone surrogates have no place in the order.
  if (!prefix.isWellFormed()) return null;
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  const next = last === 0xd7ff ? 0xe000 : last + 1;
  return String.fromCodePoint(...points, next);
}
