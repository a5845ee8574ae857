// What OData asks of text and numbers and SQLite cannot do: functions of ours that statements of the dialect call.
import { FeedError } from '../../base/feed-error.ts';

type Cell = string | number | bigint | Uint8Array | null;

/** SQL name → function of one argument. All are deterministic, and null of null. */
export const QUERY_FUNCTIONS: Readonly<Record<string, (argument: Cell) => Cell>> = {
  unicode_lower: ofText((text) => text.toLowerCase()),
  unicode_upper: ofText((text) => text.toUpperCase()),
  unicode_trim: ofText((text) => text.trim()),
  /** A text as a key in an address: `O'Neil/x` → `'O''Neil%2Fx'`. */
  text_key: ofText((text) => `'${encodeURIComponent(text.replaceAll("'", "''"))}'`),
  /** What something is divided by. */
  divisor: (number) => {
    if (number === 0 || number === 0n) {
      throw new FeedError('request.type-mismatch', 'The expression divides by zero in at least one row.');
    }
    return number;
  },
};

function ofText(change: (text: string) => string): (argument: Cell) => Cell {
  return (argument) => (typeof argument === 'string' ? change(argument) : argument);
}
