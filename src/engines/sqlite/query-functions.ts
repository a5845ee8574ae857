// What OData asks of text and numbers and SQLite cannot do: functions of ours that statements of the dialect call.
import { FeedError } from '../../base/feed-error.ts';

type Cell = string | number | bigint | Uint8Array | null;

/** SQL name → function of as many arguments as it names. All are deterministic, and those of one are null of null. */
export const QUERY_FUNCTIONS: Readonly<Record<string, (one: Cell, second: Cell, third: Cell) => Cell>> = {
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
  /** Asked only where a navigation leads to more rows than fit into a row. SQLite must not think it constant. */
  too_many_rows: (navigation, most, count) => {
    const [name, limit] = [String(navigation), String(most)];
    const message = `$expand=${name} has ${String(count)} rows or more in one row; the limit is ${limit}.`;
    throw new FeedError('limit.too-complex', message, {
      target: '$expand',
      hint: `Choose some, $expand=${name}($top=${limit}), or read them by their own address: set(key)/${name}.`,
    });
  },
};

function ofText(change: (text: string) => string): (argument: Cell) => Cell {
  return (argument) => (typeof argument === 'string' ? change(argument) : argument);
}
