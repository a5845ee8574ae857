// The address of the next page: the one that was asked, continued.

// Options that mean something to the feed; with or without `$`, in any case.
const KEPT = new Set([
  'select',
  'filter',
  'orderby',
  'top',
  'skip',
  'count',
  'expand',
  'search',
  'apply',
  'compute',
  'format',
  'api-version',
  'maxhistorydays',
]);

/**
 * `address` is the absolute address without its query. The options stay exactly as they were written, only `$skiptoken`
 * is replaced. What means nothing to the feed is left out: it may be a credential, which some clients put into the query.
 */
export function nextLink(address: string, rawQuery: string, skiptoken: string): string {
  const kept = rawQuery.split('&').filter((option) => isKept(optionName(option)));
  return `${address}?${[...kept, `$skiptoken=${encodeURIComponent(skiptoken)}`].join('&')}`;
}

function isKept(name: string): boolean {
  return name.startsWith('@') || KEPT.has(name.replace(/^\$/, '').toLowerCase());
}

function optionName(option: string): string {
  const name = (option.split('=', 1)[0] ?? '').replaceAll('+', ' ');
  return decodeURIComponent(name).trim();
}
