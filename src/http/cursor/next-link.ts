// The address that was asked, continued: with the next page, with what changed since, or from the beginning.
import { optionName } from '../../odata/parse/parse-options.ts';
import { decodeEscapes } from '../../odata/parse/split-query.ts';

const TOKEN_OPTIONS = ['$skiptoken', '$deltatoken'];

/**
 * `address` is the absolute address without its query. The options stay exactly as they were written, only `$skiptoken`
 * is replaced. What means nothing to the feed is left out: it may be a credential, which some clients put into the query.
 */
export function nextLink(address: string, rawQuery: string, skiptoken: string): string {
  return withQuery(address, [
    ...optionsWithout(['$skiptoken'], rawQuery),
    formatOption('$skiptoken', skiptoken),
  ]);
}

/** As nextLink, to what changed after the last page. */
export function deltaLink(address: string, rawQuery: string, deltatoken: string): string {
  return withQuery(address, [
    ...optionsWithout(TOKEN_OPTIONS, rawQuery),
    formatOption('$deltatoken', deltatoken),
  ]);
}

/** As nextLink, to the first page again. */
export function firstLink(address: string, rawQuery: string): string {
  return withQuery(address, optionsWithout(TOKEN_OPTIONS, rawQuery));
}

function optionsWithout(dropped: readonly string[], rawQuery: string): readonly string[] {
  return rawQuery.split('&').filter((option) => {
    const name = (option.split('=', 1)[0] ?? '').replaceAll('+', ' ');
    const meant = optionName(decodeEscapes(name, 'the query').trim());
    return meant !== null && !dropped.includes(meant);
  });
}

function formatOption(name: string, token: string): string {
  return `${name}=${encodeURIComponent(token)}`;
}

function withQuery(address: string, options: readonly string[]): string {
  return options.length === 0 ? address : `${address}?${options.join('&')}`;
}
