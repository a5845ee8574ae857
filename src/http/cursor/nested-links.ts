// Next links of the rows inside a row: they continue at the rows' own address, after those that were written.
import type { NestedRowType } from '../../format/odata/entity-template.ts';
import { optionName } from '../../odata/parse/parse-options.ts';
import { encodeSkipToken } from '../../odata/cursor/skip-token.ts';
import type { SplitOption } from '../../odata/parse/split-query.ts';
import type { Expansion } from '../../plan/read-plan.ts';
import { cursorScopeOf } from './paging-cursor.ts';
import type { PlannedRead } from '../read/planned-read.ts';

/** The link for an expansion of rows of this collection; null where the rest has no address. */
export type NestedLinks = (
  collection: string,
  expansion: Expansion,
) => NonNullable<NestedRowType['nextLink']> | null;

/**
 * The token is the same for every row that the statement writes: it says how many rows to pass over, and its scope leaves
 * out the key of the outer row.
 */
export function nestedLinks({
  root,
  plan,
  generation,
  paging: { query, startedAt },
}: PlannedRead): NestedLinks {
  const shared = query.filter(isShared);
  return (collection, { name, form, nextLinkOptions, rows }) => {
    if (!nextLinkOptions) return null;
    const path = form === 'ref' ? `${name}/$ref` : name;
    const position = {
      generation: generation.id,
      startedAt: startedAt.getTime(),
      served: rows.limit,
      tracksChanges: false,
      after: [],
    };
    const scope = cursorScopeOf({
      path: `/${collection}()/${path}`,
      query: [...nextLinkOptions, ...shared],
      version: plan.version,
    });
    const options = [
      ...nextLinkOptions.map((option) => `${option.name}=${encodeURIComponent(option.value)}`),
      ...shared.map(({ encoded }) => encoded),
      `$skiptoken=${encodeSkipToken(position, scope)}`,
    ];
    return { root, path, query: options.join('&') };
  };
}

// Options that apply to the whole answer and not to one collection in it: the format, and the aliases.
function isShared({ name: written }: SplitOption): boolean {
  const name = optionName(written);
  return name === '$format' || (name?.startsWith('@') ?? false);
}
