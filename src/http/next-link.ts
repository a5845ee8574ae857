// The address of the next page: the one that was asked, continued.
import { optionName } from '../odata/parse-options.ts';
import { decodeEscapes } from '../odata/split-query.ts';

/**
 * `address` is the absolute address without its query. The options stay exactly as they were written, only `$skiptoken`
 * is replaced. What means nothing to the feed is left out: it may be a credential, which some clients put into the query.
 */
export function nextLink(address: string, rawQuery: string, skiptoken: string): string {
  const kept = rawQuery.split('&').filter((option) => {
    const written = (option.split('=', 1)[0] ?? '').replaceAll('+', ' ');
    const name = optionName(decodeEscapes(written, 'the query').trim());
    return name !== null && name !== '$skiptoken';
  });
  return `${address}?${[...kept, `$skiptoken=${encodeURIComponent(skiptoken)}`].join('&')}`;
}
