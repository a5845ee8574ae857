// Links from a read to its next page, to later changes, or to its first page.
import { optionName } from '../../odata/parse/parse-options.ts';
import type { SplitOption } from '../../odata/parse/split-query.ts';

const TOKEN_OPTIONS = ['$skiptoken', '$deltatoken'];

/**
 * `address` is the absolute address without its query. The options stay exactly as they were written, only `$skiptoken`
 * is replaced. Unknown options are left out: one may be a credential, which some clients put into the query.
 */
export function nextLink(address: string, query: readonly SplitOption[], skiptoken: string): string {
  return withQuery(address, [
    ...optionsWithout(['$skiptoken'], query),
    formatOption('$skiptoken', skiptoken),
  ]);
}

/** As nextLink, to changes after the last page. */
export function deltaLink(address: string, query: readonly SplitOption[], deltatoken: string): string {
  return withQuery(address, [
    ...optionsWithout(TOKEN_OPTIONS, query),
    formatOption('$deltatoken', deltatoken),
  ]);
}

/** As nextLink, to the first page. */
export function firstLink(address: string, query: readonly SplitOption[]): string {
  return withQuery(address, optionsWithout(TOKEN_OPTIONS, query));
}

function optionsWithout(dropped: readonly string[], query: readonly SplitOption[]): readonly string[] {
  const isKept = ({ name: written }: SplitOption): boolean => {
    const name = optionName(written);
    return name !== null && !dropped.includes(name);
  };
  return query.filter(isKept).map(({ encoded }) => encoded);
}

function formatOption(name: string, token: string): string {
  return `${name}=${encodeURIComponent(token)}`;
}

function withQuery(address: string, options: readonly string[]): string {
  return options.length === 0 ? address : `${address}?${options.join('&')}`;
}
