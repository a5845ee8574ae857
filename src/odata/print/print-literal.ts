// Literals as OData text, which parses to the same literal.
import { assertNever } from '../../base/assert-never.ts';
import type { LiteralValue } from '../syntax/expression.ts';
import { formatDuration, formatInstant } from '../../base/instant.ts';

/** OData text of a literal, decoded: `'O''Neil'`, `2018-02-21T23:18:51.3277273Z`, `duration'PT1M30S'`. */
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
      return `duration'${formatDuration(literal.ticks)}'`;
    default:
      return assertNever(literal);
  }
}
