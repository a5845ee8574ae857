// The paging cursor: the skip token that one page ends with and the next begins with.
import type { FeedVersion } from '../../../schema/entity.ts';
import { assertNever } from '../../base/assert-never.ts';
import type { LiteralValue } from '../../odata/syntax/expression.ts';
import { optionName } from '../../odata/parse/parse-options.ts';
import { decodeSkipToken, encodeSkipToken, type SkipToken } from '../../odata/cursor/skip-token.ts';
import type { RawQueryOption } from '../../odata/parse/split-query.ts';
import type { ReadPlan } from '../../plan/read-plan.ts';
import type { ScalarType } from '../../plan/relational-algebra.ts';
import type { SqlValue } from '../../sql/statement.ts';

/** What all pages of a read have in common. */
export interface PagedRead {
  /** The path below the service root, still encoded. */
  readonly path: string;
  readonly query: readonly RawQueryOption[];
  readonly version: FeedVersion;
}

/** What must stay the same from page to page, however a client encodes it. */
export function cursorScopeOf(read: PagedRead): string {
  return scopeWithout(['$skiptoken'], read);
}

/** What must stay the same from one read of changes to the next. */
export function deltaScopeOf(read: PagedRead): string {
  return scopeWithout(['$skiptoken', '$deltatoken'], read);
}

function scopeWithout(tokens: readonly string[], { path, query, version }: PagedRead): string {
  const options = query
    .map(({ name, value }) => [optionName(name), value] as const)
    .filter(([name]) => name !== null && name !== 'api-version' && !tokens.includes(name));
  return JSON.stringify([version, withoutKey(decodeURIComponent(path)), options]);
}

// `/devices(7)/apps` and `/devices(8)/apps` have the same scope: the links inside many rows share one token.
function withoutKey(resource: string): string {
  return resource.replace(/^(\/[^/(]+)\((?:'[^']*'|[^')])*\)(?=\/)/, '$1()');
}

/** Where the page begins; null for the first page. Throws `request.bad-skiptoken`. */
export function decodeCursor(skiptoken: string | null, scope: string): SkipToken | null {
  return skiptoken === null ? null : decodeSkipToken(skiptoken, scope);
}

/** The token of the page after one that ended at `after`. */
export function encodeCursor(
  after: readonly SqlValue[],
  order: ReadPlan['order'],
  position: Omit<SkipToken, 'after'>,
  scope: string,
): string {
  const literals = order.map(({ by }, index) => literalOf(after[index] ?? null, by.type));
  return encodeSkipToken({ ...position, after: literals }, scope);
}

/** A value from the database, as a literal of its type in the plan. */
function literalOf(value: SqlValue, type: ScalarType): LiteralValue {
  if (value === null) return { type: 'null' };
  switch (type) {
    case 'Edm.Int32':
    case 'Edm.Int64':
      return { type: 'integer', value: BigInt(value) };
    case 'Edm.Boolean':
      return { type: 'boolean', value: Number(value) === 1 };
    case 'Edm.Double':
    case 'Edm.Decimal':
      return typeof value === 'bigint'
        ? { type: 'integer', value }
        : { type: 'decimal', value: Number(value), text: String(value) };
    case 'Edm.String':
      return { type: 'string', value: String(value) };
    case 'Edm.DateTimeOffset':
      return { type: 'dateTimeOffset', value: String(value) };
    case 'Edm.Date':
      return { type: 'date', value: String(value) };
    case 'Edm.TimeOfDay':
      return { type: 'timeOfDay', value: String(value) };
    case 'Edm.Duration':
      return { type: 'duration', ticks: BigInt(value) };
    case 'null':
      return { type: 'null' };
    default:
      return assertNever(type);
  }
}
