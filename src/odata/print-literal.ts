// Literals as text that parses to the same literal.
import { absurd } from '../base/absurd.ts';
import type { LiteralValue } from './expression.ts';
import { formatInstant } from '../base/instant.ts';

/** OData text of a literal, decoded: `'O''Neil'`, `2018-02-21T23:18:51.3277273Z`, `duration'PT90S'`. */
export function printLiteral(literal: LiteralValue): string {
  switch (literal.type) {
    case 'null':
      return 'null';
    case 'boolean':
    case 'integer':
      return literal.value.toString();
    case 'decimal':
      return literal.text;
    case 'string':
      return `'${literal.value.replaceAll("'", "''")}'`;
    case 'guid':
    case 'date':
    case 'timeOfDay':
      return literal.value;
    case 'dateTimeOffset':
      return formatInstant(literal.value);
    case 'duration':
      return printDuration(literal.ticks);
    default:
      return absurd(literal);
  }
}

function printDuration(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const fraction = (size % 10_000_000n).toString().padStart(7, '0');
  return `duration'${ticks < 0n ? '-' : ''}PT${size / 10_000_000n}.${fraction}S'`;
}
