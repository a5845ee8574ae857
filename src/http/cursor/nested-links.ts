// Where the rows inside a row go on: at their own address, after as many of them as were written.
import type { NestedRowType } from '../../format/odata/entity-template.ts';
import { optionName } from '../../odata/parse/parse-options.ts';
import { encodeSkipToken } from '../../odata/cursor/skip-token.ts';
import { decodeEscapes } from '../../odata/parse/split-query.ts';
import type { Expansion } from '../../plan/read-plan.ts';
import { cursorScopeOf } from './paging-cursor.ts';
import type { FeedRequest } from '../request/feed-request.ts';
import type { PlannedRead } from '../read/planned-read.ts';

/** Of an expansion of rows of this collection; null where nothing leads to the rest. */
export type NestedLinks = (
  collection: string,
  expansion: Expansion,
) => NonNullable<NestedRowType['nextLink']> | null;

/**
 * The token is the same for every row that the statement writes: it says how many rows to pass over, and its chain has a
 * name that leaves out the key of the row around.
 */
export function nestedLinks(
  request: FeedRequest,
  { root, plan, generation, startedAt }: Pick<PlannedRead, 'root' | 'plan' | 'generation' | 'startedAt'>,
): NestedLinks {
  const shared = request.rawQuery.split('&').filter(isShared);
  return (collection, { name, form, nextLinkOptions, rows }) => {
    if (!nextLinkOptions) return null;
    const path = form === 'ref' ? `${name}/$ref` : name;
    const own = nextLinkOptions.map((option) => `${option.name}=${encodeURIComponent(option.value)}`);
    const options = [...own, ...shared];
    const nestedRequest = { ...request, rawQuery: options.join('&') };
    const mount = { ...request.mount, resource: `/${collection}()/${path}` };
    const position = {
      generation: generation.id,
      startedAt: startedAt.getTime(),
      served: rows.limit,
      tracksChanges: false,
      after: [],
    };
    const token = encodeSkipToken(position, cursorScopeOf({ ...nestedRequest, mount }, plan.version));
    return { root, path, query: [...options, `$skiptoken=${token}`].join('&') };
  };
}

// What holds for the whole answer and not for one collection in it: its format, and the aliases.
function isShared(option: string): boolean {
  const name = optionName(decodeEscapes(option.split('=', 1)[0] ?? '', 'the query').trim());
  return name === '$format' || (name?.startsWith('@') ?? false);
}
